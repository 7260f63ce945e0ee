import type { TapHandler } from '../pipeline/reply-stage.ts';

/** Collects the body of an answer while it passes, and gives it when it is complete; undefined when it is too large. */
export class BodyCollector implements TapHandler {
  readonly kind = 'tap';
  private readonly maxBytes: number;
  private readonly done: (body: Buffer | undefined) => void;
  private chunks: Buffer[] = [];
  private size = 0;
  private tooLarge = false;

  constructor(maxBytes: number, done: (body: Buffer | undefined) => void) {
    this.maxBytes = maxBytes;
    this.done = done;
  }

  readonly data = (chunk: Buffer): void => {
    if (this.tooLarge) return;
    this.size += chunk.length;
    this.chunks.push(chunk);
    if (this.size <= this.maxBytes) return;
    this.tooLarge = true;
    this.chunks = [];
    this.done(undefined);
  };

  readonly end = (complete: boolean): void => {
    // A copy, since a chunk may be a small part of much that was read.
    if (complete && !this.tooLarge) this.done(Buffer.concat(this.chunks));
    this.chunks = [];
  };
}
