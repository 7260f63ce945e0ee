import type { Feature, TargetFacts } from '../pipeline/feature.ts';
import { compilePipeline, refusingPipeline } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { compileResilience, noResilience } from '../resilience/compile-resilience.ts';
import type { Resilience } from '../resilience/compile-resilience.ts';

/** Makes of a policy what happens to requests. What cannot be compiled makes that one route refuse everything. */
export function compileTarget(
  features: readonly Feature[],
  facts: TargetFacts,
  before: Resilience | undefined,
): { readonly pipeline: Pipeline; readonly resilience: Resilience } {
  try {
    const resilience = compileResilience(facts.policy, before);
    return { pipeline: compilePipeline(features, facts), resilience };
  } catch (error) {
    const problem = `resilience: ${error instanceof Error ? error.message : String(error)}`;
    return { pipeline: refusingPipeline(problem), resilience: before ?? noResilience };
  }
}
