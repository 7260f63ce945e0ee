import type { ReplyHead, ReplySink, StreamHandler } from '../reply-stage.ts';

/** Leads the bytes of an answer through a transform; either side waits for the other. */
export class StreamSink implements ReplySink {
  private readonly transform: StreamHandler['transform'];
  private readonly next: ReplySink;
  private readonly onFailure: (error: unknown) => void;
  private abandoned = false;

  constructor({ transform }: StreamHandler, next: ReplySink, onFailure: (error: unknown) => void) {
    this.transform = transform;
    this.next = next;
    this.onFailure = onFailure;
  }

  begin(head: ReplyHead, resume: () => void): void {
    const { transform, next } = this;
    head.hold = false;
    head.length = undefined;
    next.begin(head, () => transform.resume());
    transform.on('data', (chunk: Buffer) => void (next.write(chunk) || transform.pause()));
    transform.on('drain', resume);
    transform.on('end', () => this.abandoned || next.end([]));
    transform.on('error', (error) => this.abandoned || this.onFailure(error));
  }

  write(chunk: Buffer): boolean {
    return this.transform.write(chunk);
  }

  end(): void {
    this.transform.end();
  }

  abandon(): void {
    this.abandoned = true;
    this.transform.destroy();
    this.next.abandon();
  }
}
