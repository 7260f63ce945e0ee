/** Positions from 0, or from the end if negative; both belong to the range. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
}

/** The part of a range that exists; the end does not belong to it. */
export function clampRange(
  { first, last }: IndexRange,
  length: number,
): { readonly start: number; readonly end: number } {
  const start = Math.max(0, first < 0 ? first + length : first);
  const end = Math.min(length, (last < 0 ? last + length : last) + 1);
  return start >= end ? { start: 0, end: 0 } : { start, end };
}

/** The same for bytes and bits, where an end before the beginning means the first one: `-9 -8` of three. */
export function clampByteRange(range: IndexRange, length: number): { readonly start: number; readonly end: number } {
  const { first, last } = range;
  if (first < 0 && last < 0 && first > last) return { start: 0, end: 0 };
  return clampRange({ first, last: last < -length ? 0 : last }, length);
}
