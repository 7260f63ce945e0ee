import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { cachePolicy } from './cache.ts';
import { compressPolicy } from './compress.ts';
import { corsPolicy } from './cors.ts';

/** How answers are kept, and how they reach clients. */
export function deliveryPolicy(written: WrittenPolicy): Pick<RoutePolicy, 'cache' | 'compress' | 'cors'> {
  const cache = cachePolicy(written);
  const compress = compressPolicy(written);
  const cors = corsPolicy(written);
  return { ...(cache && { cache }), ...(compress && { compress }), ...(cors && { cors }) };
}
