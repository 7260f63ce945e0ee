import { roundMs } from './round.ts';

/** Latencies of requests that succeeded, in milliseconds; null where there was none. */
export interface Latencies {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export function summarizeLatencies(latenciesMs: readonly number[]): Latencies {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 50), p95: percentile(sorted, 95), p99: percentile(sorted, 99) };
}

/** The smallest value that at least `percent` of all are not above (nearest rank). */
function percentile(sorted: readonly number[], percent: number): number | null {
  const value = sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1];
  return value === undefined ? null : roundMs(value);
}
