import { isRateLimitKey } from '../../protocol/policies/rate-limit.ts';
import type { RateLimit } from '../../protocol/policies/rate-limit.ts';

const name = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const longestMs = 366 * 86_400_000;
const most = 1_000_000_000;

/** Throws with what cannot be counted by. */
export function checkRateLimits(limits: readonly RateLimit[]): void {
  if (!Array.isArray(limits) || limits.length === 0 || limits.length > 16) throw new Error('no list of 1 to 16 limits');
  for (const limit of limits) {
    const problem = problemOf(limit);
    if (problem !== undefined) throw new Error(problem);
  }
}

function problemOf(limit: RateLimit): string | undefined {
  if (!name.test(limit.name)) return 'a name is not printable';
  if (!isRateLimitKey(limit.by)) return `nothing is counted by ${JSON.stringify(limit.by)}`;
  if (!isBetween(limit.limit, most)) return 'a limit is no number of requests';
  if (!isBetween(limit.burst, most)) return 'a burst is no number of requests';
  if (!isBetween(limit.perMs, longestMs)) return 'a time is none';
  if (!['rate', 'quota'].includes(limit.kind)) return `there is no kind ${JSON.stringify(limit.kind)}`;
  if (!['local', 'refuse'].includes(limit.whenRedisIsGone)) return 'what to do without Redis is not said';
  return undefined;
}

function isBetween(value: number, maximum: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= maximum;
}
