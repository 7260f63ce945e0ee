import { asObject } from '../own/json-object.ts';
import type { JsonObject } from '../own/json-object.ts';
import { readPattern } from './patterns.ts';
import type { Pattern } from './patterns.ts';
import { followRefs, resolveRef } from './resolve-ref.ts';

/** What a schema is used for: `readOnly` members need not be in requests, `writeOnly` ones not in answers. */
export type Direction = 'request' | 'response';

const maxSchemas = 20_000;
const maxDepth = 100;

/** Keywords whose value is a schema, a list of them, or a mapping of names to them. */
const single = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const mappings = new Set(['dependentSchemas', 'properties']);
/** Keywords that are taken as they are. What is in none of these sets says nothing of what is allowed. */
const plain = new Set([
  'const',
  'dependentRequired',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'type',
  'uniqueItems',
]);

/**
 * The schemas of a contract, copied to where they refer to nothing but each other, and only by what they mean in JSON
 * Schema 2020-12: no ids, no other documents, no keywords of other vocabularies.
 */
export class SchemaSet {
  readonly definitions: Record<string, unknown> = {};
  /** What could not be taken over, and is therefore not checked. */
  readonly omitted: string[] = [];
  readonly patterns = new Map<string, Pattern>();
  private readonly document: JsonObject;
  /** Of what is referred to, by direction and reference. */
  private readonly names = new Map<string, string>();
  /** Of all others, by what they say. */
  private readonly texts = new Map<string, string>();
  private taken = 0;
  private count = 0;

  constructor(document: JsonObject) {
    this.document = document;
  }

  /** Takes a schema over and gives its name in the definitions; the same one twice has one name. */
  add(schema: unknown, direction: Direction): string {
    const copy = this.copy(schema, { direction, depth: 0 });
    const text = JSON.stringify(copy);
    const [, referred] = /^\{"\$ref":"#\/\$defs\/(s\d+)"\}$/.exec(text) ?? [];
    const known = referred ?? this.texts.get(text);
    if (known !== undefined) return known;
    const name = this.nextName();
    this.texts.set(text, name);
    this.definitions[name] = copy;
    return name;
  }

  private nextName(): string {
    this.taken += 1;
    return `s${this.taken}`;
  }

  private copy(schema: unknown, { direction, depth }: { direction: Direction; depth: number }): unknown {
    if (typeof schema === 'boolean') return schema;
    const given = asObject(schema);
    if (!given) return true;
    this.count += 1;
    if (this.count > maxSchemas) throw new RangeError(`has more than ${maxSchemas} schemas`);
    if (depth > maxDepth) throw new RangeError(`has schemas nested more than ${maxDepth} deep`);
    const below = (value: unknown): unknown => this.copy(value, { direction, depth: depth + 1 });
    const entries = Object.entries(given).flatMap(([keyword, value]): [string, unknown][] => {
      if (keyword === '$ref') return this.reference(value, direction);
      if (keyword === 'required') return [[keyword, this.required(given, value, direction)]];
      if (keyword === 'pattern') return this.isReadable(value) ? [[keyword, value]] : [];
      if (keyword === 'patternProperties') return [[keyword, this.patternMapping(value, below)]];
      if (single.has(keyword)) return [[keyword, below(value)]];
      if (lists.has(keyword)) return Array.isArray(value) && value.length > 0 ? [[keyword, value.map(below)]] : [];
      if (mappings.has(keyword)) return [[keyword, mapValues(value, below)]];
      return plain.has(keyword) && this.isMeant(keyword, value) ? [[keyword, value]] : [];
    });
    return withOldKeywords(given, Object.fromEntries(entries));
  }

  private reference(ref: unknown, direction: Direction): [string, unknown][] {
    const text = String(ref);
    const key = `${direction} ${text}`;
    const known = this.names.get(key);
    if (known !== undefined) return [['$ref', `#/$defs/${known}`]];
    const schema = resolveRef(this.document, text);
    if (schema === undefined) {
      this.omitted.push(`$ref ${text}`);
      return [];
    }
    const name = this.nextName();
    this.names.set(key, name);
    // The name is taken before the copy is made, since a schema may contain itself.
    this.definitions[name] = true;
    this.definitions[name] = counted(this.copy(schema, { direction, depth: 0 }));
    return [['$ref', `#/$defs/${name}`]];
  }

  private required(schema: JsonObject, names: unknown, direction: Direction): unknown {
    const mark = direction === 'request' ? 'readOnly' : 'writeOnly';
    const properties = asObject(schema['properties']) ?? {};
    const isOthers = (name: unknown): boolean => {
      if (typeof name !== 'string' || !Object.hasOwn(properties, name)) return false;
      const property = asObject(properties[name]);
      return property?.[mark] === true || followRefs(this.document, property)?.[mark] === true;
    };
    return Array.isArray(names) ? names.filter((name) => !isOthers(name)) : [];
  }

  private patternMapping(value: unknown, below: (schema: unknown) => unknown): unknown {
    const readable = Object.entries(asObject(value) ?? {}).filter(([pattern]) => this.isReadable(pattern));
    return Object.fromEntries(readable.map(([pattern, schema]) => [pattern, below(schema)]));
  }

  /** An empty choice would leave nothing that is right. */
  private isMeant(keyword: string, value: unknown): boolean {
    if (keyword !== 'enum' || !Array.isArray(value) || value.length > 0) return true;
    this.omitted.push('enum []');
    return false;
  }

  private isReadable(pattern: unknown): boolean {
    const text = String(pattern);
    const compiled = this.patterns.get(text) ?? (typeof pattern === 'string' ? readPattern(pattern) : undefined);
    if (compiled) this.patterns.set(text, compiled);
    else this.omitted.push(`pattern ${text}`);
    return compiled !== undefined;
  }
}

/** The keyword of schemas that are referred to, and so may be entered again and again. */
export const countedKeyword = 'msaCounted';

function counted(schema: unknown): unknown {
  return typeof schema === 'object' ? { [countedKeyword]: true, ...schema } : schema;
}

function mapValues(value: unknown, change: (item: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(asObject(value) ?? {}).map(([name, item]) => [name, change(item)]));
}

/** What OpenAPI 3.0 writes otherwise than 3.1 does. */
function withOldKeywords(given: JsonObject, schema: Record<string, unknown>): Record<string, unknown> {
  for (const [exclusive, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof given[exclusive] !== 'boolean') continue;
    Reflect.deleteProperty(schema, exclusive);
    if (given[exclusive] && typeof given[limit] === 'number') {
      schema[exclusive] = given[limit];
      Reflect.deleteProperty(schema, limit);
    }
  }
  if (given['nullable'] !== true) return schema;
  const { enum: choices, type } = schema;
  if (typeof type === 'string') schema['type'] = [type, 'null'];
  if (Array.isArray(choices) && !choices.includes(null)) schema['enum'] = [...(choices as unknown[]), null];
  return schema;
}
