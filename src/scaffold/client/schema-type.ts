import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';
import { atPointer, itemsOf, memberOf, membersOf, textOf } from './document.ts';
import { commentText, stringLiteral } from './literals.ts';
import { limits, useComponent, type Reading } from './reading.ts';
import { intersectionOf, nullType, stringType, unionOf, unknownType, type Member, type TypeNode } from './type-node.ts';

/** The type of the values a JSON Schema describes; what cannot be said in types is unknown. */
export function typeOfSchema(schema: unknown, reading: Reading, depth = 0): TypeNode {
  if (schema === undefined || schema === true) return unknownType();
  if (schema === false) return { kind: 'text', text: 'never' };
  const mapping = asMapping(schema);
  if (!mapping) return unknownType('not a schema');
  if (depth > limits.depth) return unknownType('nested too deeply');
  reading.budget.left -= 1;
  if (reading.budget.left < 0) reading.notes.add('The document is too large; what comes late in it is unknown.');
  if (reading.budget.left < 0) return unknownType('too much');
  const type =
    typeof mapping['$ref'] === 'string' ? referred(mapping['$ref'], reading, depth) : composed(mapping, reading, depth);
  return mapping['nullable'] === true ? unionOf([type, nullType]) : type;
}

/** Lines for the doc comment of what has this schema. */
export function docOfSchema(schema: unknown): string[] {
  const text = textOf(schema, 'description') ?? textOf(schema, 'title') ?? '';
  return [commentText(text), ...(memberOf(schema, 'deprecated') === true ? ['@deprecated'] : [])].filter(Boolean);
}

function referred(ref: string, reading: Reading, depth: number): TypeNode {
  const name = useComponent(reading, ref);
  if (name !== undefined) return { kind: 'name', name };
  if (!ref.startsWith('#')) {
    reading.notes.add('References to other documents are not followed; what they describe is unknown.');
    return unknownType('described in another document');
  }
  const target = atPointer(reading.document, ref);
  return target === undefined ? unknownType('the reference leads nowhere') : typeOfSchema(target, reading, depth + 1);
}

function composed(schema: Mapping, reading: Reading, depth: number): TypeNode {
  const typesIn = (key: string): TypeNode[] =>
    itemsOf(memberOf(schema, key))
      .slice(0, limits.values)
      .map((part) => typeOfSchema(part, reading, depth + 1));
  const choices = ['oneOf', 'anyOf'].map(typesIn).filter(({ length }) => length > 0);
  const parts = [...typesIn('allOf'), ...choices.map(unionOf)];
  const own = ownType(schema, reading, depth);
  // `type: object` beside allOf only repeats what the parts say.
  const repeats = parts.length > 0 && own.kind === 'object' && own.members.length === 0;
  return intersectionOf(repeats ? parts : [own, ...parts]);
}

function ownType(schema: Mapping, reading: Reading, depth: number): TypeNode {
  if (Object.hasOwn(schema, 'const')) return literalType(schema['const']);
  if (Array.isArray(schema['enum'])) return enumType(schema['enum'], reading);
  const type = memberOf(schema, 'type');
  if (Array.isArray(type)) {
    return unionOf(type.slice(0, limits.values).map((name: unknown) => namedType(name, schema, { reading, depth })));
  }
  return namedType(type ?? impliedType(schema), schema, { reading, depth });
}

function impliedType(schema: Mapping): string | undefined {
  if (['properties', 'additionalProperties', 'patternProperties'].some((key) => Object.hasOwn(schema, key)))
    return 'object';
  return Object.hasOwn(schema, 'items') || Object.hasOwn(schema, 'prefixItems') ? 'array' : undefined;
}

function namedType(name: unknown, schema: Mapping, { reading, depth }: { reading: Reading; depth: number }): TypeNode {
  switch (name) {
    case 'string':
      return stringType;
    case 'integer':
    case 'number':
      return { kind: 'text', text: 'number' };
    case 'boolean':
      return { kind: 'text', text: 'boolean' };
    case 'null':
      return nullType;
    case 'array':
      return arrayType(schema, reading, depth);
    case 'object':
      return objectType(schema, reading, depth);
    default:
      return name === undefined ? unknownType() : unknownType('no type of JSON Schema');
  }
}

function arrayType(schema: Mapping, reading: Reading, depth: number): TypeNode {
  if (Object.hasOwn(schema, 'prefixItems')) return { kind: 'array', parts: [unknownType('a tuple')] };
  return { kind: 'array', parts: [typeOfSchema(memberOf(schema, 'items'), reading, depth + 1)] };
}

function objectType(schema: Mapping, reading: Reading, depth: number): TypeNode {
  const properties = membersOf(memberOf(schema, 'properties'));
  const required = new Set(itemsOf(memberOf(schema, 'required')));
  const usable = properties.filter(([name]) => name.length <= limits.nameLength).slice(0, limits.members);
  if (usable.length < properties.length)
    reading.notes.add('Objects are too large; some of their members have no type.');
  const members = usable.map(([name, property]): Member => ({
    name,
    required: required.has(name),
    doc: docOfSchema(property),
    type: typeOfSchema(property, reading, depth + 1),
  }));
  const rest = restType(schema, members, { reading, depth });
  return { kind: 'object', members, ...(rest && { rest }) };
}

/** The type of the members without a name of their own; undefined when the schema does not ask for any. */
function restType(
  schema: Mapping,
  members: readonly Member[],
  { reading, depth }: { reading: Reading; depth: number },
): TypeNode | undefined {
  const rest = memberOf(schema, 'additionalProperties');
  if (members.length > 0) return rest === true || asMapping(rest) ? unknownType() : undefined;
  if (Object.hasOwn(schema, 'patternProperties') || rest === false) return unknownType();
  return typeOfSchema(rest, reading, depth + 1);
}

function enumType(values: readonly unknown[], { budget }: Reading): TypeNode {
  budget.left -= values.length;
  if (values.length <= limits.values && budget.left >= 0) return unionOf(values.map(literalType));
  return values.every((value) => typeof value === 'string') ? stringType : unknownType('too many values');
}

function literalType(value: unknown): TypeNode {
  if (typeof value === 'string')
    return value.length > limits.nameLength ? stringType : { kind: 'text', text: stringLiteral(value) };
  if (value === null || typeof value === 'boolean') return { kind: 'text', text: String(value) };
  // 1e999 is valid JSON and becomes Infinity, which is no type.
  if (typeof value === 'number') return { kind: 'text', text: Number.isFinite(value) ? String(value) : 'number' };
  return unknownType('a constant that is no scalar');
}
