import type * as z from 'zod/mini';

import { accessKeys } from './policies/access.ts';
import { authKeys } from './policies/auth.ts';
import { filtersKeys } from './policies/filters.ts';
import { cacheKeys } from './policies/cache.ts';
import { compressKeys } from './policies/compress.ts';
import { corsKeys } from './policies/cors.ts';
import { maxBodyKeys } from './gateway-limits-schema.ts';
import { mirrorKeys } from './policies/elsewhere.ts';
import { headerChangeKeys } from './policies/header-changes.ts';
import { resilienceKeys } from './policies/resilience.ts';
import { rateLimitKeys } from './policies/rate-limit.ts';
import { transformKeys } from './policies/transform.ts';
import { validateKeys } from './policies/validate.ts';
import { mapping } from './schema-parts.ts';

/**
 * What the gateway does with requests: the same keys on routes, on calls between services, and as defaults for all
 * public routes. Each feature has its keys in policies/.
 */
export const policyKeys = {
  ...resilienceKeys,
  ...headerChangeKeys,
  ...mirrorKeys,
  ...rateLimitKeys,
  ...maxBodyKeys,
  ...transformKeys,
  ...validateKeys,
  ...accessKeys,
  ...authKeys,
  ...filtersKeys,
  ...cacheKeys,
  ...compressKeys,
  ...corsKeys,
};

const policySchema = mapping(policyKeys, 'must be a mapping such as `{ timeout: 2s }`');
export type WrittenPolicy = z.infer<typeof policySchema>;

/** Policies for all public routes. */
export const defaultsSchema = policySchema;
