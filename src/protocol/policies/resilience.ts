import type { BalancePolicy } from './balance.ts';
import type { BreakerPolicy } from './breaker.ts';
import type { ConcurrencyPolicy } from './concurrency.ts';
import type { FallbackPolicy } from './fallback.ts';
import type { TriesPolicy } from './tries.ts';

/** How instances are chosen, tried and spared, and what stands in for them. */
export interface ResiliencePolicy {
  readonly tries?: TriesPolicy;
  readonly balance?: BalancePolicy;
  readonly breaker?: BreakerPolicy;
  readonly concurrency?: ConcurrencyPolicy;
  readonly fallback?: FallbackPolicy;
}
