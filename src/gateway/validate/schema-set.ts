import { asObject } from '../own/json-object.ts';
import type { JsonObject } from '../own/json-object.ts';
import type { Steps } from './in-turns.ts';
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
/** Those of them that are about the value itself, and not about what is in it. */
const inPlace = new Set(['allOf', 'anyOf', 'dependentSchemas', 'else', 'if', 'not', 'oneOf', 'then']);
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
  /** Those that are referred to and not copied yet. One after the other: chains of references can be long. */
  private readonly waiting: (() => void)[] = [];
  private taken = 0;
  private count = 0;

  constructor(document: JsonObject) {
    this.document = document;
  }

  /** Takes a schema over and gives its name in the definitions; the same one twice has one name. */
  add(schema: unknown, direction: Direction): string {
    const copy = this.copy(schema, { direction, depth: 0, isWhole: true });
    const text = JSON.stringify(copy);
    const [, referred] = /^\{"\$ref":"#\/\$defs\/(s\d+)"\}$/.exec(text) ?? [];
    const known = referred ?? this.texts.get(text);
    if (known !== undefined) return known;
    const name = this.nextName();
    this.texts.set(text, name);
    this.definitions[name] = copy;
    return name;
  }

  /** Copies what has been referred to so far, one schema per step. */
  *copyReferred(): Steps<void> {
    for (let copy = this.waiting.pop(); copy; copy = this.waiting.pop()) {
      copy();
      yield;
    }
  }

  private nextName(): string {
    this.taken += 1;
    return `s${this.taken}`;
  }

  private copy(schema: unknown, { direction, depth, isWhole }: Position): unknown {
    if (typeof schema === 'boolean') return schema;
    const given = asObject(schema);
    if (!given) return true;
    this.count += 1;
    if (this.count > maxSchemas) throw new RangeError(`has more than ${maxSchemas} schemas`);
    if (depth > maxDepth) throw new RangeError(`has schemas nested more than ${maxDepth} deep`);
    const entries = Object.entries(given).flatMap(([keyword, value]): [string, unknown][] => {
      const position = { direction, depth: depth + 1, isWhole: isWhole && inPlace.has(keyword) };
      const below = (part: unknown): unknown => this.copy(part, position);
      if (keyword === '$ref') return this.reference(value, { direction, isWhole });
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

  private reference(ref: unknown, { direction, isWhole }: Omit<Position, 'depth'>): [string, unknown][] {
    const text = String(ref);
    const name = this.names.get(`${direction} ${text}`) ?? this.take(text, direction);
    if (name === undefined) return [];
    // Of a part of the value nothing is told to what is around it, so that its schema can be compiled by itself.
    return [isWhole ? ['$ref', `#/$defs/${name}`] : [partKeyword, name]];
  }

  /** Gives a schema that is referred to a name before it is copied, since it may contain itself. */
  private take(ref: string, direction: Direction): string | undefined {
    const schema = resolveRef(this.document, ref);
    if (schema === undefined) {
      this.omitted.push(`$ref ${ref}`);
      return undefined;
    }
    const name = this.nextName();
    this.names.set(`${direction} ${ref}`, name);
    this.definitions[name] = true;
    this.waiting.push(() => {
      this.definitions[name] = counted(this.copy(schema, { direction, depth: 0, isWhole: true }));
    });
    return name;
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

interface Position {
  readonly direction: Direction;
  readonly depth: number;
  /** It is about the same value as the definition it stands in. */
  readonly isWhole: boolean;
}

/** The keyword that has a part of a value compared with the definition of this name. */
export const partKeyword = 'msaPart';
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
