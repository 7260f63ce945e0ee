import type { FilterUse } from '../../protocol/policies/filters.ts';
import { defaultValues } from '../schema/default-values.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { parseDurationMs } from '../schema/quantities.ts';

/** The filters of a route as the gateway gets them; nothing when there are none. */
export function filtersPolicy({ filters = [] }: Pick<WrittenPolicy, 'filters'>): {
  readonly filters?: readonly FilterUse[];
} {
  return filters.length === 0 ? {} : { filters: filters.map(filterUse) };
}

function filterUse(written: NonNullable<WrittenPolicy['filters']>[number]): FilterUse {
  const use = typeof written === 'string' ? { filter: written } : written;
  return {
    name: use.filter,
    timeoutMs: parseDurationMs(use.timeout ?? defaultValues.filterTimeout),
    onFailure: use.onFailure ?? defaultValues.filterOnFailure,
    services: use.services ?? [],
  };
}
