import type { Mapping } from '../../model/yaml/mapping.ts';
import { dereference, itemsOf, memberOf, textOf } from './document.ts';
import { createNames, variableNameFrom } from './identifiers.ts';
import { commentText } from './literals.ts';
import type { Parameter } from './operation.ts';
import { limits, type Reading } from './reading.ts';
import { typeOfSchema } from './schema-type.ts';
import { stringType, type TypeNode } from './type-node.ts';

// `call` sets these itself, or OpenAPI says that a parameter of that name has no meaning.
const ownHeaders = new Set(
  `accept authorization connection content-length content-type expect host keep-alive te trailer
  traceparent tracestate transfer-encoding upgrade`.split(/\s+/),
);
// An answer without a body (304) would make every read awkward, so clients read unconditionally.
const cacheHeaders = new Set(['if-modified-since', 'if-none-match']);

interface Declared {
  readonly place: string;
  readonly name: string;
  readonly parameter: Mapping | undefined;
}

/** The parameters of an operation in the order path, query, header; those of the path that nobody declared are texts. */
export function readParameters(lists: readonly unknown[], pathNames: readonly string[], reading: Reading): Parameter[] {
  const declared = declaredParameters(lists, reading);
  const all = [...declared.values()];
  if (all.some(({ place }) => place === 'cookie')) reading.notes.add('Cookie parameters are not sent.');
  const give = createNames();
  return [
    ...pathNames.map((name) => pathParameter(name, declared.get(`path ${name}`)?.parameter, reading)),
    ...all.filter(({ place }) => place === 'query').map((query) => queryParameter(query, reading)),
    ...all.filter(isUsableHeader).map((header) => headerParameter(header, reading)),
  ].map((parameter) => ({ ...parameter, variable: give(parameter.variable) }));
}

/** What an operation declares replaces what its path declares. */
function declaredParameters(lists: readonly unknown[], reading: Reading): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  for (const item of lists.flatMap(itemsOf).slice(0, limits.parameters)) {
    const parameter = dereference(reading.document, item);
    const place = textOf(parameter, 'in') ?? '';
    const given = textOf(parameter, 'name') ?? '';
    const name = place === 'header' ? given.toLowerCase() : given;
    if (name !== '' && name.length <= limits.nameLength) declared.set(`${place} ${name}`, { place, name, parameter });
  }
  return declared;
}

function pathParameter(name: string, parameter: Mapping | undefined, reading: Reading): Parameter {
  const type = scalarType(memberOf(parameter, 'schema'), reading) ?? stringType;
  return { ...common(name, parameter), in: 'path', type, required: true };
}

function queryParameter({ name, parameter }: Declared, reading: Reading): Parameter {
  const schema = dereference(reading.document, memberOf(parameter, 'schema'));
  const item = isRepeated(parameter, schema) ? scalarType(memberOf(schema, 'items'), reading) : undefined;
  const type: TypeNode | undefined = item ? { kind: 'array', parts: [item] } : scalarType(schema, reading);
  if (!type) reading.notes.add('Query parameters that are objects or joined lists are given as text.');
  const required = memberOf(parameter, 'required') === true;
  return { ...common(name, parameter), in: 'query', type: type ?? stringType, required };
}

/** Whether a list becomes `?tag=a&tag=b`, the form that `call` knows. */
function isRepeated(parameter: unknown, schema: unknown): boolean {
  const form = (memberOf(parameter, 'style') ?? 'form') === 'form' && memberOf(parameter, 'explode') !== false;
  return form && memberOf(schema, 'type') === 'array';
}

function headerParameter({ name, parameter }: Declared, reading: Reading): Parameter {
  const type = scalarType(memberOf(parameter, 'schema'), reading);
  // `call` passes on the key of the request being served, so that it is rarely given by hand.
  const required = memberOf(parameter, 'required') === true && name !== 'idempotency-key';
  return { ...common(name, parameter), in: 'header', type: type && isText(type) ? type : stringType, required };
}

function isUsableHeader({ place, name }: Declared): boolean {
  return place === 'header' && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !ownHeaders.has(name) && !cacheHeaders.has(name);
}

function common(name: string, parameter: Mapping | undefined): Pick<Parameter, 'name' | 'variable' | 'doc'> {
  const wellKnown = ['if-match', 'idempotency-key'].includes(name);
  const doc = wellKnown ? '' : commentText(textOf(parameter, 'description') ?? '');
  return { name, variable: variableNameFrom(name), doc: doc === '' ? [] : [doc] };
}

/** The type of a schema whose values are texts, numbers or booleans; undefined for all others. */
function scalarType(schema: unknown, reading: Reading): TypeNode | undefined {
  // Written out instead of named, so what is looked at here does not count as used.
  const type = typeOfSchema(dereference(reading.document, schema), { ...reading, used: new Set(), notes: new Set() });
  return isScalar(type) ? type : undefined;
}

function isScalar(type: TypeNode): boolean {
  if (type.kind === 'union') return type.parts.length > 0 && type.parts.every(isScalar);
  return type.kind === 'text' && !['null', 'never'].includes(type.text);
}

function isText(type: TypeNode): boolean {
  if (type.kind === 'union') return type.parts.every(isText);
  return type.kind === 'text' && (type.text === 'string' || type.text.startsWith("'"));
}
