import type { JsonPath } from './transform.ts';

/** One answer made of the answers of several services. */
export interface AggregatePolicy {
  /** For all calls together. */
  readonly timeoutMs: number;
  /** The path of the route, without a slash at the end: values of the path are counted from its end. */
  readonly base: string;
  /** In the order in which their answers are merged. */
  readonly calls: readonly AggregateCall[];
}

export interface AggregateCall {
  readonly name: string;
  readonly service: string;
  readonly method: AggregateMethod;
  readonly path: Template;
  /** Names, and what stands for their values. */
  readonly query: readonly (readonly [name: string, value: Template])[];
  /** Names of the client's fields that are passed on, in lower case. */
  readonly headers: readonly string[];
  /** Without it the answer is still one, marked as partial. */
  readonly optional: boolean;
  /** The call is made once for each item of a list. */
  readonly forEach?: ForEach;
  /** What becomes of the answer, in this order. */
  readonly pick?: JsonPath;
  readonly allow?: readonly JsonPath[];
  readonly deny?: readonly JsonPath[];
  readonly rename?: readonly (readonly [from: JsonPath, to: JsonPath])[];
  /** Where it goes: a member of the result, its members into the result, or nowhere. */
  readonly place: { readonly kind: 'group'; readonly key: string } | { readonly kind: 'merge' | 'none' };
}

type AggregateMethod = 'GET' | 'POST';

interface ForEach {
  readonly list: CallValue;
  /** A list that is longer is a failure. */
  readonly limit: number;
  readonly parallel: number;
}

/** Texts and values in turn, which make one text. */
export type Template = readonly (string | ValueSource)[];

/** Where a value comes from. */
export type ValueSource = ClientValue | CallValue | ItemValue;

type ClientValue =
  | { readonly from: 'query'; readonly name: string }
  | { readonly from: 'header'; readonly name: string }
  /** A segment of what follows the path of the route, counted from 1. */
  | { readonly from: 'path'; readonly segment: number };

/** A value of another call's answer. */
export interface CallValue {
  readonly from: 'call';
  readonly call: string;
  readonly steps: JsonPath;
}

/** A value of the item for which the call is made. */
interface ItemValue {
  readonly from: 'item';
  readonly steps: JsonPath;
}

/** The names of the calls whose answers a call needs. */
export function needsOf({ path, query, forEach }: Pick<AggregateCall, 'path' | 'query' | 'forEach'>): string[] {
  const templates = [path, ...query.map(([, value]) => value), forEach ? [forEach.list] : []];
  const names = templates.flat().flatMap((part) => (typeof part !== 'string' && part.from === 'call' ? part.call : []));
  return [...new Set(names)];
}
