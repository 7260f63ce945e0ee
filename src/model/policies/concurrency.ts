import type { ConcurrencyPolicy } from '../../protocol/policies/concurrency.ts';
import { defaultValues } from '../schema/default-values.ts';
import { parseDurationMs } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

/** How many requests may be under way; undefined when that is not bounded. */
export function concurrencyPolicy({ concurrency }: WrittenPolicy): ConcurrencyPolicy | undefined {
  if (concurrency === undefined) return undefined;
  const { limit, queue, wait } = typeof concurrency === 'object' ? concurrency : { limit: concurrency };
  const { concurrency: defaults } = defaultValues;
  return { limit, queue: queue ?? defaults.queue, waitMs: parseDurationMs(wait ?? defaults.wait) };
}
