import { memberOf } from '../document.ts';
import { placeOf, type Difference, type Effect, type Pair } from './pair.ts';
import type { FlatSchema } from './flat-schema.ts';
import { typesOf, valuesOf } from './views.ts';

/** What bounds a length or a count, and what it is when nothing is said. */
const counts = [
  { key: 'maxLength', isUpper: true },
  { key: 'minLength', isUpper: false },
  { key: 'maxItems', isUpper: true },
  { key: 'minItems', isUpper: false },
  { key: 'maxProperties', isUpper: true },
  { key: 'minProperties', isUpper: false },
  { key: 'maxContains', isUpper: true },
] as const;

export function compareBounds(pair: Pair): readonly Difference[] {
  const counted = counts.flatMap(({ key, isUpper }) => {
    const ofEnd = (flat: FlatSchema): number =>
      tightest(numbersOf(flat, key), { isUpper, unbound: isUpper ? Infinity : 0 });
    return compareBound(pair, { key, isUpper, from: ofEnd(pair.from.flat), to: ofEnd(pair.to.flat) });
  });
  return [...counted, ...compareRange(pair, true), ...compareRange(pair, false), ...compareMultiples(pair)];
}

function numbersOf(flat: FlatSchema, key: string): readonly number[] {
  return valuesOf(flat, key).filter((value) => typeof value === 'number');
}

function tightest(
  values: readonly number[],
  { isUpper, unbound }: { readonly isUpper: boolean; readonly unbound: number },
): number {
  return isUpper ? Math.min(unbound, ...values) : Math.max(unbound, ...values);
}

interface Bound {
  readonly key: string;
  readonly isUpper: boolean;
  readonly from: number;
  readonly to: number;
}

function compareBound(pair: Pair, { key, isUpper, from, to }: Bound): readonly Difference[] {
  if (from === to) return [];
  const effect: Effect = to < from === isUpper ? 'narrowed' : 'widened';
  return [{ family: 'bound', effect, message: `${key} ${show(from)} became ${show(to)}`, at: placeOf(pair, key) }];
}

function show(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : 'none';
}

/** A bound of numbers: the number itself may be inside or not. */
interface Limit {
  readonly value: number;
  readonly isOpen: boolean;
}

function compareRange(pair: Pair, isUpper: boolean): readonly Difference[] {
  const from = limitOf(pair.from.flat, isUpper);
  const to = limitOf(pair.to.flat, isUpper);
  if (from.value === to.value && from.isOpen === to.isOpen) return [];
  const isCloser = to.value === from.value ? to.isOpen : to.value < from.value === isUpper;
  const key = isUpper ? 'maximum' : 'minimum';
  const exclusive = isUpper ? 'exclusiveMaximum' : 'exclusiveMinimum';
  const has = (name: string): boolean => pair.to.flat.parts.some((part) => typeof memberOf(part, name) === 'number');
  return [
    {
      family: 'bound',
      effect: isCloser ? 'narrowed' : 'widened',
      message: `${key} ${showLimit(from)} became ${showLimit(to)}`,
      at: placeOf(pair, !has(key) && has(exclusive) ? exclusive : key),
    },
  ];
}

function showLimit({ value, isOpen }: Limit): string {
  return `${show(value)}${isOpen ? ' (itself excluded)' : ''}`;
}

/** Before 3.1 `exclusiveMaximum` is a switch beside `maximum`; since then it is a bound of its own. */
function limitOf(flat: FlatSchema, isUpper: boolean): Limit {
  const types = typesOf(flat);
  const isWhole = types !== undefined && types.has('integer') && !types.has('number');
  const [key, exclusive] = isUpper ? ['maximum', 'exclusiveMaximum'] : ['minimum', 'exclusiveMinimum'];
  const limits = flat.parts.flatMap((part): Limit[] => {
    const closed = memberOf(part, key);
    const open = memberOf(part, exclusive);
    return [
      ...(typeof closed === 'number' ? [{ value: closed, isOpen: open === true }] : []),
      ...(typeof open === 'number' ? [{ value: open, isOpen: true }] : []),
    ].map((limit) => (isWhole ? whole(limit, isUpper) : limit));
  });
  const none: Limit = { value: isUpper ? Infinity : -Infinity, isOpen: false };
  return limits.reduce((tightestLimit, limit) => {
    if (limit.value === tightestLimit.value) return limit.isOpen ? limit : tightestLimit;
    return limit.value < tightestLimit.value === isUpper ? limit : tightestLimit;
  }, none);
}

/** Among whole numbers "more than 0" is "at least 1". */
function whole({ value, isOpen }: Limit, isUpper: boolean): Limit {
  const nearest = isUpper ? Math.floor(value) : Math.ceil(value);
  if (!isOpen || nearest !== value) return { value: nearest, isOpen: false };
  return { value: isUpper ? value - 1 : value + 1, isOpen: false };
}

function compareMultiples(pair: Pair): readonly Difference[] {
  const [from] = numbersOf(pair.from.flat, 'multipleOf');
  const [to] = numbersOf(pair.to.flat, 'multipleOf');
  if (from === to) return [];
  const message = `multipleOf ${from ?? 'none'} became ${to ?? 'none'}`;
  return [{ family: 'bound', effect: multipleEffect(from, to), message, at: placeOf(pair, 'multipleOf') }];
}

function multipleEffect(from: number | undefined, to: number | undefined): Effect {
  if (from === undefined) return 'narrowed';
  if (to === undefined || from % to === 0) return 'widened';
  return to % from === 0 ? 'narrowed' : 'changed';
}
