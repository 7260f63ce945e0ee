import type { Clock } from '../../ports/clock.ts';

interface Pace {
  readonly intervalMs: number;
  readonly now: Clock['now'];
}

/**
 * Calls `due` once per interval with the time it was due at. A late timer makes up for what it missed, with the times as
 * they should have been, so that the rate is kept and lateness stays visible.
 */
export function startSchedule({ intervalMs, now }: Pace, due: (atMs: number) => void): { readonly stop: () => void } {
  const beganMs = now();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const next = (): number => beganMs + count * intervalMs;
  const tick = (): void => {
    while (next() <= now()) {
      const atMs = next();
      count += 1;
      due(atMs);
    }
    timer = setTimeout(tick, Math.max(next() - now(), 0));
  };
  timer = setTimeout(tick, 0);
  return { stop: () => clearTimeout(timer) };
}
