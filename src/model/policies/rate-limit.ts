import { isRateLimitKey } from '../../protocol/policies/rate-limit.ts';
import type { RateLimit } from '../../protocol/policies/rate-limit.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenRateLimit } from '../schema/policies/rate-limit.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { isInDays, parsePeriodMs } from '../schema/quantities.ts';

/** The limits of a route or a call, with everything they leave open filled in. */
export function rateLimitPolicy({ rateLimit }: WrittenPolicy): RoutePolicy {
  const written = listOf(rateLimit);
  return written.length === 0 ? {} : { rateLimit: written.map((limit) => defaultLimit(limit, written.length)) };
}

/**
 * Defaults in which each limit has a name: by it the routes that have them count together, since it is the system as a
 * whole that they protect.
 */
export function withNamedLimits<Written extends WrittenPolicy>(
  defaults: Written | null | undefined,
): Written | undefined {
  if (defaults === null || defaults === undefined) return undefined;
  const written = listOf(defaults.rateLimit);
  if (written.length === 0) return defaults;
  const rateLimit = written.map((limit) => ({ ...limit, name: limit.name ?? nameOf(limit, written.length) }));
  return { ...defaults, rateLimit };
}

function listOf(written: WrittenPolicy['rateLimit']): readonly WrittenRateLimit[] {
  if (written === null || written === undefined) return [];
  return Array.isArray(written) ? written : [written];
}

function defaultLimit(written: WrittenRateLimit, count: number): RateLimit {
  const { name, by = 'address', limit, per, burst, exact = false, whenRedisIsGone = 'local' } = written;
  const kind = isInDays(per) ? 'quota' : 'rate';
  return {
    name: name ?? nameOf(written, count),
    shared: name !== undefined,
    // The schema lets nothing else through.
    by: isRateLimitKey(by) ? by : 'address',
    limit,
    perMs: parsePeriodMs(per),
    burst: kind === 'quota' ? limit : (burst ?? limit),
    kind,
    exact,
    whenRedisIsGone,
  };
}

/** The only limit is the default one; several are told apart by what they count. */
function nameOf({ by = 'address', per }: WrittenRateLimit, count: number): string {
  return count === 1 ? 'default' : `${by.replace(':', ' ')} ${per}`;
}
