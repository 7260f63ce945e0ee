import { refuse, syntaxError } from '../command-error.ts';
import type { Database } from '../keyspace/database.ts';
import type { List } from '../structures/list.ts';

export type Side = 'LEFT' | 'RIGHT';

/** Reads the name of an end of a list. */
export function readSide(text: string): Side {
  const side = text.toUpperCase();
  return side === 'LEFT' || side === 'RIGHT' ? side : refuse(syntaxError);
}

/** Adds at one end. */
export function pushItem(list: List, side: Side, item: string): void {
  if (side === 'LEFT') list.items.pushLeft(item);
  else list.items.pushRight(item);
}

interface Pop {
  readonly database: Database;
  readonly key: string;
  readonly list: List;
  readonly side: Side;
  readonly count: number;
}

/** Takes up to so many items from one end, the outermost first. */
export function popItems({ database, key, list, side, count }: Pop): readonly string[] {
  const items: string[] = [];
  while (items.length < count) {
    const item = side === 'LEFT' ? list.items.popLeft() : list.items.popRight();
    if (item === undefined) break;
    items.push(item);
  }
  if (items.length > 0) database.changed(key);
  return items;
}
