import { asObject } from '../own/json-object.ts';
import type { JsonObject } from '../own/json-object.ts';
import { followRefs } from './resolve-ref.ts';
import type { SchemaSet } from './schema-set.ts';

type ParameterPlace = 'path' | 'query' | 'header' | 'cookie';

export interface Parameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  /** How its value is written: one text, a list with this between its items, or a field for each item. */
  readonly form: { readonly kind: 'text' | 'repeated' | 'json' } | { readonly kind: 'list'; readonly between: string };
  /** What the text may stand for: of its items, if it is a list. */
  readonly types: ReadonlySet<string>;
  /** Of its schema; undefined when only its presence is checked. */
  readonly schema: string | undefined;
}

interface Source {
  readonly document: JsonObject;
  readonly schemas: SchemaSet;
}

/** Fields that OpenAPI describes elsewhere than among parameters. */
const described: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type']);

/** Reads a parameter of a contract; undefined for what is none. */
export function readParameter(value: unknown, { document, schemas }: Source): Parameter | undefined {
  const given = followRefs(document, value);
  const place = placeOf(given?.['in']);
  const written = given?.['name'];
  if (!given || !place || typeof written !== 'string') return undefined;
  const name = place === 'header' ? written.toLowerCase() : written;
  if (place === 'header' && described.has(name)) return undefined;
  const common = { name, in: place, required: given['required'] === true || place === 'path' };
  const [content] = Object.values(asObject(given['content']) ?? {});
  if (content === undefined) return { ...common, ...readForm(given, place, { document, schemas }) };
  const schema = asObject(content)?.['schema'];
  const added = schema === undefined ? undefined : schemas.add(schema, 'request');
  return { ...common, form: { kind: 'json' }, types: new Set(), schema: added };
}

function placeOf(value: unknown): ParameterPlace | undefined {
  return value === 'path' || value === 'query' || value === 'header' || value === 'cookie' ? value : undefined;
}

type Written = Omit<Parameter, 'name' | 'in' | 'required'> & Partial<Pick<Parameter, 'required'>>;

/** How a parameter is written; an object can be written in so many ways that not even its presence is checked. */
function readForm(given: JsonObject, place: ParameterPlace, { document, schemas }: Source): Written {
  const { schema } = given;
  const types = typesOf(document, schema);
  const form = types.has('array') ? listForm(given, place) : textForm(given);
  if (types.has('object')) return { form: { kind: 'repeated' }, types, schema: undefined, required: false };
  if (!form || schema === undefined) return { form: form ?? { kind: 'text' }, types, schema: undefined };
  const items = types.has('array') ? typesOf(document, followRefs(document, schema)?.['items']) : types;
  return { form, types: items, schema: schemas.add(schema, 'request') };
}

function textForm({ style = 'simple' }: JsonObject): Parameter['form'] | undefined {
  return style === 'form' || style === 'simple' ? { kind: 'text' } : undefined;
}

const separators: ReadonlyMap<unknown, string> = new Map([
  ['form', ','],
  ['simple', ','],
  ['spaceDelimited', ' '],
  ['pipeDelimited', '|'],
]);

function listForm(given: JsonObject, place: ParameterPlace): Parameter['form'] | undefined {
  const { style = place === 'query' ? 'form' : 'simple', explode = style === 'form' } = given;
  const between = separators.get(style);
  if (between === undefined) return undefined;
  return place === 'query' && style === 'form' && explode === true ? { kind: 'repeated' } : { kind: 'list', between };
}

const maxSteps = 50;

/** The types that a schema names, also in what it is combined of. */
function typesOf(document: JsonObject, schema: unknown): Set<string> {
  const types = new Set<string>();
  const waiting = [schema];
  for (let steps = 0; steps < maxSteps && waiting.length > 0; steps += 1) {
    const found = followRefs(document, waiting.pop());
    for (const type of [found?.['type']].flat()) if (typeof type === 'string') types.add(type);
    for (const key of ['allOf', 'anyOf', 'oneOf']) {
      const parts = found?.[key];
      if (Array.isArray(parts)) waiting.push(...parts);
    }
  }
  return types;
}
