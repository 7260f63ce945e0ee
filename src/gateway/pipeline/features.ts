import { createCacheFeature } from '../cache/cache-feature.ts';
import { compressFeature } from '../compress/compress-feature.ts';
import { corsFeature } from '../cors/cors-feature.ts';
import { createDestination } from '../route/features/destination.ts';
import { createRequestHeaders, createResponseHeaders } from '../route/features/header-changes.ts';
import { createMirror } from '../route/features/mirror.ts';
import { createRewrite } from '../route/features/rewrite.ts';
import { createAggregation } from '../aggregate/feature.ts';
import { createTransformation } from '../transform/feature.ts';
import { createValidation } from '../validate/feature.ts';
import { createAccessFeature } from '../access/access-feature.ts';
import { createAuthFeature, createCallerFeature, createDisguiseFeature } from '../auth/auth-feature.ts';
import { createFilters } from '../filters/feature.ts';
import { createBodyLimit } from '../limit/body-limit-feature.ts';
import { createRateLimits } from '../limit/rate-limit-feature.ts';
import type { Feature, FeatureContext } from './feature.ts';

/**
 * Everything the gateway can do with requests beside passing them on, in the order in which a request meets it; an answer
 * meets it the other way round. How often one address asks comes before who that is, which costs work to find out; how often
 * one of those may ask comes after it, and all of that before everything else.
 */
export function createFeatures(context: FeatureContext): readonly Feature[] {
  const rateLimits = createRateLimits(context);
  return [
    createResponseHeaders(),
    corsFeature,
    compressFeature,
    createDisguiseFeature(),
    createAccessFeature(),
    rateLimits.ofAddresses,
    createAuthFeature(context),
    createCallerFeature(),
    rateLimits.ofCallers,
    createBodyLimit(),
    createDestination(context),
    // Before whatever looks at what the service is asked.
    createRewrite(),
    createTransformation(context),
    createValidation(context),
    createRequestHeaders(),
    createFilters(context),
    createCacheFeature(context),
    // It copies what the service gets.
    createMirror(context),
    // In the place of a service, so that all else happens to its answers too.
    createAggregation(context),
  ];
}
