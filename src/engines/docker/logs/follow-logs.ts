import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { LogLine, LogQuery } from '../../../ports/engine.ts';
import type { ContainerFound } from '../containers/snapshot.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { openLog } from './open-log.ts';

/** How soon a container that was started again, or has come new, is read. */
const lookMs = 300;
/** Lines that are read ahead of whoever takes them. */
const readAhead = 1000;

type Find = () => Promise<readonly ContainerFound[]>;

/**
 * What instances wrote before, as far as the query asks for it, and what they write from now on. A log ends with a run
 * of its container, so it is opened again for the next; new containers are read from their beginning. Ends with the
 * signal, or when there is no instance left.
 */
export async function* followLogs(daemon: Daemon, query: LogQuery, find: Find): AsyncIterable<LogLine> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  query.signal.addEventListener('abort', stop, { once: true });
  if (query.signal.aborted) stop();
  const follower = new Follower(daemon, query, over.signal);
  void follower.run(find);
  try {
    yield* follower.lines();
  } finally {
    stop();
    query.signal.removeEventListener('abort', stop);
  }
}

class Follower {
  readonly #lines = new PassThrough({ objectMode: true, highWaterMark: readAhead });
  readonly #daemon: Daemon;
  readonly #query: LogQuery;
  readonly #signal: AbortSignal;
  readonly #reading = new Set<string>();
  /** Time of the last line by container; empty for one that has written nothing. */
  readonly #seen = new Map<string, string>();

  constructor(daemon: Daemon, query: LogQuery, signal: AbortSignal) {
    this.#daemon = daemon;
    this.#query = query;
    this.#signal = signal;
  }

  lines(): AsyncIterable<LogLine> {
    return this.#lines;
  }

  /** Looks for containers to read until there are none left. Its failures are those of `lines`. */
  async run(find: Find): Promise<void> {
    try {
      for (let first = true; ; first = false) {
        const containers = await find();
        if (containers.length === 0) break;
        for (const container of containers) this.#startReading(container, first);
        await sleep(lookMs, undefined, { signal: this.#signal });
      }
      this.#lines.end();
    } catch (error) {
      this.#fail(error);
    }
  }

  #startReading(container: ContainerFound, wasThere: boolean): void {
    const { containerId, state } = container;
    const isNew = !this.#seen.has(containerId);
    if (this.#reading.has(containerId) || (state !== 'running' && !isNew)) return;
    this.#reading.add(containerId);
    const tail = isNew && wasThere ? this.#query.tail : undefined;
    this.#read(container, tail)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#reading.delete(containerId));
  }

  async #read(container: ContainerFound, tail: number | undefined): Promise<void> {
    const { containerId } = container;
    const seen = this.#seen.get(containerId) ?? '';
    this.#seen.set(containerId, seen);
    const since = seen === '' ? this.#query.since : new Date(seen);
    for await (const line of openLog(this.#daemon, container, { follow: true, tail, since, signal: this.#signal })) {
      // What was written within the same millisecond comes once more.
      if (line.time <= seen) continue;
      this.#seen.set(containerId, line.time);
      if (!this.#lines.write(line)) await once(this.#lines, 'drain', { signal: this.#signal });
    }
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted) this.#lines.end();
    else
      this.#lines.destroy(error instanceof Error ? error : new Error('the logs cannot be followed', { cause: error }));
  }
}
