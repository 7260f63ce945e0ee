import type { ServerResponse } from 'node:http';

import { watchHeartbeatMs, type WatchMessage } from '../protocol/watch.ts';
import type { Store } from './store.ts';

/** Changes this close together make one line. */
const coalesceMs = 5;
/** A reader that takes nothing for so long is let go: it would hold a place for ever. */
const stuckMs = 30_000;

export const maxWatchers = 128;

interface Watcher {
  readonly response: ServerResponse;
  /** The revision it was sent last. */
  sent: number;
  /** Since when its connection has been full; undefined while it takes what it is sent. */
  fullSinceMs: number | undefined;
}

/**
 * The readers of the watch stream. Nothing is queued for a slow one: while its connection is full it is sent nothing, and
 * then the newest state, so that at most one state per reader is in memory.
 */
export class Watchers {
  readonly #store: Store;
  readonly #watchers = new Set<Watcher>();
  readonly #unsubscribe: () => void;
  readonly #heart: NodeJS.Timeout;
  #pending: NodeJS.Timeout | undefined;
  /** The newest state as a line, shared by all readers. */
  #line: { readonly revision: number; readonly bytes: Buffer } | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#unsubscribe = store.onChange(() => {
      this.#pending ??= setTimeout(() => this.#broadcast(), coalesceMs);
    });
    this.#heart = setInterval(() => this.#beat(), watchHeartbeatMs);
  }

  get count(): number {
    return this.#watchers.size;
  }

  get isFull(): boolean {
    return this.#watchers.size >= maxWatchers;
  }

  /** Streams to a response until either side ends it. */
  add(response: ServerResponse): void {
    const watcher: Watcher = { response, sent: -1, fullSinceMs: undefined };
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    this.#watchers.add(watcher);
    response.on('error', () => undefined);
    response.once('close', () => this.#watchers.delete(watcher));
    response.on('drain', () => {
      watcher.fullSinceMs = undefined;
      this.#send(watcher);
    });
    this.#send(watcher);
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#pending);
    clearInterval(this.#heart);
    for (const { response } of this.#watchers) response.end();
  }

  #broadcast(): void {
    this.#pending = undefined;
    for (const watcher of this.#watchers) this.#send(watcher);
  }

  #send(watcher: Watcher): void {
    const { revision } = this.#store;
    if (watcher.fullSinceMs !== undefined || watcher.sent === revision) return;
    watcher.sent = revision;
    this.#write(watcher, this.#stateLine());
  }

  #beat(): void {
    for (const watcher of this.#watchers) {
      if (watcher.fullSinceMs === undefined) this.#write(watcher, heartbeat);
      else if (performance.now() - watcher.fullSinceMs > stuckMs) watcher.response.destroy();
    }
  }

  #write(watcher: Watcher, bytes: Buffer): void {
    if (!watcher.response.write(bytes)) watcher.fullSinceMs = performance.now();
  }

  #stateLine(): Buffer {
    const { epoch, revision, system, instances, kept } = this.#store;
    if (this.#line?.revision !== revision)
      this.#line = { revision, bytes: toLine({ type: 'state', epoch, revision, system, instances, ...kept }) };
    return this.#line.bytes;
  }
}

function toLine(message: WatchMessage): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

const heartbeat = toLine({ type: 'heartbeat' });
