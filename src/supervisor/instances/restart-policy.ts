/** How many crashes there have been in a row, each soon after its start. */
export interface CrashHistory {
  readonly inRow: number;
  /** Those of them that nobody asked for. */
  readonly ownInRow: number;
}

export const noCrashes: CrashHistory = { inRow: 0, ownInRow: 0 };

/** An end that was nobody's wish. */
export interface Crash {
  readonly livedMs: number;
  /** True when msa was told to crash it: that says nothing about whether the program works. */
  readonly provoked: boolean;
}

export type RestartDecision =
  | { readonly kind: 'restart'; readonly afterMs: number; readonly history: CrashHistory }
  | { readonly kind: 'give-up' };

/** The same sequence as Docker's, so that both engines bring a crashed instance back alike. */
const firstDelayMs = 100;
const longestDelayMs = 12_800;
const settledAfterMs = 10_000;
/** Docker never gives up; on a developer's machine a program that cannot start should be told, not tried for ever. */
const crashesUntilGivenUp = 6;

/** What to do about a crash: delays double from 100 ms and start over once a run has lasted ten seconds. */
export function decideRestart(history: CrashHistory, { livedMs, provoked }: Crash): RestartDecision {
  const before = livedMs >= settledAfterMs ? noCrashes : history;
  const ownInRow = before.ownInRow + (provoked ? 0 : 1);
  if (ownInRow >= crashesUntilGivenUp) return { kind: 'give-up' };
  const afterMs = Math.min(firstDelayMs * 2 ** before.inRow, longestDelayMs);
  return { kind: 'restart', afterMs, history: { inRow: before.inRow + 1, ownInRow } };
}
