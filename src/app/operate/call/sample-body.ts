import { asMapping, type Mapping } from '../../../model/yaml/mapping.ts';

/**
 * A small value that a JSON schema accepts as far as types go: what is required and nothing else. Undefined when the
 * schema says too little.
 */
export function sampleOf(document: unknown, pointer: string): unknown {
  return sample(document, lookUp(document, pointer), 0);
}

/** References may go in circles. */
const maxDepth = 8;

const samples: Readonly<Record<string, unknown>> = {
  integer: 1,
  number: 1.5,
  boolean: true,
  string: 'text',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  email: 'someone@example.com',
  uri: 'https://example.com/',
};

function sample(document: unknown, schema: Mapping | undefined, depth: number): unknown {
  if (schema === undefined || depth > maxDepth) return undefined;
  const { $ref, type, format, items, required, properties } = schema;
  if (typeof $ref === 'string') return sample(document, lookUp(document, $ref), depth + 1);
  const chosen = firstOf(schema['examples']) ?? schema['example'] ?? schema['const'] ?? firstOf(schema['enum']);
  if (chosen !== undefined) return chosen;
  const kind = Array.isArray(type) ? type.find((each) => each !== 'null') : type;
  if (kind === 'array') return [sample(document, asMapping(items), depth + 1)].filter((item) => item !== undefined);
  if (kind !== 'object') return samples[String(format)] ?? samples[String(kind)];
  const names = Array.isArray(required) ? required.map(String) : [];
  const entries = names.map((name) => [name, sample(document, asMapping(asMapping(properties)?.[name]), depth + 1)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What a JSON pointer (RFC 6901) in the fragment of a reference leads to. */
function lookUp(document: unknown, reference: string): Mapping | undefined {
  const keys = reference.replace(/^#/, '').split('/').slice(1);
  const value = keys.reduce<unknown>((at, key) => asMapping(at)?.[decodeKey(key)], document);
  return asMapping(value);
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return key;
  }
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
