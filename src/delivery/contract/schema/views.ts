import { canonicalJson } from '../../../model/canonical-json.ts';
import type { Mapping } from '../../../model/yaml/mapping.ts';
import { itemsOf, memberOf } from '../document.ts';
import type { FlatSchema, Flattener } from './flat-schema.ts';

/** What a keyword says in each part of a schema that has it. */
export function valuesOf({ parts }: FlatSchema, key: string): readonly unknown[] {
  return parts.flatMap((part) => (Object.hasOwn(part, key) ? [memberOf(part, key)] : []));
}

const everyType = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;

/** The JSON types that fit; `number` stands for those that are no integers. Undefined: any. */
export function typesOf(schema: FlatSchema): ReadonlySet<string> | undefined {
  if (schema.never) return new Set();
  const each = schema.parts.map((part) => typesOfPart(part)).filter((types) => types !== undefined);
  const [first, ...others] = each;
  if (first === undefined) return undefined;
  const common = new Set([...first].filter((type) => others.every((types) => types.has(type))));
  return schema.orNull ? common.add('null') : common;
}

function typesOfPart(part: Mapping): Set<string> | undefined {
  const named = declaredTypes(part);
  if (named === undefined) return undefined;
  const types = new Set(named.flatMap((type) => (type === 'number' ? ['number', 'integer'] : [type])));
  return memberOf(part, 'nullable') === true ? types.add('null') : types;
}

/** Types as written, or as they follow from what else is said: few who write `properties` mean that a text fits too. */
function declaredTypes(part: Mapping): readonly string[] | undefined {
  const type = memberOf(part, 'type');
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((each) => typeof each === 'string');
  const values = fixedValues(part);
  if (values !== undefined) return [...new Set(values.map((value) => typeOfValue(value)))];
  if (Object.hasOwn(part, 'properties')) return ['object'];
  return Object.hasOwn(part, 'items') ? ['array'] : undefined;
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

function fixedValues(part: Mapping): readonly unknown[] | undefined {
  if (Object.hasOwn(part, 'const')) return [memberOf(part, 'const')];
  const values = memberOf(part, 'enum');
  return Array.isArray(values) ? values : undefined;
}

/** The values of `enum` and `const` as JSON; undefined: any value. */
export function enumOf(schema: FlatSchema): ReadonlySet<string> | undefined {
  const each = schema.parts.flatMap((part) => {
    const values = fixedValues(part);
    return values === undefined ? [] : [new Set(values.map((value) => canonicalJson(value)))];
  });
  const [first, ...others] = each;
  if (first === undefined) return undefined;
  const common = new Set([...first].filter((value) => others.every((values) => values.has(value))));
  return schema.orNull ? common.add('null') : common;
}

/** Types for people: `string or null`. */
export function showTypes(types: ReadonlySet<string> | undefined): string {
  if (types === undefined) return 'any';
  if (types.size === 0) return 'nothing';
  const shown = everyType.filter((type) => types.has(type) && !(type === 'integer' && types.has('number')));
  const others = [...types].filter((type) => !everyType.some((known) => known === type));
  return [...shown.filter((type) => type !== 'null'), ...others, ...(types.has('null') ? ['null'] : [])].join(' or ');
}

/** Properties by name; what several parts say of one holds at once. */
export function propertiesOf(flattener: Flattener, schema: FlatSchema): ReadonlyMap<string, unknown> {
  return flattener.joinMembers(valuesOf(schema, 'properties'));
}

export function requiredOf(schema: FlatSchema): ReadonlySet<string> {
  const names = valuesOf(schema, 'required').flatMap((value) => itemsOf(value));
  return new Set(names.filter((name) => typeof name === 'string'));
}

/** What a keyword with a schema says, all parts at once; undefined when none has it. */
export function schemaOf(flattener: Flattener, schema: FlatSchema, key: string): unknown {
  const values = valuesOf(schema, key);
  return values.length === 0 ? undefined : flattener.join(values);
}
