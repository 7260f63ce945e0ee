import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';

const maxRefs = 16;

/** An own member of a mapping or a list; never something inherited, because keys such as `constructor` come from outside. */
export function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  const mapping = asMapping(value);
  return mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** The members of a mapping in the order of the document; none for anything else. */
export function membersOf(value: unknown): [string, unknown][] {
  return Object.entries(asMapping(value) ?? {});
}

/** The items of a list; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A member that is a text with something in it. */
export function textOf(value: unknown, key: string): string | undefined {
  const text = memberOf(value, key);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** The mapping itself, or what its `$ref` leads to within the document; undefined when that is no mapping. */
export function dereference(document: Mapping, value: unknown): Mapping | undefined {
  let current = value;
  for (let refs = 0; refs < maxRefs; refs += 1) {
    const ref = memberOf(current, '$ref');
    if (typeof ref !== 'string') return asMapping(current);
    current = atPointer(document, ref);
  }
  return undefined;
}

/** What a local reference such as `#/components/schemas/Order` points at; undefined for references to other documents. */
export function atPointer(document: Mapping, ref: string): unknown {
  const keys = pointerKeys(ref);
  return keys?.reduce<unknown>((value, key) => memberOf(value, key), document);
}

/** The name in `#/components/schemas/{name}`, or undefined when the reference leads anywhere else. */
export function componentName(ref: string): string | undefined {
  const [components, schemas, name, ...deeper] = pointerKeys(ref) ?? [];
  return components === 'components' && schemas === 'schemas' && deeper.length === 0 ? name : undefined;
}

function pointerKeys(ref: string): string[] | undefined {
  if (!ref.startsWith('#/')) return undefined;
  return ref
    .slice(2)
    .split('/')
    .map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
