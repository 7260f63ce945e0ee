/** Keys and values of anything, before a schema has seen it. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The value as a mapping, or undefined when it is a scalar, a list or nothing. */
export function asMapping(value: unknown): Mapping | undefined {
  return isMapping(value) ? value : undefined;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
