import type { Journal, RequestEntry } from '../../../src/chaos/journal.ts';
import type { Setting } from '../../../src/chaos/report.ts';

const startedAt = '2026-01-31T12:00:00.000Z';

/** The date and time so long after the load began. */
export function timeAt(ms: number): string {
  return new Date(Date.parse(startedAt) + ms).toISOString();
}

/** An answer that took 5 ms. */
export function answer(endedMs: number, instance: string, changes: Partial<RequestEntry> = {}): RequestEntry {
  return {
    path: '/orders',
    intendedMs: endedMs - 5,
    sentMs: endedMs - 5,
    endedMs,
    status: 200,
    failure: undefined,
    instance,
    requestId: undefined,
    ...changes,
  };
}

/** Answers from a time up to another, one each 100 ms, given in turn by the instances. */
export function answers(fromMs: number, toMs: number, instances: readonly string[]): RequestEntry[] {
  return Array.from({ length: Math.round((toMs - fromMs) / 100) }, (_, index) =>
    answer(fromMs + index * 100, instances[index % instances.length] ?? ''),
  );
}

/**
 * Ten seconds in which all went well: orders-2 gets its last request at 3100, is killed between 3050 and 3400, seen down at 3300,
 * started again at 3700, up at 4200, and answers again from 4310.
 */
export function goodJournal(changes: Partial<Journal> = {}): Journal {
  return {
    startedAt,
    endedMs: 10_000,
    service: 'orders',
    victim: 'orders-2',
    isDirect: true,
    requests: [
      ...answers(0, 3100, ['orders-1', 'orders-2']),
      answer(3105, 'orders-2'),
      ...answers(3200, 4300, ['orders-1']),
      ...answers(4310, 10_000, ['orders-2', 'orders-1']),
    ],
    unsent: 0,
    changes: [
      { atMs: -20, instance: 'orders-1', status: 'up' },
      { atMs: -20, instance: 'orders-2', status: 'up' },
      { atMs: 3300, instance: 'orders-2', status: 'down' },
      { atMs: 4200, instance: 'orders-2', status: 'up' },
    ],
    crash: { beganMs: 3050, endedMs: 3400 },
    before: { restarts: 0, startedAt: timeAt(-60_000) },
    after: { restarts: 1, startedAt: timeAt(3700) },
    ...changes,
  };
}

export const setting: Setting = {
  engine: 'docker',
  instancesUp: 2,
  seed: 7,
  load: {
    origin: 'http://127.0.0.1:8080',
    paths: ['/orders'],
    ratePerSecond: 10,
    maxInFlight: 256,
    requestTimeoutMs: 15_000,
  },
  timeoutMs: 30_000,
  leftOut: [],
  replay: 'msa chaos kill orders --seed 7',
};
