import { refuse, syntaxError } from '../command-error.ts';
import { readCount } from '../numbers/integers.ts';
import { set, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { MemberSet } from '../structures/member-set.ts';
import { argument, oneKey, twoKeys, type CommandTable } from './command.ts';
import { pickDistinct } from './random-entries.ts';

function readSet({ database }: Session, args: readonly string[]): MemberSet | undefined {
  return database.getAs(argument(args, 0), 'set');
}

function addMembers(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  const members = database.open(key, 'set', () => new MemberSet());
  const added = args.slice(1).filter((member) => members.add(member)).length;
  if (added > 0) database.changed(key);
  return added;
}

function removeMembers(args: readonly string[], session: Session): Reply {
  const members = readSet(session, args)?.members;
  const removed = args.slice(1).filter((member) => members?.delete(member)).length;
  if (removed > 0) session.database.changed(argument(args, 0));
  return removed;
}

function hasMember(args: readonly string[], session: Session): Reply {
  return readSet(session, args)?.members.has(argument(args, 1)) === true ? 1 : 0;
}

function hasMembers(args: readonly string[], session: Session): Reply {
  const members = readSet(session, args)?.members;
  return args.slice(1).map((member) => (members?.has(member) === true ? 1 : 0));
}

function moveMember(args: readonly string[], session: Session): Reply {
  const { database } = session;
  const [from, to, member] = [argument(args, 0), argument(args, 1), argument(args, 2)];
  const source = database.getAs(from, 'set');
  if (source === undefined) return 0;
  database.getAs(to, 'set');
  if (from === to) return source.members.has(member) ? 1 : 0;
  if (!source.members.delete(member)) return 0;
  database.changed(from);
  if (database.open(to, 'set', () => new MemberSet()).add(member)) database.changed(to);
  return 1;
}

function popMembers(args: readonly string[], session: Session): Reply {
  const { database, instance } = session;
  if (args.length > 2) refuse(syntaxError);
  const count = args[1] === undefined ? undefined : readCount(args[1]);
  const members = readSet(session, args)?.members;
  if (members === undefined) return count === undefined ? null : set([]);
  const popped = pickDistinct(members, count ?? 1, instance.random).map(([member]) => member);
  for (const member of popped) members.delete(member);
  if (popped.length > 0) database.changed(argument(args, 0));
  return count === undefined ? (popped[0] ?? null) : set(popped);
}

export const setCommands: CommandTable = {
  sadd: { arity: -3, flags: 'write denyoom fast', keys: oneKey, run: addMembers },
  srem: { arity: -3, flags: 'write fast', keys: oneKey, run: removeMembers },
  smembers: {
    arity: 2,
    flags: 'readonly',
    keys: oneKey,
    run: (args, session) => set(readSet(session, args)?.members.keys() ?? []),
  },
  sismember: { arity: 3, flags: 'readonly fast', keys: oneKey, run: hasMember },
  smismember: { arity: -3, flags: 'readonly fast', keys: oneKey, run: hasMembers },
  scard: {
    arity: 2,
    flags: 'readonly fast',
    keys: oneKey,
    run: (args, session) => readSet(session, args)?.size ?? 0,
  },
  smove: { arity: 4, flags: 'write fast', keys: twoKeys, run: moveMember },
  spop: { arity: -2, flags: 'write fast', keys: oneKey, run: popMembers },
};
