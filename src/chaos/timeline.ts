import type { Journal } from './journal.ts';

/** Answers per stretch of time, for drawing. */
export interface Timeline {
  /** Where the first stretch begins, in milliseconds since the kill. */
  readonly fromMs: number;
  readonly stepMs: number;
  /** A row for the victim and for every other instance that answered, by name. */
  readonly answers: readonly { readonly instance: string; readonly counts: readonly number[] }[];
  readonly failed: readonly number[];
}

/** Counts answers and failures by when they ended. The kill lies on the edge between two stretches. */
export function drawTimeline(journal: Journal, diedMs: number, steps: number): Timeline {
  const stepMs = Math.max(Math.ceil(journal.endedMs / (steps - 1)), 1);
  const stepsBefore = Math.ceil(diedMs / stepMs);
  const fromMs = -stepsBefore * stepMs;
  const countBy = (ends: readonly number[]): readonly number[] => {
    const counts = Array.from({ length: steps }, () => 0);
    for (const endedMs of ends) {
      const step = Math.min(Math.max(Math.floor((endedMs - diedMs - fromMs) / stepMs), 0), steps - 1);
      counts[step] = (counts[step] ?? 0) + 1;
    }
    return counts;
  };
  const { requests, victim, isDirect } = journal;
  const good = requests.filter(({ failure }) => failure === undefined);
  const instances = new Set([...(isDirect ? [victim] : []), ...good.flatMap(({ instance }) => instance ?? [])]);
  return {
    fromMs,
    stepMs,
    answers: [...instances].toSorted(byNumber).map((instance) => ({
      instance,
      counts: countBy(good.filter((entry) => entry.instance === instance).map(({ endedMs }) => endedMs)),
    })),
    failed: countBy(requests.filter(({ failure }) => failure !== undefined).map(({ endedMs }) => endedMs)),
  };
}

/** `orders-10` after `orders-9`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
