import { escapeKey } from '../document.ts';
import type { FlatSchema, Flattener } from './flat-schema.ts';

/** One schema at both ends of the range. */
export interface Pair {
  readonly from: End;
  readonly to: End;
  readonly direction: Direction;
}

export interface End {
  readonly flattener: Flattener;
  /** As it stands in the document. */
  readonly schema: unknown;
  readonly flat: FlatSchema;
}

/** Who writes what the schema describes: a caller, or the service. */
export type Direction = 'request' | 'response';

/** What a keyword now allows of what it allowed before: less, more, or neither for certain. */
export type Effect = 'narrowed' | 'widened' | 'changed';

export interface Difference {
  readonly family: 'type' | 'enum' | 'bound' | 'pattern' | 'format' | 'schema';
  readonly effect: Effect;
  /** What follows the name of the property: `maximum 10 became 5`. */
  readonly message: string;
  readonly at: Place;
}

export interface Place {
  readonly pointer: string;
  readonly document: 'from' | 'to';
}

/** The place of a keyword: at the end of the range, or at its start when it is gone. */
export function placeOf({ from, to }: Pair, key: string): Place {
  const end = !has(to, key) && (has(from, key) || to.flat.parts.length === 0) ? from : to;
  const { pointerOf } = end.flattener.document;
  // A schema that was joined of several stands nowhere itself.
  const owner =
    end.flat.parts.find((part) => Object.hasOwn(part, key)) ?? end.flat.parts.find((part) => pointerOf(part) !== '');
  const pointer = pointerOf(owner);
  return {
    pointer: has(end, key) ? `${pointer}/${escapeKey(key)}` : pointer,
    document: end === from ? 'from' : 'to',
  };
}

function has({ flat }: End, key: string): boolean {
  return flat.parts.some((part) => Object.hasOwn(part, key));
}

/** Callers may be asked for less and told less, never the other way round. */
export function isBreaking(direction: Direction, effect: Effect): boolean {
  return effect === 'changed' || effect === (direction === 'request' ? 'narrowed' : 'widened');
}
