import { balanceKeys } from './balance.ts';
import { breakerKeys } from './breaker.ts';
import { concurrencyKeys } from './concurrency.ts';
import { fallbackKeys } from './fallback.ts';
import { triesKeys } from './tries.ts';

/** How instances are chosen, tried and spared, and what stands in for them. */
export const resilienceKeys = { ...triesKeys, ...balanceKeys, ...breakerKeys, ...concurrencyKeys, ...fallbackKeys };
