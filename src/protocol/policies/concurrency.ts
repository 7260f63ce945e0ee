/** How many requests may be under way at once. */
export interface ConcurrencyPolicy {
  readonly limit: number | 'adaptive';
  /** How many may wait for one of those to end. */
  readonly queue: number;
  readonly waitMs: number;
}
