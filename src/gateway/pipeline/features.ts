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
 * meets it the other way round. Who may ask comes before how often, and both before anything that costs work.
 */
export function createFeatures(context: FeatureContext): readonly Feature[] {
  return [
    createResponseHeaders(),
    corsFeature,
    compressFeature,
    createDisguiseFeature(),
    createAccessFeature(),
    createAuthFeature(context),
    createCallerFeature(),
    createRateLimits(context),
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
