import type { Socket } from 'node:net';

import { decideRetry, isIdempotent, retryDelayMs } from '../balance/retry-policy.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../observe/log.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { GatewayEndpoint, ServiceInstances } from '../state/service-instances.ts';
import { Attempt } from './attempt.ts';
import type { AttemptListener } from './attempt.ts';
import { classifyFailure, describeFailure } from './classify-failure.ts';
import type { CallAnswer } from './describe-reply.ts';
import { PassingBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';

export interface CallParts {
  readonly limits: Limits;
  readonly log: Log;
  readonly random: () => number;
}

/** By which rules a service is asked. */
export interface CallRules {
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  readonly stats: TargetStats;
}

export interface CallRequest {
  readonly service: ServiceInstances;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Name and value in turn. */
  readonly fields: string[];
  readonly idempotencyKey: string | undefined;
  readonly body: RequestBody;
  /** The protocol that is asked for. */
  readonly upgrade?: 'websocket' | undefined;
}

/** What a call tells whoever made it. Nothing comes after `callEnded` or `callFailed`. */
export interface CallListener {
  /** Something of the answer cannot be taken back any more. */
  readonly isCommitted: boolean;
  callInformed(status: number, raw: readonly Buffer[]): void;
  callBegan(answer: CallAnswer, resume: () => void): void;
  /** Gives false to pause. */
  callContinued(chunk: Buffer): boolean;
  /** It came to another protocol: the call lasts until `leave`. */
  callUpgraded?(answer: CallAnswer, socket: Socket): void;
  callEnded(trailers: readonly (Buffer | string)[]): void;
  /** What came of an answer counts no more: another try begins. */
  callRestarted(): void;
  callFailed(refusal: Refusal): void;
}

/**
 * One request to a service: tries instances until one answers or no further try is allowed, within one deadline. The
 * service's side of an exchange, and of what the gateway asks by itself.
 */
export class Call implements AttemptListener {
  readonly request: CallRequest;
  tries = 0;
  private readonly rules: CallRules;
  private readonly listener: CallListener;
  private readonly parts: CallParts;
  private passing: PassingBody | undefined;
  private readonly tried: GatewayEndpoint[] = [];
  private attempt: Attempt | undefined;
  /** How often it has been sent again, not counting instances that never saw it. */
  private resent = 0;
  private deadline: NodeJS.Timeout | undefined;
  private backoff: NodeJS.Timeout | undefined;
  private over = false;

  constructor(request: CallRequest, rules: CallRules, { listener, ...parts }: CallParts & { listener: CallListener }) {
    this.request = request;
    this.rules = rules;
    this.listener = listener;
    this.parts = parts;
  }

  /** Who answered, or was asked last. */
  get instance(): string | undefined {
    return this.attempt?.endpoint.id;
  }

  start(): void {
    this.request.service.budget.noteRequest(performance.now());
    // What a slow client takes to send its body is not the service's fault.
    if (this.request.body.kind !== 'coming') this.startDeadline();
    this.next();
  }

  /** Ends it without a word to the listener. */
  cancel(): void {
    this.attempt?.cancel();
    this.finish();
  }

  attemptInformed(status: number, raw: readonly Buffer[]): void {
    this.listener.callInformed(status, raw);
  }

  attemptBegan(status: number, raw: readonly Buffer[], resume: () => void): boolean {
    const { attempt, listener } = this;
    if (!attempt) return true;
    attempt.endpoint.succeed();
    listener.callBegan({ status, raw, instance: attempt.endpoint.id }, resume);
    // From here on only the client or the instance can be slow; both are told by their connections standing still.
    if (listener.isCommitted) clearTimeout(this.deadline);
    // undici misses the body whose length a 304 tells, although it has none (RFC 9110, 8.6).
    if (status === 304 && attempt.settle()) this.attemptEnded([]);
    return true;
  }

  attemptUpgraded(raw: readonly Buffer[], socket: Socket): void {
    const { attempt, listener } = this;
    if (!attempt || !listener.callUpgraded) return void socket.destroy();
    attempt.endpoint.succeed();
    clearTimeout(this.deadline);
    listener.callUpgraded({ status: 101, raw, instance: attempt.endpoint.id }, socket);
  }

  /** What followed an upgrade is over. */
  leave(): void {
    this.attempt?.settle();
    this.finish();
  }

  attemptContinued(chunk: Buffer): boolean {
    return this.listener.callContinued(chunk);
  }

  attemptEnded(trailers: readonly (Buffer | string)[]): void {
    if (this.over) return;
    this.listener.callEnded(trailers);
    this.finish();
  }

  attemptFailed({ endpoint, sent }: Attempt, error: Error): void {
    if (this.over) return;
    const failure = classifyFailure(error, sent);
    if (failure === 'own')
      return this.fail(refuse('internal', `The gateway is out of means: ${describeFailure(error)}.`));
    if (failure !== 'malformed') this.noteFailure(endpoint, failure);
    const { request, rules, passing, resent, listener } = this;
    const verdict = decideRetry({
      kind: failure,
      idempotent: isIdempotent(request.method, request.idempotencyKey),
      replayable: passing === undefined || !passing.begun,
      answered: listener.isCommitted,
      resent,
      retryAttempts: rules.retryAttempts,
    });
    if (verdict === 'no' || (verdict === 'budgeted' && !request.service.budget.spend(performance.now())))
      return this.fail(refuse('bad-gateway', `Instance ${endpoint.id} broke off: ${describeFailure(error)}.`));
    if (verdict === 'budgeted') this.resent += 1;
    this.tried.push(endpoint);
    listener.callRestarted();
    this.next();
  }

  private startDeadline(): void {
    if (this.over || this.listener.isCommitted) return;
    this.deadline = setTimeout(() => this.expire(), this.rules.timeoutMs);
  }

  private next(): void {
    if (this.over) return;
    const { service } = this.request;
    const endpoint = service.choose(this.tried);
    // An instance that broke off may have done what was asked, so this is no longer "unavailable".
    if (!endpoint) return this.fail(refuse(this.resent > 0 ? 'bad-gateway' : 'unavailable', describeAbsence(service)));
    if (this.tries > 0) this.rules.stats.incidents.retry += 1;
    if (!this.tried.includes(endpoint)) return this.send(endpoint);
    this.backoff = setTimeout(() => this.send(endpoint), retryDelayMs(this.resent, this.parts.random));
  }

  private send(endpoint: GatewayEndpoint): void {
    const { method, path, fields, upgrade } = this.request;
    this.tries += 1;
    this.attempt = new Attempt(endpoint, this);
    const request = { method, path, headers: fields, body: this.bodyToSend(), ...(upgrade && { upgrade }) };
    endpoint.upstream.send(request, this.attempt);
  }

  private bodyToSend(): Buffer | PassingBody | null {
    const { body } = this.request;
    if (body.kind === 'none') return null;
    if (body.kind === 'whole') return body.bytes;
    const { maxBodyBytes } = this.parts.limits;
    this.passing = new PassingBody({
      ...body,
      maxBytes: maxBodyBytes,
      onEnd: () => this.startDeadline(),
      onTooLarge: () => this.fail(refuse('too-large', `${maxBodyBytes} bytes are allowed.`)),
    });
    return this.passing;
  }

  private noteFailure(endpoint: GatewayEndpoint, kind: 'connect' | 'reset'): void {
    const { rules, request, parts } = this;
    rules.stats.incidents[kind === 'connect' ? 'connect_failure' : 'reset'] += 1;
    if (request.service.eject(endpoint, kind))
      parts.log.say('warn', 'instance ejected', { instance: endpoint.id, kind });
  }

  private expire(): void {
    // One that was held and came too slowly has begun meanwhile.
    if (this.listener.isCommitted) return;
    const { timeoutMs, stats } = this.rules;
    stats.incidents.timeout += 1;
    this.fail(refuse('gateway-timeout', `${this.request.service.name} did not answer within ${timeoutMs} ms.`));
  }

  private fail(refusal: Refusal): void {
    if (this.over) return;
    this.attempt?.cancel();
    this.finish();
    this.listener.callFailed(refusal);
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.deadline);
    clearTimeout(this.backoff);
    this.passing?.destroy();
  }
}

function describeAbsence({ name, endpoints }: ServiceInstances): string {
  if (endpoints.length === 0) return `${name} has no instances.`;
  const known = endpoints.map(
    ({ id, status, ejectedBy }) => `${id} is ${ejectedBy === 'connect' ? 'unreachable' : status}`,
  );
  return `No instance of ${name} can take the request: ${known.join(', ')}.`;
}
