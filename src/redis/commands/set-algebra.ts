import { refuse, syntaxError } from '../command-error.ts';
import { createMemberSet } from '../keyspace/copy-value.ts';
import { readCount } from '../numbers/integers.ts';
import { set, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import type { MemberSet } from '../structures/member-set.ts';
import { allKeys, argument, noKeys, type CommandTable, type Handler } from './command.ts';
import { splitKeys } from './key-list.ts';

/** Combines the sets of some keys; an absent key is an empty set. */
type Combine = (sets: readonly (MemberSet | undefined)[]) => readonly string[];

const intersect: Combine = (sets) => intersectUpTo(sets, Number.POSITIVE_INFINITY);

const unite: Combine = (sets) => [...new Set(sets.flatMap((each) => each?.members.keys() ?? []))];

const subtract: Combine = ([first, ...others]) =>
  (first?.members.keys() ?? []).filter((member) => !others.some((other) => other?.members.has(member)));

function intersectUpTo(sets: readonly (MemberSet | undefined)[], limit: number): readonly string[] {
  // Whoever is in all of them is in the smallest.
  const [smallest, ...others] = sets.toSorted((left, right) => (left?.size ?? 0) - (right?.size ?? 0));
  const found: string[] = [];
  for (const member of smallest?.members.keys() ?? []) {
    if (found.length >= limit) break;
    if (others.every((other) => other?.members.has(member))) found.push(member);
  }
  return found;
}

function readSets(keys: readonly string[], { database }: Session): readonly (MemberSet | undefined)[] {
  return keys.map((key) => database.getAs(key, 'set'));
}

function show(combine: Combine): Handler {
  return (keys, session) => set(combine(readSets(keys, session)));
}

function store(combine: Combine): Handler {
  return (args, session) => {
    const [target, ...keys] = [argument(args, 0), ...args.slice(1)];
    const members = combine(readSets(keys, session));
    if (members.length === 0) session.database.delete(target);
    else session.database.set(target, createMemberSet(members));
    return members.length;
  };
}

function countIntersection(args: readonly string[], session: Session): Reply {
  const { keys, rest } = splitKeys(args, "ERR Number of keys can't be greater than number of args");
  const limit = readLimit(rest);
  return intersectUpTo(readSets(keys, session), limit).length;
}

/** Reads `LIMIT n`, of which 0 means none; nothing means none as well. */
export function readLimit(rest: readonly string[]): number {
  let limit = 0;
  for (let index = 0; index < rest.length; index += 2) {
    const value = rest[index + 1];
    if (rest[index]?.toUpperCase() !== 'LIMIT' || value === undefined) return refuse(syntaxError);
    limit = readCount(value, "ERR LIMIT can't be negative");
  }
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}

const read = { arity: -2, flags: 'readonly', keys: allKeys };
const write = { arity: -3, flags: 'write denyoom', keys: allKeys };

export const setAlgebraCommands: CommandTable = {
  sinter: { ...read, run: show(intersect) },
  sunion: { ...read, run: show(unite) },
  sdiff: { ...read, run: show(subtract) },
  sinterstore: { ...write, run: store(intersect) },
  sunionstore: { ...write, run: store(unite) },
  sdiffstore: { ...write, run: store(subtract) },
  sintercard: { arity: -3, flags: 'readonly movablekeys', keys: noKeys, run: countIntersection },
};
