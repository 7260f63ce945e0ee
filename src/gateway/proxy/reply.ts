import { readTrailers } from '../http/response-fields.ts';
import type { RawFields } from '../http/response-fields.ts';
import type { Limits } from '../limits.ts';
import type { ReplyHead, ReplySink } from '../pipeline/reply-stage.ts';
import type { ClientResponse } from './client-message.ts';
import { addOwnFields } from './describe-reply.ts';
import type { Incoming } from './incoming.ts';

/** Up to this size, head and body are joined to one text for one write. */
const joinedBytes = 16 * 1024;
const holdAtMostMs = 250;

interface ReplyParts {
  readonly limits: Limits;
  readonly isDraining: () => boolean;
}

/** Told when an answer has been written. */
interface ReplyOwner {
  replyEnded(): void;
}

/** The client's side of an exchange: writes one answer, held or as it comes. */
export class Reply implements ReplySink {
  bytes = 0;
  private readonly response: ClientResponse;
  private readonly incoming: Incoming;
  private readonly parts: ReplyParts;
  private readonly owner: ReplyOwner;
  private head: ReplyHead | undefined;
  private held: Buffer[] = [];
  private holdTimer: NodeJS.Timeout | undefined;
  private resume: (() => void) | undefined;
  private waitsForDrain = false;

  constructor(incoming: Incoming, parts: ReplyParts, owner: ReplyOwner) {
    this.response = incoming.response;
    this.incoming = incoming;
    this.parts = parts;
    this.owner = owner;
  }

  /** Something has gone to the client, so no other answer can be given any more. */
  get started(): boolean {
    return this.response.headersSent;
  }

  get status(): number {
    return this.head?.status ?? 0;
  }

  begin(head: ReplyHead, resume: () => void): void {
    this.head = head;
    this.resume = resume;
    if (head.hold) return;
    this.writeHead(head);
    // At once: an event stream may have nothing to say for a while.
    this.response.flushHeaders();
  }

  /** Gives false when the client reads more slowly than the instance writes. */
  write(chunk: Buffer): boolean {
    if (this.head?.bodiless === true) return true;
    this.bytes += chunk.length;
    if (this.started) return this.pass(chunk);
    this.held.push(chunk);
    // One that comes slowly is passed on as it comes, after a moment.
    if (this.bytes !== this.head?.length) this.holdTimer ??= setTimeout(() => this.release(), holdAtMostMs);
    return true;
  }

  end(trailers: RawFields): void {
    clearTimeout(this.holdTimer);
    if (this.started) {
      if (trailers.length > 0) this.response.addTrailers(readTrailers(trailers));
      this.response.end();
    } else this.endHeld();
    this.owner.replyEnded();
  }

  /** Forgets what was held, so that another answer can begin; one that has begun is broken off. */
  abandon(): void {
    clearTimeout(this.holdTimer);
    this.holdTimer = undefined;
    if (this.started) return this.breakOff();
    this.head = undefined;
    this.held = [];
    this.bytes = 0;
  }

  /**
   * Breaks the connection off in the middle of the answer, so that the client cannot take what it has for the whole
   * (RFC 9112, 8). Where only the end of the connection ends the answer, it must not be an orderly end.
   */
  private breakOff(): void {
    const { socket, chunkedEncoding } = this.response;
    if (chunkedEncoding || this.head?.length !== undefined) socket?.destroy();
    else socket?.resetAndDestroy();
  }

  private writeHead(head: ReplyHead): void {
    // The answers to requests behind this one come by the same connection.
    const closing = this.parts.isDraining() && this.incoming.connection.isLatest(this.owner);
    addOwnFields(head, this.incoming, { closing, limits: this.parts.limits });
    this.response.writeHead(head.status, head.fields);
  }

  private endHeld(): void {
    const [only, ...others] = this.held;
    if (this.head) this.writeHead(this.head);
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
    this.writeHead(this.head);
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
