import type { DelayHandler, ReplyHead, ReplySink } from '../reply-stage.ts';

/** More than this is not kept while the head waits: the instance is told to wait too. */
const keptBytes = 64 * 1024;

/** Holds an answer back until its head is ready. */
export class DelaySink implements ReplySink {
  private readonly handler: DelayHandler;
  private readonly next: ReplySink;
  private readonly onFailure: (error: unknown) => void;
  private state: 'waiting' | 'open' | 'over' = 'waiting';
  private kept: Buffer[] = [];
  private size = 0;
  private isPaused = false;
  private trailers: readonly (Buffer | string)[] | undefined;

  constructor(handler: DelayHandler, next: ReplySink, onFailure: (error: unknown) => void) {
    this.handler = handler;
    this.next = next;
    this.onFailure = onFailure;
  }

  begin(head: ReplyHead, resume: () => void): void {
    void this.waitFor(head, resume);
  }

  write(chunk: Buffer): boolean {
    if (this.state === 'open') return this.next.write(chunk);
    this.kept.push(chunk);
    this.size += chunk.length;
    this.isPaused = this.size > keptBytes;
    return !this.isPaused;
  }

  end(trailers: readonly (Buffer | string)[]): void {
    if (this.state === 'open') this.next.end(trailers);
    else this.trailers = trailers;
  }

  abandon(): void {
    this.state = 'over';
    this.kept = [];
    this.next.abandon();
  }

  private async waitFor(head: ReplyHead, resume: () => void): Promise<void> {
    try {
      await this.handler.ready;
      if (this.state === 'waiting') this.open(head, resume);
    } catch (error) {
      if (!this.isOver()) this.onFailure(error);
    }
  }

  private open(head: ReplyHead, resume: () => void): void {
    this.state = 'open';
    this.next.begin(head, resume);
    let takesMore = true;
    for (const chunk of this.kept) takesMore = this.next.write(chunk);
    this.kept = [];
    if (this.trailers) this.next.end(this.trailers);
    else if (this.isPaused && takesMore) resume();
  }

  /** Asked again after something was awaited. */
  private isOver(): boolean {
    return this.state === 'over';
  }
}
