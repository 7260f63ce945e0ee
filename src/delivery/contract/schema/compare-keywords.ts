import { canonicalJson } from '../../../model/canonical-json.ts';
import { itemsOf, membersOf, textOf } from '../document.ts';
import { compareBounds } from './compare-bounds.ts';
import { placeOf, type Difference, type Effect, type Pair } from './pair.ts';
import { enumOf, showTypes, typesOf, valuesOf } from './views.ts';

/** What the keywords of a schema itself say differently; schemas below it are not looked at. */
export function compareKeywords(pair: Pair): readonly Difference[] {
  const types = compareTypes(pair);
  // Nothing that fitted fits any more: what else differs says no more.
  if (types.some(({ effect }) => effect === 'changed')) return types;
  return [
    ...types,
    ...compareEnums(pair),
    ...compareBounds(pair),
    ...comparePatterns(pair),
    ...compareFormats(pair),
    ...compareFlags(pair),
    ...compareDependent(pair),
    ...compareOpaque(pair),
    ...compareDiscriminators(pair),
  ];
}

/** How one set of what fits relates to another; undefined when they are the same, or both are unbounded. */
function effectOf(from: ReadonlySet<string> | undefined, to: ReadonlySet<string> | undefined): Effect | undefined {
  if (from === undefined || to === undefined) {
    if (from === to) return undefined;
    return from === undefined ? 'narrowed' : 'widened';
  }
  const isLess = [...to].every((value) => from.has(value));
  const isMore = [...from].every((value) => to.has(value));
  if (isLess && isMore) return undefined;
  if (isLess) return 'narrowed';
  return isMore ? 'widened' : 'changed';
}

function compareTypes(pair: Pair): readonly Difference[] {
  const from = typesOf(pair.from.flat);
  const to = typesOf(pair.to.flat);
  const effect = effectOf(from, to);
  if (effect === undefined) return [];
  const message = `type ${showTypes(from)} became ${showTypes(to)}`;
  return [{ family: 'type', effect, message, at: placeOf(pair, 'type') }];
}

const maxShown = 5;

function compareEnums(pair: Pair): readonly Difference[] {
  const from = enumOf(pair.from.flat);
  const to = enumOf(pair.to.flat);
  const at = placeOf(pair, pair.to.flat.parts.some((part) => Object.hasOwn(part, 'const')) ? 'const' : 'enum');
  if (from === undefined && to === undefined) return [];
  if (from === undefined) return [{ family: 'enum', effect: 'narrowed', message: `only ${listed(to)} now`, at }];
  if (to === undefined)
    return [{ family: 'enum', effect: 'widened', message: `not only ${listed(from)} any more`, at }];
  // That null comes or goes is told as a change of type.
  const gone = [...from].filter((value) => !to.has(value) && value !== 'null');
  const added = [...to].filter((value) => !from.has(value) && value !== 'null');
  const removed: Difference = { family: 'enum', effect: 'narrowed', message: `no longer ${listed(gone)}`, at };
  const wider: Difference = { family: 'enum', effect: 'widened', message: `also ${listed(added)} now`, at };
  return [...(gone.length > 0 ? [removed] : []), ...(added.length > 0 ? [wider] : [])];
}

function listed(values: Iterable<string> | undefined): string {
  const all = [...(values ?? [])];
  const shown = all.slice(0, maxShown).map((value) => shorten(value));
  return `${shown.join(', ')}${all.length > maxShown ? ` and ${all.length - maxShown} more` : ''}`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const matchesAll = new Set(['', '.*', '^.*$', '^.*', '.*$']);

function comparePatterns(pair: Pair): readonly Difference[] {
  const from = textsOf(pair, 'from', 'pattern').filter((pattern) => !matchesAll.has(pattern));
  const to = textsOf(pair, 'to', 'pattern').filter((pattern) => !matchesAll.has(pattern));
  return compareTexts(pair, { family: 'pattern', from, to });
}

/** Formats whose values are values of another one, too. */
const containing: Readonly<Record<string, readonly string[]>> = {
  int32: ['int64'],
  float: ['double'],
  email: ['idn-email'],
  hostname: ['idn-hostname'],
  uri: ['uri-reference', 'iri', 'iri-reference'],
};

function compareFormats(pair: Pair): readonly Difference[] {
  const from = textsOf(pair, 'from', 'format');
  const to = textsOf(pair, 'to', 'format');
  const [before] = from;
  const [after] = to;
  if (from.length === 1 && to.length === 1 && before !== undefined && after !== undefined && before !== after) {
    const effect = contains(after, before) ? 'widened' : contains(before, after) ? 'narrowed' : 'changed';
    return [{ family: 'format', effect, message: `format ${before} became ${after}`, at: placeOf(pair, 'format') }];
  }
  return compareTexts(pair, { family: 'format', from, to });
}

function contains(wide: string, narrow: string): boolean {
  return Object.hasOwn(containing, narrow) && containing[narrow]?.includes(wide) === true;
}

function textsOf(pair: Pair, end: 'from' | 'to', key: string): readonly string[] {
  return valuesOf(pair[end].flat, key).filter((value) => typeof value === 'string');
}

interface Texts {
  readonly family: 'pattern' | 'format';
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Each text is a condition of its own: one more allows less. */
function compareTexts(pair: Pair, { family, from, to }: Texts): readonly Difference[] {
  const effect = effectOf(new Set(to), new Set(from));
  if (effect === undefined) return [];
  return [{ family, effect, message: `${family} ${joined(from)} became ${joined(to)}`, at: placeOf(pair, family) }];
}

function joined(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : shorten(texts.join(' and '));
}

function compareFlags(pair: Pair): readonly Difference[] {
  const from = valuesOf(pair.from.flat, 'uniqueItems').includes(true);
  const to = valuesOf(pair.to.flat, 'uniqueItems').includes(true);
  if (from === to) return [];
  const message = to ? 'items must be unique now' : 'items need not be unique any more';
  return [{ family: 'schema', effect: to ? 'narrowed' : 'widened', message, at: placeOf(pair, 'uniqueItems') }];
}

/** `dependentRequired`: each name that another one requires is a condition. */
function compareDependent(pair: Pair): readonly Difference[] {
  const from = dependenciesOf(pair, 'from');
  const to = dependenciesOf(pair, 'to');
  const effect = effectOf(to, from);
  if (effect === undefined) return [];
  const added = [...to].filter((condition) => !from.has(condition));
  const gone = [...from].filter((condition) => !to.has(condition));
  const message = added.length > 0 ? `${listed(added)} now` : `no longer: ${listed(gone)}`;
  return [{ family: 'schema', effect, message, at: placeOf(pair, 'dependentRequired') }];
}

function dependenciesOf(pair: Pair, end: 'from' | 'to'): ReadonlySet<string> {
  const pairs = valuesOf(pair[end].flat, 'dependentRequired').flatMap((value) => membersOf(value));
  return new Set(
    pairs.flatMap(([name, names]) =>
      itemsOf(names).flatMap((other) => (typeof other === 'string' ? [`${name} requires ${other}`] : [])),
    ),
  );
}

/** Keywords whose parts cannot be weighed against each other: there, gone, or another one. */
const opaque =
  'not if then else dependentSchemas contentEncoding contentMediaType unevaluatedItems unevaluatedProperties contains minContains'.split(
    ' ',
  );

function compareOpaque(pair: Pair): readonly Difference[] {
  return opaque.flatMap((key) => {
    const from = conditionsOf(pair, 'from', key);
    const to = conditionsOf(pair, 'to', key);
    if (from === to) return [];
    const effect = from === '' ? 'narrowed' : to === '' ? 'widened' : 'changed';
    const word = from === '' ? 'is new' : to === '' ? 'is gone' : 'is another one';
    return [{ family: 'schema', effect, message: `${key} ${word}`, at: placeOf(pair, key) } as const];
  });
}

/** `true` and what is not there say the same. */
function conditionsOf(pair: Pair, end: 'from' | 'to', key: string): string {
  return valuesOf(pair[end].flat, key)
    .filter((value) => value !== true)
    .map((value) => canonicalJson(value))
    .toSorted()
    .join('\n');
}

function compareDiscriminators(pair: Pair): readonly Difference[] {
  const nameIn = (end: 'from' | 'to'): string | undefined =>
    valuesOf(pair[end].flat, 'discriminator').map((value) => textOf(value, 'propertyName'))[0];
  const from = nameIn('from');
  const to = nameIn('to');
  if (from === to || from === undefined || to === undefined) return [];
  const message = `discriminator ${from} became ${to}`;
  return [{ family: 'schema', effect: 'changed', message, at: placeOf(pair, 'discriminator') }];
}
