import { filterLimits } from '../../protocol/policies/filters.ts';
import type { FilterUse, SystemFilter } from '../../protocol/policies/filters.ts';

/** The filters of a system, as far as they have the form of some; what the registry passes on may come from any version. */
export function readFilters(value: unknown): readonly SystemFilter[] {
  if (!Array.isArray(value)) return [];
  const filters = value.slice(0, filterLimits.filters).map((item: unknown) => asRecord(item));
  return filters.flatMap(({ name, code, hash, source }) =>
    isText(name, 64) && isText(code, filterLimits.codeBytes) && isText(hash, 200)
      ? [{ name, code, hash, source: isText(source, 200) ? source : '' }]
      : [],
  );
}

/** The filters of a route. Throws when they have not the form of some: none of them may be left out. */
export function readUses(value: unknown): readonly FilterUse[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > filterLimits.usesPerRoute) throw new TypeError('its filters are no list');
  return value.map((item: unknown) => {
    const { name, timeoutMs, onFailure, services } = asRecord(item);
    if (!isText(name, 64)) throw new TypeError('a filter of it has no name');
    if (typeof timeoutMs !== 'number' || !(timeoutMs >= 1 && timeoutMs <= filterLimits.maxTimeoutMs))
      throw new TypeError(`the filter ${name} has no time limit`);
    if (onFailure !== 'refuse' && onFailure !== 'pass')
      throw new TypeError(`what a failure of ${name} does is not known`);
    return { name, timeoutMs, onFailure, services: readServices(services) };
  });
}

function readServices(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new TypeError('the services that a filter may choose are no list');
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}
