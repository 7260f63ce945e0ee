import type { TriesPolicy } from '../../protocol/policies/tries.ts';
import { parseDurationMs } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

/** Beyond a time and a number of tries, which every route has; undefined when nothing is asked for. */
export function triesPolicy({ tryTimeout, retry, hedge }: WrittenPolicy): TriesPolicy | undefined {
  const policy: TriesPolicy = {
    ...(tryTimeout !== undefined && { tryTimeoutMs: parseDurationMs(tryTimeout) }),
    ...(retry?.on !== undefined && retry.on.length > 0 && { retryOn: retry.on }),
    ...(retry?.backoff !== undefined && { backoffMs: parseDurationMs(retry.backoff) }),
    ...(hedge !== undefined && { hedgeAfterMs: parseDurationMs(hedge.after) }),
  };
  return Object.keys(policy).length === 0 ? undefined : policy;
}
