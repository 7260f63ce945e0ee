import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { RawFields } from '../http/response-fields.ts';
import type { GatewayEndpoint } from '../state/service-instances.ts';
import type { UpstreamHandler } from './upstream.ts';

/** What a try tells the exchange it belongs to. Nothing comes after `attemptEnded` or `attemptFailed`. */
export interface AttemptListener {
  attemptInformed(status: number, raw: RawFields): void;
  /** Gives false to pause. */
  attemptBegan(attempt: Attempt, status: number, raw: RawFields): boolean;
  attemptContinued(chunk: Buffer): boolean;
  /** The connection now speaks another protocol; the try lasts until it is settled. */
  attemptUpgraded(raw: RawFields, socket: Socket): void;
  attemptEnded(trailers: RawFields): void;
  attemptFailed(attempt: Attempt, error: Error): void;
}

const idle = (): void => undefined;

/**
 * One try of a request at one instance, as undici's handler. It uses the handler form that gives header fields as they
 * came; the newer one would make an object of them first, for a seventh of the time of a whole request.
 */
export class Attempt implements UpstreamHandler {
  readonly endpoint: GatewayEndpoint;
  /** The request was given to a connection: from here on the instance may have seen it. */
  sent = false;
  /** By performance.now, where it matters. */
  launchedAt: number | undefined;
  /** Lets a paused answer go on. */
  resume = idle;
  private over = false;
  private readonly listener: AttemptListener;
  private abort: ((error?: Error) => void) | undefined;

  constructor(endpoint: GatewayEndpoint, listener: AttemptListener) {
    this.endpoint = endpoint;
    this.listener = listener;
    endpoint.inFlight += 1;
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.over) return abort();
    this.abort = abort;
    this.sent = true;
  }

  onHeaders(status: number, raw: RawFields, resume: () => void): boolean {
    if (this.over) return true;
    this.resume = resume;
    if (status >= 200) return this.listener.attemptBegan(this, status, raw);
    this.listener.attemptInformed(status, raw);
    return true;
  }

  onUpgrade(_status: number, raw: Buffer[], socket: Duplex): void {
    if (this.over || !(socket instanceof Socket)) return void socket.destroy();
    this.listener.attemptUpgraded(raw, socket);
  }

  onData(chunk: Buffer): boolean {
    return this.over || this.listener.attemptContinued(chunk);
  }

  onComplete(trailers: RawFields | null): void {
    if (!this.settle()) return;
    try {
      this.listener.attemptEnded(trailers ?? []);
    } catch (error) {
      // Such as a trailer that cannot be written. undici would keep silent about it.
      this.listener.attemptFailed(this, error instanceof Error ? error : new Error(String(error)));
    }
  }

  onError(error: Error): void {
    if (this.settle()) this.listener.attemptFailed(this, error);
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Ends it without a word to the listener. */
  cancel(): void {
    if (this.settle()) this.abort?.();
  }

  /** From here on nothing that comes matters; false when that was so already. */
  settle(): boolean {
    if (this.over) return false;
    this.over = true;
    this.endpoint.inFlight -= 1;
    return true;
  }
}
