import { existsSync } from 'node:fs';

import type { LogLine, LogQuery } from '../../../ports/engine.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import { listLogFiles, LogCursor } from './log-cursor.ts';

const pollMs = 100;

/** What instances wrote, in the order of time; with `follow` also what they write until the signal or the system's end. */
export async function* readLogs(directory: string, query: LogQuery): AsyncGenerator<LogLine> {
  const cursors = new Map<string, LogCursor>();
  for (let isFirst = true; ; isFirst = false) {
    const batches: (readonly LogLine[])[] = [];
    for (const [instance, numbers] of await listLogFiles(directory)) {
      if (query.instances.length > 0 && !query.instances.includes(instance)) continue;
      const isNew = !cursors.has(instance);
      const cursor = cursors.get(instance) ?? new LogCursor(directory, instance, numbers[0] ?? 1);
      cursors.set(instance, cursor);
      const lines = await cursor.read(numbers);
      batches.push(isFirst && isNew ? select(lines, query) : lines);
    }
    yield* merge(batches);
    if (!query.follow || query.signal.aborted || !existsSync(directory)) return;
    await pause(pollMs, query.signal);
  }
}

/** The wanted ones of the lines that are there at the beginning. */
function select(lines: readonly LogLine[], { since, tail }: LogQuery): readonly LogLine[] {
  const from = since?.toISOString();
  const recent = from === undefined ? lines : lines.filter(({ time }) => time >= from);
  if (tail === undefined) return recent;
  return tail === 0 ? [] : recent.slice(-tail);
}

/** By time; lines of one instance stay in the order it wrote them. */
function merge(batches: readonly (readonly LogLine[])[]): readonly LogLine[] {
  return batches.flat().toSorted((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
}

function pause(milliseconds: number, signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
