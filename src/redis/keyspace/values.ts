import { parseInteger } from '../numbers/integers.ts';
import type { Hash } from '../structures/hash.ts';
import type { List } from '../structures/list.ts';
import type { MemberSet } from '../structures/member-set.ts';
import type { SortedSet } from '../structures/sorted-set.ts';

/** What a key can hold; a text is a byte string. */
export type Value = string | List | Hash | MemberSet | SortedSet;

export type TypeName = 'string' | 'list' | 'hash' | 'set' | 'zset';

/** The type as TYPE names it. */
export function typeOf(value: Value): TypeName {
  return typeof value === 'string' ? 'string' : value.type;
}

const listpackBytes = 8192;

/** The name Redis would have for the way it keeps such a value. Our own way is always the same. */
export function encodingOf(value: Value): string {
  if (typeof value === 'string') return stringEncoding(value);
  const { size } = value;
  if (value.type === 'list') return listBytes(value) > listpackBytes ? 'quicklist' : 'listpack';
  if (value.type === 'hash') return size > 512 || value.hasLongText ? 'hashtable' : 'listpack';
  if (value.type === 'set') return setEncoding(value);
  return size > 128 || value.scores.keys().some((member) => member.length > 64) ? 'skiplist' : 'listpack';
}

function setEncoding({ size, hasOnlyIntegers, hasLongText }: MemberSet): string {
  if (hasOnlyIntegers && size <= 512) return 'intset';
  return size > 128 || hasLongText ? 'hashtable' : 'listpack';
}

function stringEncoding(value: string): string {
  if (parseInteger(value) !== undefined) return 'int';
  return value.length <= 44 ? 'embstr' : 'raw';
}

function listBytes(list: List): number {
  let bytes = 0;
  for (let index = 0; index < list.size && bytes <= listpackBytes; index++)
    bytes += (list.items.at(index)?.length ?? 0) + 2;
  return bytes;
}
