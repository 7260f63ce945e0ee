import type { Health } from './judge.ts';

/** While something is expected to happen: it starts, or it has just gone and is being started again. */
const expectingMs = 100;
const expectingForMs = 5000;
const startingMs = 250;
const steadyMs = 500;
/** Before a first failure is asked again. */
const doubtMs = 100;

/** How long until the next probe. Random, so that instances are not all probed at once. */
export function probeDelayMs(health: Health, inStatusMs: number, random: () => number): number {
  // Never longer than the figures above: detection is promised in terms of them.
  return baseDelayMs(health, inStatusMs) * (0.8 + 0.2 * random());
}

function baseDelayMs({ status, failures }: Health, inStatusMs: number): number {
  if (status === 'up') return failures > 0 ? doubtMs : steadyMs;
  if (inStatusMs < expectingForMs) return expectingMs;
  return status === 'starting' ? startingMs : steadyMs;
}
