import { Readable } from 'node:stream';

import type { ClientRequest } from './client-message.ts';

/** The body of a request: none, all of it in hand, or the beginning of one that is still coming. */
export type RequestBody = { readonly kind: 'none' } | { readonly kind: 'whole'; readonly bytes: Buffer } | ComingBody;

export interface ComingBody {
  readonly kind: 'coming';
  readonly begun: readonly Buffer[];
  readonly request: ClientRequest;
}

interface Collecting {
  readonly request: ClientRequest;
  readonly maxBytes: number;
  readonly done: (body: RequestBody) => void;
}

/** Collects a body as long as it is small enough to be kept for another try. */
export function collectBody({ request, maxBytes, done }: Collecting): void {
  const begun: Buffer[] = [];
  let size = 0;
  const settle = (body: RequestBody): void => {
    request.off('data', onData).off('end', onEnd);
    done(body);
  };
  const onData = (chunk: Buffer): void => {
    begun.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) return;
    request.pause();
    settle({ kind: 'coming', begun, request });
  };
  const onEnd = (): void => {
    const [only = Buffer.alloc(0)] = begun;
    settle({ kind: 'whole', bytes: begun.length <= 1 ? only : Buffer.concat(begun) });
  };
  request.on('data', onData).on('end', onEnd);
}

interface Passing {
  readonly begun: readonly Buffer[];
  readonly request: ClientRequest;
  readonly maxBytes: number;
  readonly onEnd: () => void;
  readonly onTooLarge: () => void;
}

/**
 * A body on its way from the client to one instance. Not the request itself, because undici destroys the body of a
 * request that fails, and with it the connection on which the client waits for the answer.
 */
export class PassingBody extends Readable {
  /** Some of it has been taken, so it cannot be sent to another instance. */
  begun = false;
  private size = 0;
  private readonly source: Passing;
  private readonly onChunk = (chunk: Buffer): void => void this.pass(chunk);
  private readonly onSourceEnd = (): void => {
    this.source.onEnd();
    this.push(null);
  };

  constructor(source: Passing) {
    super();
    this.source = source;
  }

  override _read(): void {
    if (this.begun) return void this.source.request.resume();
    this.begun = true;
    this.source.request.on('data', this.onChunk).on('end', this.onSourceEnd);
    let wantsMore = true;
    for (const chunk of this.source.begun) wantsMore = this.pass(chunk);
    if (wantsMore) this.source.request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { request } = this.source;
    request.off('data', this.onChunk).off('end', this.onSourceEnd);
    // What nobody wants any more is read and dropped, so that the answer can reach a client that is still sending.
    if (this.begun) request.resume();
    callback(error);
  }

  private pass(chunk: Buffer): boolean {
    this.size += chunk.length;
    if (this.size > this.source.maxBytes) {
      this.source.onTooLarge();
      return false;
    }
    const wantsMore = this.push(chunk);
    if (!wantsMore) this.source.request.pause();
    return wantsMore;
  }
}
