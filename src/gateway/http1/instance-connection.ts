import type { Socket } from 'node:net';

import type { UpstreamHandler } from '../proxy/upstream.ts';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader } from './answer-reader.ts';
import type { AnswerListener } from './answer-reader.ts';
import { renderHead } from './request-head.ts';
import type { PlainRequest } from './request-head.ts';

/** A request on its way to an instance, and who is told of it. */
export interface Sending {
  readonly request: PlainRequest;
  readonly handler: UpstreamHandler;
}

interface Owner {
  readonly maxHeadBytes: number;
  readonly stallTimeoutMs: number;
  /** It can take a request. */
  connectionFree(connection: InstanceConnection): void;
  connectionGone(connection: InstanceConnection): void;
}

/** Who says how long it keeps a connection may count from a moment before ours. */
const marginMs = 1000;

/** A connection to an instance: takes a request, tells of its answer, and is free for the next when that is over. */
export class InstanceConnection implements AnswerListener {
  private readonly owner: Owner;
  private readonly socket: Socket;
  private sending: Sending | undefined;
  private reader: AnswerReader | undefined;
  private isLast = false;
  private keptForMs = Infinity;
  private isPaused = false;
  /** By performance.now. */
  private movedAt = performance.now();

  constructor(owner: Owner, socket: Socket) {
    this.owner = owner;
    this.socket = socket;
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('end', () => this.ended());
    socket.on('close', () => {
      owner.connectionGone(this);
      this.fail(failure ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    });
  }

  /** A free one can be used for so long after an answer, when the instance does not say less. */
  isUsable(keepMs: number): boolean {
    return !this.socket.destroyed && performance.now() - this.movedAt < Math.min(keepMs, this.keptForMs);
  }

  send(sending: Sending): void {
    const { request, handler } = sending;
    this.sending = sending;
    handler.onConnect(() => this.giveUp(sending));
    if (this.sending !== sending) return this.owner.connectionFree(this);
    try {
      this.write(request);
    } catch (error) {
      this.sending = undefined;
      this.owner.connectionFree(this);
      handler.onError(toError(error));
    }
  }

  /** Reads what has come, which is lent; false to get no more for now. */
  read(bytes: Buffer): boolean {
    this.movedAt = performance.now();
    // Nobody has asked for it, so nothing that comes on this connection can be trusted.
    if (!this.reader) this.socket.destroy();
    else
      try {
        this.reader.read(bytes);
      } catch (error) {
        this.fail(toError(error));
      }
    return !this.isPaused;
  }

  answerBegan(head: AnswerHead): void {
    const { sending } = this;
    if (!sending) return;
    this.isLast = head.isLast;
    this.keptForMs = head.keptForMs - marginMs;
    const resume = (): void => this.resume(sending);
    if (!sending.handler.onHeaders(head.status, head.fields, resume)) this.isPaused = true;
  }

  answerContinued(bytes: Buffer): void {
    if (this.sending?.handler.onData(Buffer.from(bytes)) === false) this.isPaused = true;
  }

  answerEnded(trailers: readonly string[]): void {
    const { sending } = this;
    this.sending = undefined;
    this.reader = undefined;
    this.isPaused = false;
    if (this.isLast) this.socket.destroy();
    else this.owner.connectionFree(this);
    sending?.handler.onComplete(trailers);
  }

  /** Ends it when an answer has begun and does not move, though somebody waits for it. */
  endIfStalled(): void {
    const isStalled = performance.now() - this.movedAt > this.owner.stallTimeoutMs;
    if (isStalled && !this.isPaused && this.reader?.isInBody === true)
      this.fail(Object.assign(new Error('the answer does not move'), { code: 'ETIMEDOUT' }));
  }

  destroy(): void {
    this.socket.destroy();
  }

  private write(request: PlainRequest): void {
    const head = renderHead(request);
    this.reader = new AnswerReader(this, this.owner.maxHeadBytes);
    if (request.body === null) return void this.socket.write(head, 'latin1');
    this.socket.cork();
    this.socket.write(head, 'latin1');
    this.socket.write(request.body);
    this.socket.uncork();
  }

  private resume(sending: Sending): void {
    if (this.sending !== sending || !this.isPaused) return;
    this.isPaused = false;
    this.movedAt = performance.now();
    this.socket.resume();
  }

  private giveUp(sending: Sending): void {
    if (this.sending !== sending) return;
    this.sending = undefined;
    // Before anything was written nothing has to be undone.
    if (this.reader) this.socket.destroy();
  }

  private ended(): void {
    this.isLast = true;
    if (this.reader?.end() !== true) this.socket.destroy();
  }

  private fail(error: Error): void {
    const { sending } = this;
    this.sending = undefined;
    this.socket.destroy();
    sending?.handler.onError(error);
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
