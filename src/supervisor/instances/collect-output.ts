import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { createLineSplitter } from '../logs/split-lines.ts';

/** How long output may still come when everyone who could write it has been ended. */
const lastOutputMs = 500;

export interface Streams {
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export interface CollectedOutput {
  /** Ready when all that was written has been taken, or when somebody unknown holds the streams open for no reason. */
  readonly finish: () => Promise<void>;
}

/**
 * Reads a child's output to its end, which may come long before or after the child's own. The next piece is read when the
 * lines of the last have been taken, so a child that writes without end costs time but no memory.
 */
export function collectOutput(
  { stdout, stderr }: Streams,
  take: (stream: keyof Streams, lines: readonly Buffer[]) => Promise<void>,
): CollectedOutput {
  const all = Promise.all([
    collectStream(stdout, (lines) => take('stdout', lines)),
    collectStream(stderr, (lines) => take('stderr', lines)),
  ]);
  return {
    finish: async () => {
      await Promise.race([all, sleep(lastOutputMs, undefined, { ref: false })]);
      stdout.destroy();
      stderr.destroy();
    },
  };
}

async function collectStream(source: Readable, take: (lines: readonly Buffer[]) => Promise<void>): Promise<void> {
  const splitter = createLineSplitter();
  try {
    for await (const chunk of source) await take(splitter.push(chunk));
  } catch {
    // Destroyed while being read.
  }
  await take(splitter.finish());
}
