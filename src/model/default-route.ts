import { aggregatePolicy } from './policies/aggregate.ts';
import { elsewherePolicy } from './policies/elsewhere.ts';
import { matchesOfRoute } from './policies/match.ts';
import { policyOf } from './policies/policy-of.ts';
import { defaultValues } from './schema/default-values.ts';
import { parseDurationMs } from './schema/quantities.ts';
import type { WrittenRoute } from './schema/route-schema.ts';
import type { CallRules, Route } from './workspace.ts';

/** A checked route with everything it leaves open filled in. */
export function defaultRoute(written: WrittenRoute): Route {
  const matches = matchesOfRoute(written);
  const { policy, ...rules } = defaultRules(written);
  const aggregate =
    written.aggregate && aggregatePolicy(written.aggregate, { timeoutMs: rules.timeoutMs, path: matches.path });
  const all = { ...policy, ...elsewherePolicy(written, matches.path), ...(aggregate && { aggregate }) };
  return { ...matches, ...rules, ...(Object.keys(all).length > 0 && { policy: all }) };
}

/** What happens with requests, of a route as of a call. */
export function defaultRules(written: Parameters<typeof policyOf>[0]): CallRules {
  const { timeout, retry } = written;
  const policy = policyOf(written);
  return {
    timeoutMs: parseDurationMs(timeout ?? defaultValues.timeout),
    retryAttempts: retry?.attempts ?? defaultValues.retryAttempts,
    ...(policy && { policy }),
  };
}
