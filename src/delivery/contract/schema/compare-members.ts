import { asMapping } from '../../../model/yaml/mapping.ts';
import { escapeKey, itemsOf } from '../document.ts';
import { printable, type Deprecation } from '../change.ts';
import type { FlatSchema } from './flat-schema.ts';
import type { SchemaChange, SchemaStep } from './node.ts';
import { isBreaking, placeOf, type End, type Pair, type Place } from './pair.ts';
import { propertiesOf, requiredOf, schemaOf, valuesOf } from './views.ts';

interface Members {
  readonly changes: readonly SchemaChange[];
  readonly children: readonly SchemaStep[];
}

/** What comes, goes and must be there among properties and items, and the schemas of those that stay. */
export function compareMembers(pair: Pair): Members {
  const ends = { from: membersAt(pair, 'from'), to: membersAt(pair, 'to') };
  const names = new Set([...ends.from.properties.keys(), ...ends.to.properties.keys()]);
  const each = [...names].map((name) => compareProperty(pair, { name, ...ends }));
  const others = compareOthers(pair, ends);
  return {
    changes: [
      ...each.flatMap(({ changes }) => changes),
      ...compareUndeclared(pair, { names, ...ends }),
      ...others.changes,
    ],
    children: [
      ...each.flatMap(({ children }) => children),
      ...others.children,
      ...comparePatterns(pair),
      ...compareItems(pair),
    ],
  };
}

interface MembersAt {
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
  /** Of `additionalProperties`: undefined where nothing is said. */
  readonly others: unknown;
}

interface Ends {
  readonly from: MembersAt;
  readonly to: MembersAt;
}

/** A property that the service alone writes is none of a request, and the other way round. */
function membersAt(pair: Pair, which: 'from' | 'to'): MembersAt {
  const { flattener, flat } = pair[which];
  const flag = pair.direction === 'request' ? 'readOnly' : 'writeOnly';
  const all = propertiesOf(flattener, flat);
  const foreign = new Set(
    [...all].flatMap(([name, schema]) => (valuesOf(flattener.flatten(schema), flag).includes(true) ? [name] : [])),
  );
  return {
    properties: new Map([...all].filter(([name]) => !foreign.has(name))),
    required: new Set([...requiredOf(flat)].filter((name) => !foreign.has(name))),
    others: schemaOf(flattener, flat, 'additionalProperties'),
  };
}

function compareProperty(pair: Pair, { name, from, to }: Ends & { readonly name: string }): Members {
  const segment = `.${name}`;
  const before = from.properties.get(name);
  const after = to.properties.get(name);
  if (from.properties.has(name) && to.properties.has(name)) {
    return { changes: compareRequired(pair, { name, from, to }), children: [{ segment, from: before, to: after }] };
  }
  if (from.properties.has(name)) {
    const isTaken = pair.direction === 'request' && to.others !== undefined && to.others !== false;
    if (isTaken) return { changes: [], children: [{ segment, from: before, to: to.others }] };
    const was = deprecationOf(pair.from.flattener.flatten(before));
    return { changes: [{ ...changeOf(pair, { name, kind: 'gone', ...removal(pair) }), was }], children: [] };
  }
  const isRequired = pair.direction === 'request' && to.required.has(name);
  const change = isRequired
    ? changeOf(pair, { name, kind: 'new-required', rule: 'request-property-required-added', breaking: true })
    : changeOf(pair, { name, kind: 'new', rule: 'added', breaking: false });
  const children = asMapping(from.others) === undefined ? [] : [{ segment, from: from.others, to: after }];
  return { changes: [change], children };
}

function deprecationOf(flat: FlatSchema): Deprecation {
  const sunset = valuesOf(flat, 'x-sunset')[0];
  return {
    deprecated: valuesOf(flat, 'deprecated').includes(true),
    sunset: typeof sunset === 'string' ? printable(sunset) : undefined,
  };
}

function removal({ direction }: Pair): Pick<SchemaChange, 'rule' | 'breaking'> {
  return { rule: direction === 'request' ? 'request-property-removed' : 'response-property-removed', breaking: true };
}

function compareRequired(pair: Pair, { name, from, to }: Ends & { readonly name: string }): readonly SchemaChange[] {
  const was = from.required.has(name);
  const is = to.required.has(name);
  if (was === is) return [];
  const isRequest = pair.direction === 'request';
  if (is) {
    const rule = isRequest ? 'request-property-became-required' : 'tightened';
    return [changeOf(pair, { name, kind: 'required', rule, breaking: isRequest })];
  }
  const rule = isRequest ? 'eased' : 'response-property-became-optional';
  return [changeOf(pair, { name, kind: 'optional', rule, breaking: !isRequest })];
}

/** Names that are required and described nowhere. */
function compareUndeclared(
  pair: Pair,
  { names, from, to }: Ends & { readonly names: ReadonlySet<string> },
): readonly SchemaChange[] {
  const undeclared = new Set([...from.required, ...to.required].filter((name) => !names.has(name)));
  return [...undeclared].flatMap((name) => compareRequired(pair, { name, from, to }));
}

interface Told extends Pick<SchemaChange, 'rule' | 'breaking' | 'kind'> {
  readonly name: string;
}

function changeOf(pair: Pair, { name, kind, rule, breaking }: Told): SchemaChange {
  return {
    rule,
    breaking,
    kind,
    property: name,
    text: '',
    at: placeOfProperty(pair, { name, isGone: kind === 'gone' }),
  };
}

function placeOfProperty(pair: Pair, { name, isGone }: { readonly name: string; readonly isGone: boolean }): Place {
  const document = isGone ? 'from' : 'to';
  const { flattener, flat }: End = pair[document];
  const owner = valuesOf(flat, 'properties').find((value) => Object.hasOwn(asMapping(value) ?? {}, name));
  if (owner === undefined) return placeOf(pair, 'required');
  return { pointer: `${flattener.document.pointerOf(owner)}/${escapeKey(name)}`, document };
}

/** Whether properties that are not described may be there. In answers more of them was never a reason to fail. */
function compareOthers(pair: Pair, { from, to }: Ends): Members {
  if (isOpen(from.others) && isOpen(to.others)) return { changes: [], children: [] };
  if (from.others !== false && to.others !== false) {
    return { changes: [], children: [{ segment: '.*', from: from.others ?? true, to: to.others ?? true }] };
  }
  if (from.others === to.others) return { changes: [], children: [] };
  const isClosed = to.others === false;
  const breaking = isClosed && isBreaking(pair.direction, 'narrowed');
  const rule = breaking ? 'request-schema-narrowed' : isClosed ? 'tightened' : 'eased';
  const text = isClosed ? 'no other properties any more' : 'other properties too';
  const at = placeOf(pair, 'additionalProperties');
  return { changes: [{ rule, breaking, at, property: undefined, kind: 'keyword', text }], children: [] };
}

function comparePatterns(pair: Pair): readonly SchemaStep[] {
  const from = patternsOf(pair.from);
  const to = patternsOf(pair.to);
  const patterns = [...new Set([...from.keys(), ...to.keys()])].map((pattern) => ({
    segment: `.{${pattern}}`,
    from: from.get(pattern) ?? true,
    to: to.get(pattern) ?? true,
  }));
  return [...patterns, ...stepFor(pair, 'propertyNames', '.(names)')];
}

function isOpen(value: unknown): boolean {
  return value === undefined || value === true;
}

function patternsOf({ flat, flattener }: End): ReadonlyMap<string, unknown> {
  return flattener.joinMembers(valuesOf(flat, 'patternProperties'));
}

function compareItems(pair: Pair): readonly SchemaStep[] {
  const from = prefixOf(pair.from);
  const to = prefixOf(pair.to);
  const rest = { from: itemSchema(pair.from), to: itemSchema(pair.to) };
  const fixed = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => ({
    segment: `[${index}]`,
    from: from[index] ?? rest.from,
    to: to[index] ?? rest.to,
  }));
  return [...fixed, ...stepFor(pair, 'items', '[]')];
}

function prefixOf({ flat }: End): readonly unknown[] {
  return itemsOf(valuesOf(flat, 'prefixItems')[0]);
}

function itemSchema({ flattener, flat }: End): unknown {
  return schemaOf(flattener, flat, 'items') ?? true;
}

function stepFor({ from, to }: Pair, key: string, segment: string): readonly SchemaStep[] {
  const before = schemaOf(from.flattener, from.flat, key);
  const after = schemaOf(to.flattener, to.flat, key);
  return before === undefined && after === undefined ? [] : [{ segment, from: before ?? true, to: after ?? true }];
}
