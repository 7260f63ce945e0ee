import { createTransformation } from '../transform/feature.ts';
import { createValidation } from '../validate/feature.ts';
import { createAccessFeature } from '../access/access-feature.ts';
import { createAuthFeature, createCallerFeature, createDisguiseFeature } from '../auth/auth-feature.ts';
import type { Feature, FeatureContext } from './feature.ts';

/**
 * Everything the gateway can do with requests beside passing them on, in the order in which a request meets it; an answer
 * meets it the other way round. Who may ask comes before how often, and both before anything that costs work.
 */
export function createFeatures(context: FeatureContext): readonly Feature[] {
  return [
    createDisguiseFeature(),
    createAccessFeature(),
    createAuthFeature(context),
    createCallerFeature(),
    createTransformation(context),
    createValidation(context),
  ];
}
