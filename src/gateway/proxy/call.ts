import type { Socket } from 'node:net';

import { decideRetry, isIdempotent, retryDelayMs } from '../balance/retry-policy.ts';
import type { FailedTry } from '../balance/retry-policy.ts';
import { fillTimeoutFields } from '../http/forwarding.ts';
import type { RawFields } from '../http/response-fields.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import { leastUsefulMs } from '../resilience/deadline.ts';
import { isFailure, isServiceFailure } from '../resilience/is-failure.ts';
import { Passage } from '../resilience/passage.ts';
import type { GatewayEndpoint } from '../state/service-instances.ts';
import { Attempt } from './attempt.ts';
import type { AttemptListener } from './attempt.ts';
import { CallClock } from './call-clock.ts';
import type { CallListener, CallParts, CallRequest, CallRules } from './call-types.ts';
import { classifyFailure, describeAbsence, describeFailure } from './classify-failure.ts';
import type { CallAnswer } from './describe-reply.ts';
import { noteAnswer, noteFailure, notePace } from './note-instance.ts';
import { readDecline } from './read-decline.ts';
import { PassingBody } from './request-body.ts';
import type { ComingBody } from './request-body.ts';

/**
 * One request to a service: past what guards it, tries instances until one answers or no further try is allowed, within
 * one deadline. The service's side of an exchange, and of what the gateway asks by itself.
 */
export class Call implements AttemptListener {
  readonly request: CallRequest;
  tries = 0;
  readonly rules: CallRules;
  private readonly listener: CallListener;
  readonly parts: CallParts;
  private readonly timeoutMs: number;
  private readonly clock = new CallClock();
  private readonly tried: GatewayEndpoint[] = [];
  private passage: Passage | undefined;
  private passing: PassingBody | undefined;
  /** The one that answers, or the latest. */
  private attempt: Attempt | undefined;
  /** Sent beside it because it took long. */
  private hedge: Attempt | undefined;
  /** How often it has been sent again, not counting instances that never saw it. */
  private resent = 0;
  private over = false;

  constructor(request: CallRequest, rules: CallRules, { listener, ...parts }: CallParts & { listener: CallListener }) {
    this.request = request;
    this.rules = rules;
    this.listener = listener;
    this.parts = parts;
    const { deadlineAt } = request;
    // Whoever waits less long makes it shorter; nobody makes it longer.
    this.timeoutMs =
      deadlineAt === undefined ? rules.timeoutMs : Math.min(rules.timeoutMs, deadlineAt - performance.now());
  }

  /** Who answered, or was asked last. */
  get instance(): string | undefined {
    return this.attempt?.endpoint.id;
  }

  start(): void {
    if (this.timeoutMs < leastUsefulMs) return this.expire();
    // What a slow client takes to send its body is not the service's fault.
    if (this.request.body.kind !== 'coming' || this.request.deadlineAt !== undefined) this.startDeadline();
    const { guard } = this.rules.resilience;
    if (!guard) return this.begin();
    this.passage = new Passage({
      guard,
      name: this.request.service.name,
      stats: this.rules.stats,
      entered: () => this.begin(),
      refused: (refusal) => this.fail(refusal),
    });
    this.passage.enter();
  }

  /** Ends it without a word to the listener. */
  cancel(): void {
    this.attempt?.cancel();
    this.hedge?.cancel();
    this.finish();
  }

  /** As `cancel`, after the head of an answer: the rest of a short one is read and dropped, which spares the connection. */
  decline({ raw }: CallAnswer): void {
    if (readDecline(raw).isShort) this.attempt?.settle();
    this.cancel();
  }

  attemptInformed(status: number, raw: RawFields): void {
    this.listener.callInformed(status, raw);
  }

  attemptBegan(attempt: Attempt, status: number, raw: RawFields): boolean {
    const { listener, passage } = this;
    noteAnswer(attempt.endpoint, status, this);
    notePace(attempt, status);
    if (this.asksAgain(attempt, status, raw)) return true;
    this.decideFor(attempt);
    if (isFailure(status)) passage?.settle(true);
    listener.callBegan({ status, raw, instance: attempt.endpoint.id }, attempt.resume);
    if (this.over) return true;
    // From here on only the client or the instance can be slow; both are told by their connections standing still.
    if (listener.isCommitted) {
      this.clock.stop();
      passage?.settle(false);
    }
    // undici misses the body whose length a 304 tells, although it has none (RFC 9110, 8.6).
    if (status === 304 && attempt.settle()) this.attemptEnded([]);
    return true;
  }

  attemptUpgraded(raw: RawFields, socket: Socket): void {
    const { attempt, listener } = this;
    if (!attempt || !listener.callUpgraded) return void socket.destroy();
    noteAnswer(attempt.endpoint, 101, this);
    this.clock.stopAll();
    this.passage?.settle(false);
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

  attemptEnded(trailers: RawFields): void {
    if (this.over) return;
    this.passage?.settle(false);
    this.listener.callEnded(trailers);
    this.finish();
  }

  attemptFailed(attempt: Attempt, error: Error): void {
    if (this.over) return;
    const { endpoint, sent } = attempt;
    const failure = classifyFailure(error, sent);
    if (failure === 'own')
      return this.fail(refuse('internal', `The gateway is out of means: ${describeFailure(error)}.`));
    if (failure !== 'malformed') noteFailure(endpoint, failure, this);
    this.lose(attempt, failure, refuse('bad-gateway', `Instance ${endpoint.id} broke off: ${describeFailure(error)}.`));
  }

  private begin(): void {
    if (this.over) return;
    this.request.service.budget.noteRequest(performance.now());
    this.next(false);
  }

  private startDeadline(): void {
    if (this.over || this.clock.isRunning || this.listener.isCommitted) return;
    this.clock.start(this.timeoutMs, () => this.expire());
  }

  private next(rested: boolean): void {
    if (this.over) return;
    const { service, key } = this.request;
    const { resilience, stats } = this.rules;
    const endpoint = service.choose(resilience.balancer, this.tried, key);
    // An instance that broke off may have done what was asked, so this is no longer "unavailable".
    if (!endpoint) return this.fail(refuse(this.resent > 0 ? 'bad-gateway' : 'unavailable', describeAbsence(service)));
    if (this.tries > 0) stats.incidents.retry += 1;
    if (rested || !this.tried.includes(endpoint)) return this.send(endpoint);
    const delayMs = retryDelayMs(this.resent, resilience.tries.backoffMs, this.parts.random);
    this.clock.afterPause(delayMs, () => this.send(endpoint));
  }

  private send(endpoint: GatewayEndpoint): void {
    const attempt = this.launch(endpoint);
    this.attempt = attempt;
    const { hedgeAfterMs } = this.rules.resilience.tries;
    if (hedgeAfterMs !== undefined && this.tries === 1) this.clock.watchForHedge(hedgeAfterMs, () => this.sendHedge());
    if (this.request.body.kind !== 'coming') this.watchTry(attempt);
    this.dispatch(attempt);
  }

  /** Asks a second instance, and lets the two race. */
  private sendHedge(): void {
    const { request, rules, attempt, tried } = this;
    const isSafe = isIdempotent(request.method, request.idempotencyKey) && request.upgrade === undefined;
    if (this.over || !attempt || !isSafe || request.body.kind === 'coming' || this.passage?.isProbe === true) return;
    const asked = [...tried, attempt.endpoint];
    const endpoint = request.service.choose(rules.resilience.balancer, asked, request.key);
    if (!endpoint || asked.includes(endpoint) || this.clock.remainingMs < leastUsefulMs || !this.spend()) return;
    rules.stats.incidents.hedge += 1;
    this.hedge = this.launch(endpoint);
    this.dispatch(this.hedge);
  }

  private launch(endpoint: GatewayEndpoint): Attempt {
    this.tries += 1;
    const isFirst = this.tries === 1 && this.passage === undefined;
    fillTimeoutFields(this.request.fields, isFirst ? this.timeoutMs : Math.min(this.clock.remainingMs, this.timeoutMs));
    const attempt = new Attempt(endpoint, this);
    if (this.rules.resilience.balancer.needsPace) attempt.launchedAt = performance.now();
    return attempt;
  }

  private dispatch(attempt: Attempt): void {
    const { method, path, fields, body, upgrade } = this.request;
    const sent = body.kind === 'coming' ? this.passOn(body, attempt) : body.kind === 'whole' ? body.bytes : null;
    const request = { method, path, headers: fields, body: sent, ...(upgrade && { upgrade }) };
    attempt.endpoint.upstream.send(request, attempt);
  }

  private passOn(body: ComingBody, attempt: Attempt): PassingBody {
    const maxBodyBytes = Math.min(this.parts.limits.maxBodyBytes, this.request.maxBodyBytes ?? Infinity);
    const onEnd = (): void => {
      this.startDeadline();
      if (!this.listener.isCommitted) this.watchTry(attempt);
    };
    const onTooLarge = (): void => this.fail(refuse('too-large', `${maxBodyBytes} bytes are allowed.`));
    this.passing = new PassingBody({ ...body, maxBytes: maxBodyBytes, onEnd, onTooLarge });
    return this.passing;
  }

  private watchTry(attempt: Attempt): void {
    const { tryTimeoutMs } = this.rules.resilience.tries;
    if (tryTimeoutMs !== undefined && !this.over) this.clock.watchTry(tryTimeoutMs, () => this.expireTry(attempt));
  }

  private expireTry(attempt: Attempt): void {
    if (this.over || attempt.isOver) return;
    this.rules.stats.incidents.try_timeout += 1;
    attempt.cancel();
    const { tryTimeoutMs } = this.rules.resilience.tries;
    const detail = `Instance ${attempt.endpoint.id} did not answer within ${tryTimeoutMs} ms.`;
    this.lose(attempt, 'timeout', refuse('gateway-timeout', detail));
  }

  /** This one answers; the other one, if there is one, is not wanted any more. */
  private decideFor(attempt: Attempt): void {
    const { hedge } = this;
    this.clock.endTry();
    this.hedge = undefined;
    if (!hedge) return;
    if (attempt !== hedge) return hedge.cancel();
    this.rules.stats.incidents.hedge_won += 1;
    this.attempt?.cancel();
    this.attempt = hedge;
  }

  /** Of two that race, one is out; false when there are no two. */
  private dropOne(attempt: Attempt): boolean {
    const { hedge } = this;
    if (!hedge) return false;
    this.tried.push(attempt.endpoint);
    this.hedge = undefined;
    if (attempt === hedge) return true;
    this.attempt = hedge;
    this.clock.endTry();
    this.watchTry(hedge);
    return true;
  }

  /** A try came to nothing: another one follows where that is allowed, or the refusal does. */
  private lose(attempt: Attempt, kind: FailedTry['kind'], refusal: Refusal): void {
    if (this.dropOne(attempt)) return;
    const verdict = this.verdictOn(kind);
    const isLate = this.clock.remainingMs < leastUsefulMs;
    if (verdict === 'no' || isLate || (verdict === 'budgeted' && !this.spend())) return this.fail(refusal);
    if (verdict === 'budgeted') this.resent += 1;
    this.leaveOut(attempt);
    this.listener.callRestarted();
    this.next(false);
  }

  /** Whether an answer is one after which it is asked again, and again is allowed. */
  private asksAgain(attempt: Attempt, status: number, raw: RawFields): boolean {
    const { retryOn, backoffMs } = this.rules.resilience.tries;
    if (retryOn?.has(status) !== true) return false;
    const { waitMs, isShort } = readDecline(raw);
    if (!this.dropOne(attempt)) {
      const delayMs = Math.max(waitMs, retryDelayMs(this.resent + 1, backoffMs, this.parts.random));
      const isLate = this.clock.remainingMs < delayMs + leastUsefulMs;
      if (this.verdictOn('status') === 'no' || isLate || !this.spend()) return false;
      this.resent += 1;
      this.leaveOut(attempt);
      this.clock.afterPause(delayMs, () => this.next(true));
    }
    if (isShort) attempt.settle();
    else attempt.cancel();
    return true;
  }

  private leaveOut({ endpoint }: Attempt): void {
    this.tried.push(endpoint);
    this.clock.endTry();
  }

  private verdictOn(kind: FailedTry['kind']): ReturnType<typeof decideRetry> {
    const { request, rules, passing, passage } = this;
    return decideRetry({
      kind,
      idempotent: isIdempotent(request.method, request.idempotencyKey),
      replayable: passing === undefined || !passing.begun,
      answered: this.listener.isCommitted,
      resent: this.resent,
      retryAttempts: passage?.isProbe === true ? 0 : rules.retryAttempts,
    });
  }

  private spend(): boolean {
    if (this.request.service.budget.spend(performance.now())) return true;
    this.rules.stats.incidents.budget_exhausted += 1;
    return false;
  }

  private expire(): void {
    // One that was held and came too slowly has begun meanwhile.
    if (this.listener.isCommitted) return;
    this.rules.stats.incidents.timeout += 1;
    const detail = `${this.request.service.name} did not answer within ${Math.max(0, Math.round(this.timeoutMs))} ms.`;
    this.fail(refuse('gateway-timeout', detail));
  }

  private fail(refusal: Refusal): void {
    if (this.over) return;
    this.attempt?.cancel();
    this.hedge?.cancel();
    if (isServiceFailure(refusal.kind)) this.passage?.settle(true);
    this.finish();
    this.listener.callFailed(refusal);
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.clock.stopAll();
    this.passing?.destroy();
    this.passage?.leave();
  }
}
