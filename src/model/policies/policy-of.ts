import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenAccess } from '../schema/policies/access.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { contentPolicy } from './content.ts';
import { deliveryPolicy } from './delivery.ts';
import { entryPolicy } from './entry.ts';
import { passingPolicy } from './elsewhere.ts';
import { resiliencePolicy } from './resilience.ts';
import { filtersPolicy } from './filters.ts';
import { maxBodyPolicy } from './gateway-limits.ts';
import { rateLimitPolicy } from './rate-limit.ts';

/** What is written of a route, or of a call. */
type WrittenRules = WrittenPolicy & Pick<WrittenAccess, 'allow'>;

/** Makes what the gateway works by of what is written, one member per feature; undefined when nothing is asked for. */
export function policyOf(written: WrittenRules): RoutePolicy | undefined {
  const policy: RoutePolicy = {
    ...passingPolicy(written),
    ...maxBodyPolicy(written),
    ...rateLimitPolicy(written),
    ...resiliencePolicy(written),
    ...contentPolicy(written),
    ...entryPolicy(written),
    ...filtersPolicy(written),
    ...deliveryPolicy(written),
  };
  return Object.keys(policy).length === 0 ? undefined : policy;
}

/** A route's own keys before the defaults for all of them; a key is replaced as a whole. */
export function withDefaults<Written extends WrittenPolicy>(
  written: Written,
  defaults: WrittenPolicy | null | undefined,
): Written {
  return { ...defaults, ...written };
}
