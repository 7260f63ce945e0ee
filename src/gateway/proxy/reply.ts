import type { ServerResponse } from 'node:http';

import { readTrailers } from '../http/response-fields.ts';

export interface ReplyHead {
  readonly status: number;
  /** Name and value in turn. */
  readonly fields: string[];
  /** Keep everything until the answer is complete: then it is written at once, and until then it can be another's. */
  readonly hold: boolean;
  /** Bytes of the body, when known beforehand. */
  readonly length: number | undefined;
}

/** Up to this size, head and body are joined to one text for one write. */
const joinedBytes = 16 * 1024;
const holdAtMostMs = 250;

/** The client's side of an exchange: writes one answer, held or as it comes. */
export class Reply {
  readonly response: ServerResponse;
  bytes = 0;
  private head: ReplyHead | undefined;
  private held: Buffer[] = [];
  private holdTimer: NodeJS.Timeout | undefined;
  private resume: (() => void) | undefined;
  private waitsForDrain = false;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  /** Something has gone to the client, so no other answer can be given any more. */
  get started(): boolean {
    return this.response.headersSent;
  }

  get status(): number {
    return this.head?.status ?? 0;
  }

  /** Resume is called when the client has caught up. */
  begin(head: ReplyHead, resume: () => void): void {
    this.head = head;
    this.resume = resume;
    if (head.hold) return;
    this.response.writeHead(head.status, head.fields);
    // At once: an event stream may have nothing to say for a while.
    this.response.flushHeaders();
  }

  /** Gives false when the client reads more slowly than the instance writes. */
  write(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (this.started) return this.pass(chunk);
    this.held.push(chunk);
    // One that comes slowly is passed on as it comes, after a moment.
    if (this.bytes !== this.head?.length) this.holdTimer ??= setTimeout(() => this.release(), holdAtMostMs);
    return true;
  }

  end(trailers: readonly (Buffer | string)[]): void {
    clearTimeout(this.holdTimer);
    if (!this.started) return this.endHeld();
    if (trailers.length > 0) this.response.addTrailers(readTrailers(trailers));
    this.response.end();
  }

  /** Forgets what was held, so that another answer can begin. */
  reset(): void {
    clearTimeout(this.holdTimer);
    this.holdTimer = undefined;
    this.head = undefined;
    this.held = [];
    this.bytes = 0;
  }

  /**
   * Breaks the connection off in the middle of the answer, so that the client cannot take what it has for the whole
   * (RFC 9112, 8). Where only the end of the connection ends the answer, it must not be an orderly end.
   */
  breakOff(): void {
    clearTimeout(this.holdTimer);
    const { socket, chunkedEncoding } = this.response;
    if (chunkedEncoding || this.head?.length !== undefined) socket?.destroy();
    else socket?.resetAndDestroy();
  }

  private endHeld(): void {
    const { status, fields } = this.head ?? { status: 502, fields: [] };
    const [only, ...others] = this.held;
    this.response.writeHead(status, fields);
    if (only === undefined) return void this.response.end();
    if (others.length === 0 && only.length <= joinedBytes) {
      this.response.write(only.toString('latin1'), 'latin1');
      // Without this, the end is a second chunk and head, body and end go out by a costlier call.
      this.response.socket?.uncork();
      return void this.response.end();
    }
    this.response.end(others.length === 0 ? only : Buffer.concat(this.held));
  }

  private release(): void {
    if (this.started || !this.head) return;
    this.response.writeHead(this.head.status, this.head.fields);
    for (const chunk of this.held) this.response.write(chunk);
    this.held = [];
  }

  private pass(chunk: Buffer): boolean {
    if (this.response.write(chunk)) return true;
    if (!this.waitsForDrain) {
      this.waitsForDrain = true;
      this.response.on('drain', () => this.resume?.());
    }
    return false;
  }
}
