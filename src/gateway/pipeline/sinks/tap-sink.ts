import type { ReplyHead, ReplySink, TapHandler } from '../reply-stage.ts';

/** Lets a handler look on while an answer passes. */
export class TapSink implements ReplySink {
  private readonly handler: TapHandler;
  private readonly next: ReplySink;
  private over = false;

  constructor(handler: TapHandler, next: ReplySink) {
    this.handler = handler;
    this.next = next;
  }

  begin(head: ReplyHead, resume: () => void): void {
    this.next.begin(head, resume);
  }

  write(chunk: Buffer): boolean {
    this.handler.data(chunk);
    return this.next.write(chunk);
  }

  end(trailers: readonly (Buffer | string)[]): void {
    this.finish(true);
    this.next.end(trailers);
  }

  abandon(): void {
    this.finish(false);
    this.next.abandon();
  }

  private finish(complete: boolean): void {
    if (this.over) return;
    this.over = true;
    this.handler.end(complete);
  }
}
