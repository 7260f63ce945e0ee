import { removeField } from '../../http/fields.ts';
import { wholeHead } from '../reply-stage.ts';
import type { ReplyHead, ReplySink, WholeHandler } from '../reply-stage.ts';

/** Collects an answer, lets a handler change it, and passes on what it makes of it. */
export class WholeSink implements ReplySink {
  private readonly handler: WholeHandler;
  private readonly next: ReplySink;
  private readonly onFailure: (error: unknown) => void;
  private head: ReplyHead | undefined;
  private resume: () => void = () => undefined;
  private collected: Buffer[] = [];
  private size = 0;
  /** It was too large, and passes as it is. */
  private passing = false;
  private over = false;

  constructor(handler: WholeHandler, next: ReplySink, onFailure: (error: unknown) => void) {
    this.handler = handler;
    this.next = next;
    this.onFailure = onFailure;
  }

  begin(head: ReplyHead, resume: () => void): void {
    this.head = head;
    this.resume = resume;
  }

  write(chunk: Buffer): boolean {
    if (this.passing) return this.next.write(chunk);
    this.collected.push(chunk);
    this.size += chunk.length;
    if (this.size <= this.handler.maxBytes) return true;
    if (this.handler.whenLarger === 'pass') return this.pass();
    this.onFailure(new RangeError(`the answer has more than ${this.handler.maxBytes} bytes`));
    return true;
  }

  end(trailers: readonly (Buffer | string)[]): void {
    if (this.passing) this.next.end(trailers);
    else void this.change();
  }

  abandon(): void {
    this.over = true;
    this.next.abandon();
  }

  private pass(): boolean {
    const { head, collected } = this;
    this.passing = true;
    this.collected = [];
    if (head) this.next.begin({ ...head, hold: false }, this.resume);
    let takesMore = true;
    for (const chunk of collected) takesMore = this.next.write(chunk);
    return takesMore;
  }

  private async change(): Promise<void> {
    const { head, handler, next } = this;
    if (!head) return;
    const { status, fields, instance } = head;
    // A length would be that of the body before.
    removeField(fields, 'content-length');
    try {
      const answer = await handler.change({ status, fields, body: Buffer.concat(this.collected) });
      if (this.over) return;
      next.begin({ ...wholeHead(answer, false), instance }, () => undefined);
      if (answer.body.length > 0) next.write(answer.body);
      next.end([]);
    } catch (error) {
      if (!this.over) this.onFailure(error);
    }
  }
}
