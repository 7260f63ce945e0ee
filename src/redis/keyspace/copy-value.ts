import type { Random } from '../random.ts';
import { Hash } from '../structures/hash.ts';
import { List } from '../structures/list.ts';
import { MemberSet } from '../structures/member-set.ts';
import { SortedSet } from '../structures/sorted-set.ts';
import type { Value } from './values.ts';

/** A value of its own with the same content. */
export function copyValue(value: Value, random: Random): Value {
  if (typeof value === 'string') return value;
  if (value.type === 'list') return copyList(value);
  if (value.type === 'hash') return copyHash(value);
  if (value.type === 'set') return createMemberSet(value.members.keys());
  return createSortedSet(value.scores.entries(), random);
}

/** A set of these members. */
export function createMemberSet(members: Iterable<string>): MemberSet {
  const set = new MemberSet();
  for (const member of members) set.add(member);
  return set;
}

/** A sorted set of these members with their scores. */
export function createSortedSet(entries: Iterable<readonly [string, number]>, random: Random): SortedSet {
  const set = new SortedSet(random);
  for (const [member, score] of entries) set.set(member, score);
  return set;
}

function copyList(list: List): List {
  const copy = new List();
  copy.items.assign(list.items.slice());
  return copy;
}

function copyHash(hash: Hash): Hash {
  const copy = new Hash();
  for (const [field, value] of hash.fields.entries()) copy.set(field, value);
  return copy;
}
