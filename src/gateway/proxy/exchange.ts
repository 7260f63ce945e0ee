import { onwardFields } from '../http/forwarding.ts';
import { noteRequest } from '../observe/note-request.ts';
import { isRefusal } from '../pipeline/outcome.ts';
import type { Outcome, WholeAnswer } from '../pipeline/outcome.ts';
import { runSteps } from '../pipeline/pipeline.ts';
import type { StepListener } from '../pipeline/pipeline.ts';
import { wholeHead } from '../pipeline/reply-stage.ts';
import type { ReplySink } from '../pipeline/reply-stage.ts';
import { linkStages } from '../pipeline/stage-link.ts';
import { refuse } from '../problems.ts';
import type { ProblemKind, Refusal } from '../problems.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { Target } from '../state/targets.ts';
import { Call } from './call.ts';
import type { CallListener, CallParts } from './call.ts';
import type { OpenExchange } from './connection.ts';
import { describeReply } from './describe-reply.ts';
import type { CallAnswer } from './describe-reply.ts';
import { answerRefusal } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { passInformation } from './pass-information.ts';
import { Reply } from './reply.ts';
import { collectBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';

export interface ExchangeParts extends CallParts {
  readonly isDraining: () => boolean;
}

/** What the log says of a request whose client has gone; nginx made the number up. */
const clientClosedRequest = 499;
const noBody: RequestBody = { kind: 'none' };

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
    if (this.target.pipeline.layers.length === 0) this.goOn();
    else runSteps(this.target.pipeline, this.incoming, this);
  }

  stepsDone(outcome: Outcome, depth: number): void {
    if (this.finished) return;
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
    return !this.reply.started;
  }

  get isCommitted(): boolean {
    return this.reply.started;
  }

  clientGone(): void {
    if (this.finished) return;
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

  callInformed(status: number, raw: readonly Buffer[]): void {
    passInformation(this.incoming, status, raw);
  }

  callBegan(answer: CallAnswer, resume: () => void): void {
    const head = describeReply(answer, this.incoming.method, this.parts.limits);
    this.link(this.target.pipeline.layers.length);
    this.sink.begin(head, resume);
  }

  callContinued(chunk: Buffer): boolean {
    return this.sink.write(chunk);
  }

  callEnded(trailers: readonly (Buffer | string)[]): void {
    this.sink.end(trailers);
  }

  callRestarted(): void {
    this.sink.abandon();
  }

  callFailed(refusal: Refusal): void {
    this.refuse(refusal);
  }

  replyEnded(): void {
    this.finish(this.reply.status);
  }

  /** To the service: nothing has to be answered instead. */
  private goOn(): void {
    const { incoming } = this;
    const { head, request, response, expectsContinue } = incoming;
    if (incoming.body) return this.callService(incoming.body);
    const length = Number(head.contentLength ?? 0);
    if (head.transferEncoding === undefined && length === 0) return this.callService(noBody);
    // Without instances the answer is known before the body is asked for.
    if (this.service.endpoints.length === 0) return this.callService(noBody);
    if (expectsContinue) response.writeContinue();
    const { replayBytes } = this.parts.limits;
    if (length > replayBytes) return this.callService({ kind: 'coming', begun: [], request: request.pause() });
    collectBody({ request, maxBytes: replayBytes, done: (body) => this.callService(body) });
  }

  private get service(): ServiceInstances {
    return this.incoming.service ?? this.target.service;
  }

  private callService(body: RequestBody): void {
    if (this.finished) return;
    const { incoming, target, parts } = this;
    incoming.body = body;
    const request = {
      service: this.service,
      method: incoming.method,
      path: incoming.onwardPath + incoming.onwardQuery,
      fields: onwardFields(incoming, incoming.connection.forwardingFor(incoming.authority)),
      idempotencyKey: incoming.head.idempotencyKey,
      body,
    };
    const { limits, log, random } = parts;
    this.call = new Call(request, target, { limits, log, random, listener: this });
    this.call.start();
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
    const { log } = this.parts;
    log.say('error', 'answer could not be handled', { target: this.target.name, error: String(error) });
    this.refuse(refuse('internal', 'The answer could not be handled; the log of the gateway says why.'));
  }

  /** Ends the exchange with an answer of the gateway's own. */
  private refuse(refusal: Refusal): void {
    if (this.finished) return;
    this.call?.cancel();
    const isLate = this.reply.started;
    if (isLate) this.finish(this.reply.status, 'bad-gateway');
    this.sink.abandon();
    if (isLate) return;
    answerRefusal(this.incoming, refusal);
    this.finish(this.incoming.response.statusCode, refusal.kind);
  }

  private finish(status: number, problem?: ProblemKind): void {
    if (this.finished) return;
    this.finished = true;
    const { incoming, target, call } = this;
    if (incoming.body?.kind === 'coming') incoming.request.resume();
    incoming.connection.leave(this);
    const { bytes } = this.reply;
    const outcome = { status, bytes, instance: call?.instance, tries: call?.tries ?? 0, problem };
    const durationMs = noteRequest(this.parts.log, incoming, outcome);
    target.stats.inFlight -= 1;
    target.stats.noteAnswer(status === clientClosedRequest ? 0 : status, durationMs / 1000);
    incoming.finish();
  }
}
