import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { balancePolicy } from './balance.ts';
import { breakerPolicy } from './breaker.ts';
import { concurrencyPolicy } from './concurrency.ts';
import { fallbackPolicy } from './fallback.ts';
import { triesPolicy } from './tries.ts';

/** How instances are chosen, tried and spared, and what stands in for them. */
export function resiliencePolicy(written: WrittenPolicy): RoutePolicy {
  const tries = triesPolicy(written);
  const balance = balancePolicy(written);
  const breaker = breakerPolicy(written);
  const concurrency = concurrencyPolicy(written);
  const fallback = fallbackPolicy(written);
  return {
    ...(tries && { tries }),
    ...(balance && { balance }),
    ...(breaker && { breaker }),
    ...(concurrency && { concurrency }),
    ...(fallback && { fallback }),
  };
}
