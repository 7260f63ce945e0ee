import type { RateLimit } from '../../protocol/policies/rate-limit.ts';

/** A limit as it is reckoned with: times in whole microseconds. */
export interface LimitRule {
  readonly name: string;
  readonly kind: 'rate' | 'quota';
  readonly limit: number;
  /** How many may come at once. */
  readonly burst: number;
  readonly windowUs: number;
  /** Between two requests that come evenly. */
  readonly intervalUs: number;
  /** How much of a rate may be used up at once, where gateways share it. */
  readonly sharedCapacityUs: number;
  /** How many requests are reserved by one call at most. */
  readonly maxLease: number;
  /** How long a reservation of a rate holds; one of a quota holds as long as its window. */
  readonly leaseUs: number;
  readonly whenRedisIsGone: 'local' | 'refuse';
}

const mostReserved = 50;
const longestLeaseUs = 1_000_000;
/** A twentieth of what may come at once is reserved at most; of a quota a hundredth. */
const rateShare = 20;
const quotaShare = 100;

/**
 * What a limit comes to. What is reserved is paid for at once and spent within `leaseUs`, so a window can see what was
 * paid for that long before it began: by just as much the capacity is smaller, and no window ever sees more than `limit`
 * and `burst` together.
 */
export function ruleOf({ name, kind, limit, perMs, burst, exact, whenRedisIsGone }: RateLimit): LimitRule {
  const windowUs = perMs * 1000;
  const intervalUs = Math.ceil(windowUs / limit);
  const share = kind === 'rate' ? burst / rateShare : limit / quotaShare;
  const maxLease = exact ? 1 : Math.min(Math.max(Math.floor(share), 1), mostReserved);
  const leaseUs = maxLease === 1 ? 0 : Math.min(longestLeaseUs, Math.floor((burst * intervalUs) / rateShare));
  const sharedCapacityUs = burst * intervalUs - leaseUs;
  const times = { windowUs, intervalUs, sharedCapacityUs, leaseUs };
  return { name, kind, limit, burst, ...times, maxLease, whenRedisIsGone };
}
