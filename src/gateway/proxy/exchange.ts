import type { Socket } from 'node:net';

import type { BalanceMethod } from '../../protocol/policies/balance.ts';
import { hashKey } from '../balance/hash-key.ts';
import { expectNoMessages, grpcTrailers, watchGrpcDeadline } from '../grpc/grpc-call.ts';
import { onwardFields } from '../http/forwarding.ts';
import type { Consumers } from '../observe/consumers.ts';
import { noteRequest } from '../observe/note-request.ts';
import { AnswerRefused, isRefusal } from '../pipeline/outcome.ts';
import type { Outcome, WholeAnswer } from '../pipeline/outcome.ts';
import { runSteps } from '../pipeline/pipeline.ts';
import type { StepListener } from '../pipeline/pipeline.ts';
import { wholeHead } from '../pipeline/reply-stage.ts';
import type { ReplySink } from '../pipeline/reply-stage.ts';
import { linkStages } from '../pipeline/stage-link.ts';
import { problemKinds, refuse } from '../problems.ts';
import type { ProblemKind, Refusal } from '../problems.ts';
import { noResilience } from '../resilience/compile-resilience.ts';
import { isFailure, isServiceFailure, isUnseen } from '../resilience/is-failure.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { Target } from '../state/targets.ts';
import { Call } from './call.ts';
import type { CallListener, CallParts, CallRules } from './call-types.ts';
import type { OpenExchange } from './connection.ts';
import { callerDeadline } from './caller-deadline.ts';
import { describeReply } from './describe-reply.ts';
import type { CallAnswer } from './describe-reply.ts';
import { Fallbacks, markSubstitute } from './fallbacks.ts';
import type { Substitute } from './fallbacks.ts';
import { answerRefusal, problemOf } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { leaveHttp, upgradeHead } from './leave-http.ts';
import { passInformation } from './pass-information.ts';
import { Reply } from './reply.ts';
import { collectBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';
import type { Tunnel, Tunnels } from './tunnel.ts';

export interface ExchangeParts extends CallParts {
  /** Undefined when there is no such service. */
  readonly service: (name: string) => ServiceInstances | undefined;
  readonly isDraining: () => boolean;
  readonly tunnels: Tunnels;
  readonly consumers: Consumers;
}

/** What the log says of a request whose client has gone; nginx made the number up. */
const clientClosedRequest = 499;
const noBody: RequestBody = { kind: 'none' };
const noRoom = refuse('unavailable', 'The gateway holds as many WebSocket connections open as it may.');

/**
 * One request on its way through the gateway, seen from the client: leads it through the steps of its route and to a
 * service, leads the answer back through the stages, and ends everything when the client goes.
 */
export class Exchange implements StepListener, CallListener, OpenExchange {
  private readonly incoming: Incoming;
  private readonly target: Target;
  private readonly parts: ExchangeParts;
  private readonly reply: Reply;
  private sink: ReplySink;
  private call: Call | undefined;
  /** What the exchange has become when both sides agreed on another protocol. */
  private tunnel: Tunnel | undefined;
  private fallbacks: Fallbacks | undefined;
  /** What stands in for the service, when something does. */
  private substitute: Substitute | undefined;
  /** What the service gets, made once. */
  private fields: string[] | undefined;
  /** It is to be refused, as soon as the document is ready. */
  private refusing = false;
  private grpcDeadline: NodeJS.Timeout | undefined;
  private finished = false;

  constructor(incoming: Incoming, target: Target, parts: ExchangeParts) {
    this.incoming = incoming;
    this.target = target;
    this.parts = parts;
    this.reply = new Reply(incoming, parts, this);
    this.sink = this.reply;
    target.stats.inFlight += 1;
    incoming.connection.enter(this);
  }

  start(): void {
    if (this.incoming.isGrpc) this.grpcDeadline = watchGrpcDeadline(this.incoming, () => this.expireGrpc());
    if (this.target.pipeline.layers.length === 0) this.goOn();
    else runSteps(this.target.pipeline, this.incoming, this);
  }

  stepsDone(outcome: Outcome, depth: number): void {
    if (this.finished || this.refusing) return;
    if (outcome === undefined) this.goOn();
    else if (isRefusal(outcome)) this.refuse(outcome);
    else this.give(outcome, depth);
  }

  stepsFailed(error: unknown): void {
    const { log } = this.parts;
    log.say('error', 'step failed', { target: this.target.name, error: String(error) });
    this.refuse(refuse('internal', 'The request could not be handled; the log of the gateway says why.'));
  }

  get isWaiting(): boolean {
    return !this.reply.started && !this.tunnel;
  }

  get isCommitted(): boolean {
    return this.reply.started;
  }

  clientGone(): void {
    // The end of a tunnel is no incident.
    if (this.finished || this.tunnel) return;
    this.target.stats.incidents.client_gone += 1;
    this.call?.cancel();
    this.sink.abandon();
    this.finish(clientClosedRequest);
  }

  clientBroken(): void {
    const { request, head } = this.incoming;
    const isComing = !request.complete && (head.transferEncoding !== undefined || head.contentLength !== undefined);
    if (isComing) this.refuse(refuse('invalid-request', 'The body could not be read.'));
  }

  callInformed(status: number, raw: CallAnswer['raw']): void {
    passInformation(this.incoming, status, raw);
  }

  callBegan(answer: CallAnswer, resume: () => void): void {
    const { call } = this;
    if (isFailure(answer.status) && this.fallBack(false)) return call?.decline(answer);
    const head = describeReply(answer, this.incoming.method, this.parts.limits);
    if (this.substitute) head.fields = markSubstitute(head.fields, this.substitute.kind);
    if (this.incoming.isGrpc) expectNoMessages(head);
    this.link(this.target.pipeline.layers.length);
    this.sink.begin(head, resume);
  }

  callUpgraded(answer: CallAnswer, instance: Socket): void {
    const { incoming, parts, target } = this;
    const head = upgradeHead(answer, incoming);
    if (head === undefined) {
      instance.destroy();
      return this.refuse(refuse('bad-gateway', `Instance ${answer.instance} changed to a protocol nobody asked for.`));
    }
    target.stats.noteAnswer(answer.status, (performance.now() - incoming.startedAt) / 1000);
    target.stats.tunnels += 1;
    const onEnd = (): void => this.tunnelEnded();
    this.tunnel = parts.tunnels.open({ client: leaveHttp(incoming, head), instance, onEnd });
  }

  callContinued(chunk: Buffer): boolean {
    return this.sink.write(chunk);
  }

  callEnded(trailers: CallAnswer['raw']): void {
    this.sink.end(trailers);
  }

  callRestarted(): void {
    this.sink.abandon();
  }

  callFailed(refusal: Refusal): void {
    const unseen = isUnseen(refusal.kind);
    if ((unseen || isServiceFailure(refusal.kind)) && (this.fallBack(unseen) || this.giveStale())) return;
    this.refuse(refusal);
  }

  /** Gives what is kept, if the cache of the route may give it in place of a failure. */
  private giveStale(): boolean {
    const answer = this.reply.started ? undefined : this.incoming.stale?.(0);
    if (!answer) return false;
    // What was held of an answer that broke off counts no more.
    this.sink.abandon();
    this.give(answer, this.target.pipeline.layers.length);
    return true;
  }

  replyEnded(): void {
    this.finish(this.reply.status);
  }

  private tunnelEnded(): void {
    this.target.stats.tunnels -= 1;
    this.call?.leave();
    this.finish(101);
  }

  /** The time the client of gRPC gave is over, for messages that have begun too. */
  private expireGrpc(): void {
    this.target.stats.incidents.timeout += 1;
    const refusal = refuse('gateway-timeout', 'The time of the call is over.');
    if (!this.reply.started) return this.refuse(refusal);
    this.call?.cancel();
    this.sink.end(grpcTrailers(refusal));
  }

  /** To the service: nothing has to be answered instead. */
  private goOn(): void {
    const { incoming, parts } = this;
    const { head, request, response, expectsContinue } = incoming;
    if (incoming.upgrade && !parts.tunnels.hasRoom) return this.refuse(noRoom);
    if (incoming.body) return this.callService(incoming.body);
    const length = Number(head.contentLength ?? 0);
    if (head.transferEncoding === undefined && length === 0) return this.callService(noBody);
    // Without instances the answer is known before the body is asked for.
    if (this.service.endpoints.length === 0 && !this.target.resilience.fallback) return this.callService(noBody);
    // Either side of a call may wait for what the other says next.
    if (incoming.isGrpc) return this.callService({ kind: 'coming', begun: [], request: request.pause() });
    if (expectsContinue) response.writeContinue();
    const { replayBytes } = parts.limits;
    if (length > replayBytes) return this.callService({ kind: 'coming', begun: [], request: request.pause() });
    collectBody({ request, maxBytes: replayBytes, done: (body) => this.bodyCollected(body) });
  }

  /** One without a length shows only now that it is larger than allowed. */
  private bodyCollected(body: RequestBody): void {
    const { maxBodyBytes } = this.incoming;
    if (sizeOf(body) <= maxBodyBytes) return this.callService(body);
    this.incoming.body = body;
    this.refuse(refuse('too-large', `${maxBodyBytes} bytes are allowed here.`));
  }

  private get service(): ServiceInstances {
    return this.incoming.service ?? this.target.service;
  }

  private callService(body: RequestBody): void {
    if (this.finished || this.refusing) return;
    this.incoming.body = body;
    this.ask(this.service, this.target);
  }

  private ask(service: ServiceInstances, rules: CallRules): void {
    const { incoming, target, parts } = this;
    const { body = noBody } = incoming;
    const request = {
      service,
      method: incoming.method,
      path: incoming.onwardPath + incoming.onwardQuery,
      fields: (this.fields ??= onwardFields(incoming, incoming.client.forwardingFor(incoming.authority))),
      idempotencyKey: incoming.head.idempotencyKey,
      body,
      maxBodyBytes: incoming.maxBodyBytes,
      upgrade: incoming.upgrade,
      deadlineAt: callerDeadline(incoming, target.kind),
      key: keyOf(incoming, target.resilience.balancer.method),
    };
    const { limits, log, random } = parts;
    this.call = new Call(request, rules, { limits, log, random, listener: this });
    this.call.start();
  }

  /** Lets something stand in for the service; false when there is nothing. */
  private fallBack(unseen: boolean): boolean {
    const { incoming, target } = this;
    const { fallback } = target.resilience;
    if (!fallback || this.finished || this.reply.started) return false;
    this.fallbacks ??= new Fallbacks(fallback, incoming);
    const substitute = this.fallbacks.take(unseen);
    if (!substitute) return false;
    this.sink.abandon();
    this.substitute = substitute;
    target.stats.incidents.fallback += 1;
    if (substitute.kind !== 'service') {
      const { answer, kind } = substitute;
      this.give({ ...answer, fields: markSubstitute(answer.fields, kind) }, target.pipeline.layers.length);
      return true;
    }
    const service = this.parts.service(substitute.name);
    if (!service) return this.fallBack(unseen);
    // It has the time of the route once more; but nobody waits longer than the caller said.
    const { timeoutMs, retryAttempts, stats } = target;
    this.ask(service, { timeoutMs, retryAttempts, stats, resilience: noResilience });
    return true;
  }

  /** Answers with what a step had at hand; it passes the stages outside of that step. */
  private give(answer: WholeAnswer, depth: number): void {
    this.link(depth);
    try {
      this.sink.begin(wholeHead(answer, this.incoming.method === 'HEAD'), () => undefined);
      if (answer.body.length > 0 && this.incoming.method !== 'HEAD') this.sink.write(answer.body);
      this.sink.end([]);
    } catch (error) {
      this.stageFailed(error);
    }
  }

  private link(depth: number): void {
    const { layers } = this.target.pipeline;
    if (layers.length === 0) return;
    const onFailure = (error: unknown): void => this.stageFailed(error);
    this.sink = linkStages(layers, depth, { incoming: this.incoming, last: this.reply, onFailure });
  }

  private stageFailed(error: unknown): void {
    if (error instanceof AnswerRefused) return this.refuse(error.refusal);
    const { log } = this.parts;
    log.say('error', 'answer could not be handled', { target: this.target.name, error: String(error) });
    this.refuse(refuse('internal', 'The answer could not be handled; the log of the gateway says why.'));
  }

  /** Ends the exchange with an answer of the gateway's own. */
  private refuse(refusal: Refusal): void {
    if (this.finished || this.refusing) return;
    this.call?.cancel();
    const isLate = this.reply.started;
    if (isLate) this.finish(this.reply.status, 'bad-gateway');
    this.sink.abandon();
    if (isLate) return;
    if (this.target.pipeline.shapers.length > 0 && !this.incoming.isGrpc) return void this.refuseShaped(refusal);
    answerRefusal(this.incoming, refusal);
    this.finish(problemKinds[refusal.kind].status, refusal.kind);
  }

  private async refuseShaped(refusal: Refusal): Promise<void> {
    this.refusing = true;
    const { incoming, target } = this;
    let problem = problemOf(incoming, refusal);
    try {
      for (const shape of target.pipeline.shapers) problem = await shape(problem, incoming);
    } catch (error) {
      this.parts.log.say('error', 'problem could not be shaped', { target: target.name, error: String(error) });
    }
    if (this.finished) return;
    answerRefusal(incoming, refusal, problem);
    this.finish(incoming.response.statusCode, refusal.kind);
  }

  private finish(status: number, problem?: ProblemKind): void {
    if (this.finished) return;
    this.finished = true;
    clearTimeout(this.grpcDeadline);
    const { incoming, target, call, tunnel } = this;
    if (incoming.body?.kind === 'coming') incoming.request.resume();
    incoming.connection.leave(this);
    const { bytes } = tunnel ?? this.reply;
    const outcome = { status, bytes, target: target.name, instance: call?.instance, tries: call?.tries ?? 0, problem };
    const durationMs = noteRequest(this.parts.log, incoming, outcome);
    if (incoming.identity) this.parts.consumers.note(incoming.identity, status);
    target.stats.inFlight -= 1;
    if (!tunnel) target.stats.noteAnswer(status === clientClosedRequest ? 0 : status, durationMs / 1000);
    incoming.finish();
  }
}

/** What consistent hashing recognises a request by, where a route balances so. */
function keyOf({ client, head }: Incoming, method: BalanceMethod | undefined): number | undefined {
  if (method?.kind !== 'hash') return undefined;
  return hashKey(method, { address: client.address, fields: head.fields });
}

/** How much of it has come. */
function sizeOf(body: RequestBody): number {
  if (body.kind === 'none') return 0;
  return body.kind === 'whole' ? body.bytes.length : body.begun.reduce((sum, { length }) => sum + length, 0);
}
