import type { Journal, RequestEntry } from './journal.ts';
import { summarizeLatencies, type Latencies } from './latency.ts';
import type { Recovery } from './recovery.ts';
import { roundMs } from './round.ts';

/** Requests of one part of the experiment. */
export interface Window {
  /** Milliseconds since the kill. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly latencyMs: Latencies;
}

/** The three parts: until the kill, until the victim was back, and from then on. */
export interface Windows {
  readonly before: Window;
  readonly during: Window;
  /** Null when it did not come back. */
  readonly after: Window | null;
}

/**
 * What was over before the kill counts as before it, so that a request the kill itself hit never does. From then on the
 * time for which a request was intended decides.
 */
export function splitWindows({ requests, endedMs }: Journal, { diedMs, backMs }: Recovery): Windows {
  const before = requests.filter((entry) => entry.endedMs <= diedMs);
  const rest = requests.filter((entry) => entry.endedMs > diedMs);
  const during = rest.filter(({ intendedMs }) => backMs === undefined || intendedMs < backMs);
  const after = rest.filter(({ intendedMs }) => backMs !== undefined && intendedMs >= backMs);
  return {
    before: summarize(before, { fromMs: -diedMs, toMs: 0 }),
    during: summarize(during, { fromMs: 0, toMs: (backMs ?? endedMs) - diedMs }),
    after: backMs === undefined ? null : summarize(after, { fromMs: backMs - diedMs, toMs: endedMs - diedMs }),
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function summarize(entries: readonly RequestEntry[], { fromMs, toMs }: Span): Window {
  const succeeded = entries.filter(({ failure }) => failure === undefined);
  return {
    fromMs: roundMs(fromMs),
    toMs: roundMs(toMs),
    sent: entries.length,
    failed: entries.length - succeeded.length,
    latencyMs: summarizeLatencies(succeeded.map(({ intendedMs, endedMs }) => endedMs - intendedMs)),
  };
}
