import { asMapping } from './yaml/mapping.ts';

/** JSON that is the same for values that mean the same: keys sorted, keys without a value left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    const mapping = asMapping(inner);
    if (mapping === undefined) return inner;
    return Object.fromEntries(Object.entries(mapping).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}
