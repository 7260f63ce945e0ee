import type { LimitRule } from './limit-rule.ts';

/** What came of asking for some requests to be let in. */
export interface Charge {
  /** How many are, from 0 to as many as were asked for. */
  readonly granted: number;
  /** Of a rate: how long it takes until nothing is used up any more. Of a quota: until its window ends. */
  readonly resetUs: number;
  /** How many are left of a quota; 0 for a rate. */
  readonly left: number;
}

/**
 * The generic cell rate algorithm: all that is remembered is when nothing will be used up any more, and each request
 * moves that by one interval. The same is in the script that Redis runs.
 */
export function chargeRate(
  usedUpUntilUs: number,
  nowUs: number,
  {
    intervalUs,
    capacityUs,
    wanted,
  }: { readonly intervalUs: number; readonly capacityUs: number; readonly wanted: number },
): Charge & { readonly usedUpUntilUs: number } {
  const from = Math.max(usedUpUntilUs, nowUs);
  const free = Math.floor((capacityUs - (from - nowUs)) / intervalUs);
  const granted = Math.max(0, Math.min(wanted, free));
  const until = from + granted * intervalUs;
  return { granted, resetUs: until - nowUs, left: 0, usedUpUntilUs: until };
}

/** When a quota's window that is open now ends; windows begin at whole multiples since 1970. */
export function windowEndUs(nowUs: number, { windowUs }: LimitRule): number {
  return (Math.floor(nowUs / windowUs) + 1) * windowUs;
}
