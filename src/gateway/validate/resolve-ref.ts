import { valueAt } from '../json/json-paths.ts';
import { asObject } from '../own/json-object.ts';
import type { JsonObject } from '../own/json-object.ts';

const maxHops = 8;

/** What a `$ref` of the same document points to; undefined for other documents. */
export function resolveRef(document: JsonObject, ref: string): unknown {
  if (ref === '#') return document;
  if (!ref.startsWith('#/')) return undefined;
  try {
    const steps = decodeURIComponent(ref.slice(2)).split('/');
    return valueAt(
      document,
      steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    );
  } catch {
    return undefined;
  }
}

/** An object, or what it refers to in its place; undefined when that is none. */
export function followRefs(document: JsonObject, value: unknown): JsonObject | undefined {
  let found = asObject(value);
  for (let hops = 0; hops < maxHops; hops += 1) {
    const ref = found?.['$ref'];
    if (typeof ref !== 'string') return found;
    found = asObject(resolveRef(document, ref));
  }
  return undefined;
}
