import { canonicalJson } from '../../model/canonical-json.ts';
import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';
import { quotedName } from './change.ts';
import { compareSchemas, deprecationOf, report, type Comparison } from './comparison.ts';
import { itemsOf, memberOf, membersOf, resolve, resolveMapping, textOf, type ContractDocument } from './document.ts';
import type { OperationEnd, OperationPair } from './operation-pair.ts';

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly value: Mapping;
}

/** These three headers are told elsewhere in a document; as parameters they say nothing. */
const foreignHeaders = new Set(['accept', 'content-type', 'authorization']);

export function compareParameters(comparison: Comparison, pair: OperationPair): void {
  const from = parametersOf(comparison.from, pair.from);
  const to = parametersOf(comparison.to, pair.to);
  const moved = new Set<string>();
  for (const [key, before] of from) {
    const after = to.get(key);
    if (after !== undefined) {
      compareParameter(comparison, pair, { before, after });
      continue;
    }
    const elsewhere = [...to].find(([other, { name }]) => name === before.name && !from.has(other));
    if (elsewhere !== undefined) moved.add(elsewhere[0]);
    reportGone(comparison, pair, { before, elsewhere: elsewhere?.[1] });
  }
  for (const [key, parameter] of to) {
    if (!from.has(key) && !moved.has(key)) reportNew(comparison, pair, parameter);
  }
}

/** Those of the operation and, where it says nothing else, of its path; those in the path by their position. */
function parametersOf(
  document: ContractDocument,
  { path, item, operation }: OperationEnd,
): ReadonlyMap<string, Parameter> {
  const names = Array.from(path.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name);
  const found = new Map<string, Parameter>();
  for (const each of [...itemsOf(memberOf(item, 'parameters')), ...itemsOf(memberOf(operation, 'parameters'))]) {
    const value = resolveMapping(document, each);
    const name = textOf(value, 'name');
    const place = textOf(value, 'in');
    if (value === undefined || name === undefined || place === undefined) continue;
    const isHeader = place === 'header';
    if (isHeader && foreignHeaders.has(name.toLowerCase())) continue;
    const key = place === 'path' ? String(names.indexOf(name)) : isHeader ? name.toLowerCase() : name;
    const isRequired = place === 'path' || memberOf(value, 'required') === true;
    found.set(`${place} ${key}`, { name, place, isRequired, value });
  }
  return found;
}

function titleOf({ place, name }: Parameter): string {
  return `${place} parameter ${quotedName(name)}`;
}

interface Gone {
  readonly before: Parameter;
  readonly elsewhere: Parameter | undefined;
}

function reportGone(comparison: Comparison, { operation }: OperationPair, { before, elsewhere }: Gone): void {
  // One that is in no template cannot be given.
  if (before.place === 'path') return;
  const isMoved = elsewhere !== undefined;
  report(comparison, {
    rule: isMoved ? 'parameter-moved' : 'parameter-removed',
    breaking: true,
    operation,
    document: isMoved ? 'to' : 'from',
    owner: (elsewhere ?? before).value,
    ...deprecationOf(before.value),
    says: isMoved ? `takes ${titleOf(before)} as ${elsewhere.place} parameter` : `no longer takes ${titleOf(before)}`,
  });
}

function reportNew(comparison: Comparison, { operation }: OperationPair, parameter: Parameter): void {
  if (parameter.place === 'path') return;
  const breaking = parameter.isRequired;
  report(comparison, {
    rule: breaking ? 'parameter-required-added' : 'added',
    breaking,
    operation,
    document: 'to',
    owner: parameter.value,
    says: `${breaking ? 'requires a new' : 'also takes'} ${titleOf(parameter)}`,
  });
}

interface Both {
  readonly before: Parameter;
  readonly after: Parameter;
}

function compareParameter(comparison: Comparison, pair: OperationPair, both: Both): void {
  const { before, after } = both;
  const { operation } = pair;
  const common = { operation, document: 'to', owner: after.value } as const;
  if (before.isRequired !== after.isRequired) {
    report(comparison, {
      ...common,
      rule: after.isRequired ? 'parameter-became-required' : 'eased',
      breaking: after.isRequired,
      says: `${after.isRequired ? 'requires' : 'no longer requires'} ${titleOf(after)}`,
    });
  }
  compareStyles(comparison, pair, both);
  compareDefaults(comparison, pair, both);
  const where = { operation, direction: 'request', verb: 'takes', thing: titleOf(after) } as const;
  compareSchemas(comparison, where, { from: schemaOf(before), to: schemaOf(after) });
}

/** A parameter has a schema, or content of one media type with one. */
function schemaOf({ value }: Parameter): unknown {
  return memberOf(value, 'schema') ?? memberOf(contentOf(value)?.[1], 'schema');
}

function contentOf(value: Mapping): readonly [string, unknown] | undefined {
  return membersOf(memberOf(value, 'content'))[0];
}

function compareStyles(comparison: Comparison, { operation }: OperationPair, { before, after }: Both): void {
  const from = styleOf(comparison.from, before);
  const to = styleOf(comparison.to, after);
  if (from === undefined || to === undefined || from === to) return;
  report(comparison, {
    rule: 'parameter-style-changed',
    breaking: true,
    operation,
    document: 'to',
    owner: after.value,
    says: `takes ${titleOf(after)} written as ${to} where it was ${from}`,
  });
}

const defaultStyles: Readonly<Record<string, string>> = {
  query: 'form',
  cookie: 'form',
  path: 'simple',
  header: 'simple',
};

/** How lists and objects are written; undefined for a single value, which every style writes the same. */
function styleOf(document: ContractDocument, { place, value }: Parameter): string | undefined {
  const content = contentOf(value);
  if (content !== undefined) return content[0];
  const type = memberOf(resolve(document, memberOf(value, 'schema')), 'type');
  if (type !== 'array' && type !== 'object') return undefined;
  const style = textOf(value, 'style') ?? defaultStyles[place] ?? 'form';
  const isExploded = memberOf(value, 'explode') ?? style === 'form';
  return `${style}${isExploded === true ? ', exploded' : ''}`;
}

/** What it means to leave it out. */
function compareDefaults(comparison: Comparison, { operation }: OperationPair, { before, after }: Both): void {
  if (before.isRequired || after.isRequired) return;
  const from = defaultOf(comparison.from, before);
  const to = defaultOf(comparison.to, after);
  if (from === to) return;
  // One that is told for the first time may have been there before.
  const breaking = from !== undefined;
  report(comparison, {
    rule: breaking ? 'parameter-default-changed' : 'changed',
    breaking,
    operation,
    document: 'to',
    owner: after.value,
    says: `takes ${titleOf(after)}: left out it is ${to ?? 'nothing'} where it was ${from ?? 'nothing'}`,
  });
}

function defaultOf(document: ContractDocument, parameter: Parameter): string | undefined {
  const schema = asMapping(resolve(document, schemaOf(parameter)));
  return schema !== undefined && Object.hasOwn(schema, 'default') ? canonicalJson(schema['default']) : undefined;
}
