import { decideRetry, isIdempotent, retryDelayMs } from '../balance/retry-policy.ts';
import { onwardFields } from '../http/forwarding.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../observe/log.ts';
import { noteRequest } from '../observe/note-request.ts';
import { refuse } from '../problems.ts';
import type { ProblemKind } from '../problems.ts';
import type { GatewayEndpoint, ServiceInstances } from '../state/service-instances.ts';
import type { Target } from '../state/targets.ts';
import { Attempt } from './attempt.ts';
import type { AttemptListener } from './attempt.ts';
import { classifyFailure, describeFailure } from './classify-failure.ts';
import type { OpenExchange } from './connection.ts';
import { describeReply } from './describe-reply.ts';
import { answerRefusal } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { passInformation } from './pass-information.ts';
import { Reply } from './reply.ts';
import { collectBody, PassingBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';

export interface ExchangeParts {
  readonly limits: Limits;
  readonly log: Log;
  readonly random: () => number;
  readonly isDraining: () => boolean;
}

/** What the log says of a request whose client has gone; nginx made the number up. */
const clientClosedRequest = 499;

/**
 * One request on its way through the gateway: tries instances until one answers or no further try is allowed, within
 * one deadline, and ends everything when the client goes.
 */
export class Exchange implements AttemptListener, OpenExchange {
  private readonly incoming: Incoming;
  private readonly target: Target;
  private readonly parts: ExchangeParts;
  private readonly reply: Reply;
  private readonly fields: string[];
  private body: RequestBody | undefined;
  private passing: PassingBody | undefined;
  private readonly tried: GatewayEndpoint[] = [];
  private attempt: Attempt | undefined;
  private tries = 0;
  /** How often it has been sent again, not counting instances that never saw it. */
  private resent = 0;
  private deadline: NodeJS.Timeout | undefined;
  private backoff: NodeJS.Timeout | undefined;
  private finished = false;

  constructor(incoming: Incoming, target: Target, parts: ExchangeParts) {
    this.incoming = incoming;
    this.target = target;
    this.parts = parts;
    this.reply = new Reply(incoming.response);
    this.fields = onwardFields(incoming, incoming.connection.forwardingFor(incoming.authority));
    target.stats.inFlight += 1;
    target.service.budget.noteRequest(incoming.startedAt);
    incoming.connection.enter(this);
  }

  start(): void {
    const { head, request, response, expectsContinue } = this.incoming;
    const length = Number(head.contentLength ?? 0);
    if (head.transferEncoding === undefined && length === 0) return this.begin({ kind: 'none' });
    if (this.target.service.endpoints.length === 0) return this.next();
    if (expectsContinue) response.writeContinue();
    if (length > this.parts.limits.replayBytes)
      return this.begin({ kind: 'coming', begun: [], request: request.pause() });
    collectBody({ request, maxBytes: this.parts.limits.replayBytes, done: (body) => this.begin(body) });
  }

  get isWaiting(): boolean {
    return !this.reply.started;
  }

  clientGone(): void {
    if (this.finished) return;
    this.target.stats.incidents.client_gone += 1;
    this.attempt?.cancel();
    this.finish(clientClosedRequest);
  }

  clientBroken(): void {
    const { request, head } = this.incoming;
    const isComing = !request.complete && (head.transferEncoding !== undefined || head.contentLength !== undefined);
    if (isComing) this.refuse('invalid-request', 'The body could not be read.');
  }

  attemptInformed(status: number, raw: readonly Buffer[]): void {
    passInformation(this.incoming, status, raw);
  }

  attemptBegan(status: number, raw: readonly Buffer[], resume: () => void): boolean {
    const { incoming, attempt, parts } = this;
    if (!attempt) return true;
    attempt.endpoint.succeed();
    const closing = parts.isDraining();
    const answer = { status, raw, instance: attempt.endpoint.id };
    const head = describeReply(answer, incoming, { closing, limits: parts.limits });
    // From here on only the client or the instance can be slow; both are told by their connections standing still.
    if (!head.hold) clearTimeout(this.deadline);
    this.reply.begin(head, resume);
    // undici misses the body whose length a 304 tells, although it has none (RFC 9110, 8.6).
    if (status === 304 && attempt.settle()) this.attemptEnded([]);
    return true;
  }

  attemptContinued(chunk: Buffer): boolean {
    return this.reply.write(chunk);
  }

  attemptEnded(trailers: readonly (Buffer | string)[]): void {
    this.reply.end(trailers);
    this.finish(this.reply.status);
  }

  attemptFailed({ endpoint, sent }: Attempt, error: Error): void {
    if (this.finished) return;
    const failure = classifyFailure(error, sent);
    if (failure === 'own') return this.refuse('internal', `The gateway is out of means: ${describeFailure(error)}.`);
    if (failure !== 'malformed') this.noteFailure(endpoint, failure);
    const { incoming, target, passing, resent } = this;
    const verdict = decideRetry({
      kind: failure,
      idempotent: isIdempotent(incoming.method, incoming.head.idempotencyKey),
      replayable: passing === undefined || !passing.begun,
      answered: this.reply.started,
      resent,
      retryAttempts: target.retryAttempts,
    });
    if (verdict === 'no' || (verdict === 'budgeted' && !target.service.budget.spend(performance.now())))
      return this.refuse('bad-gateway', `Instance ${endpoint.id} broke off: ${describeFailure(error)}.`);
    if (verdict === 'budgeted') this.resent += 1;
    this.tried.push(endpoint);
    this.reply.reset();
    this.next();
  }

  private begin(body: RequestBody): void {
    this.body = body;
    // What a slow client takes to send its body is not the service's fault.
    if (body.kind !== 'coming') this.startDeadline();
    this.next();
  }

  private startDeadline(): void {
    if (this.finished || this.reply.started) return;
    this.deadline = setTimeout(() => this.expire(), this.target.timeoutMs);
  }

  private next(): void {
    if (this.finished) return;
    const { service, stats } = this.target;
    const endpoint = service.choose(this.tried);
    // An instance that broke off may have done what was asked, so this is no longer "unavailable".
    if (!endpoint) return this.refuse(this.resent > 0 ? 'bad-gateway' : 'unavailable', describeAbsence(service));
    if (this.tries > 0) stats.incidents.retry += 1;
    if (!this.tried.includes(endpoint)) return this.send(endpoint);
    this.backoff = setTimeout(() => this.send(endpoint), retryDelayMs(this.resent, this.parts.random));
  }

  private send(endpoint: GatewayEndpoint): void {
    const { method, path, query } = this.incoming;
    this.tries += 1;
    this.attempt = new Attempt(endpoint, this);
    const request = { method, path: path + query, headers: this.fields, body: this.bodyToSend() };
    endpoint.upstream.send(request, this.attempt);
  }

  private bodyToSend(): Buffer | PassingBody | null {
    const { body } = this;
    if (body === undefined || body.kind === 'none') return null;
    if (body.kind === 'whole') return body.bytes;
    this.passing = new PassingBody({
      ...body,
      maxBytes: this.parts.limits.maxBodyBytes,
      onEnd: () => this.startDeadline(),
      onTooLarge: () => this.refuse('too-large', `${this.parts.limits.maxBodyBytes} bytes are allowed.`),
    });
    return this.passing;
  }

  private noteFailure(endpoint: GatewayEndpoint, kind: 'connect' | 'reset'): void {
    const { stats, service } = this.target;
    stats.incidents[kind === 'connect' ? 'connect_failure' : 'reset'] += 1;
    if (service.eject(endpoint, kind)) this.parts.log.say('warn', 'instance ejected', { instance: endpoint.id, kind });
  }

  private expire(): void {
    // One that was held and came too slowly has begun meanwhile.
    if (this.reply.started) return;
    this.target.stats.incidents.timeout += 1;
    const { timeoutMs, service } = this.target;
    this.refuse('gateway-timeout', `${service.name} did not answer within ${timeoutMs} ms.`);
  }

  /** Ends the exchange with an answer of the gateway's own. */
  private refuse(kind: ProblemKind, detail: string): void {
    if (this.finished) return;
    this.attempt?.cancel();
    if (this.reply.started) return this.breakOff();
    answerRefusal(this.incoming, refuse(kind, detail));
    this.finish(this.incoming.response.statusCode, kind);
  }

  private breakOff(): void {
    this.finish(this.reply.status, 'bad-gateway');
    this.reply.breakOff();
  }

  private finish(status: number, problem?: ProblemKind): void {
    if (this.finished) return;
    this.finished = true;
    clearTimeout(this.deadline);
    clearTimeout(this.backoff);
    const { incoming, target } = this;
    this.passing?.destroy();
    if (this.body?.kind === 'coming') incoming.request.resume();
    incoming.connection.leave(this);
    const { bytes } = this.reply;
    const instance = this.attempt?.endpoint.id;
    const durationMs = noteRequest(this.parts.log, incoming, { status, bytes, instance, tries: this.tries, problem });
    target.stats.inFlight -= 1;
    target.stats.noteAnswer(status === clientClosedRequest ? 0 : status, durationMs / 1000);
  }
}

function describeAbsence({ name, endpoints }: ServiceInstances): string {
  if (endpoints.length === 0) return `${name} has no instances.`;
  const known = endpoints.map(
    ({ id, status, ejectedBy }) => `${id} is ${ejectedBy === 'connect' ? 'unreachable' : status}`,
  );
  return `No instance of ${name} can take the request: ${known.join(', ')}.`;
}
