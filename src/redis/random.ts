/** A number from 0 up to, but without, 1. */
export type Random = () => number;

/** A whole number from 0 up to, but without, the limit. */
export function randomBelow(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}
