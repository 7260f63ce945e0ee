/** Picks one; the same seed picks the same from the same list. */
export function pick<Item>(items: readonly Item[], seed: number): Item | undefined {
  return items[Math.floor(fraction(seed) * items.length)];
}

/** A number from 0 up to 1 that follows from the seed alone (one step of mulberry32). */
function fraction(seed: number): number {
  let state = (seed + 0x6d_2b_79_f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}
