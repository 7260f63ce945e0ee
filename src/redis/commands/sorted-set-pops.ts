import { refuse, syntaxError } from '../command-error.ts';
import { readCount } from '../numbers/integers.ts';
import { double, nullArray, pairs, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, keysBeforeTimeout, noKeys, oneKey, type CommandTable, type Handler } from './command.ts';
import { readPopCount, splitKeys } from './key-list.ts';
import { readTimeout, takeFromFirst, takeOrWait } from './waiting.ts';

type End = 'MIN' | 'MAX';
type Scored = readonly [string, Reply];

interface Pop {
  readonly key: string;
  readonly end: End;
  readonly count: number;
}

function readEnd(text: string): End {
  const end = text.toUpperCase();
  return end === 'MIN' || end === 'MAX' ? end : refuse(syntaxError);
}

function popMembers({ database }: Session, { key, end, count }: Pop): readonly Scored[] {
  const set = database.getAs(key, 'zset');
  if (set === undefined || count === 0) return [];
  const taken = Math.min(count, set.size);
  const range =
    end === 'MIN'
      ? { start: 0, end: taken, reverse: false }
      : { start: set.size - taken, end: set.size, reverse: true };
  const entries = set.range(range);
  for (const [member] of entries) set.delete(member);
  database.changed(key);
  return entries.map(([member, score]) => [member, double(score)]);
}

function pop(end: End): Handler {
  return (args, session) => {
    if (args.length > 2) refuse(syntaxError);
    const count = args[1] === undefined ? undefined : readCount(args[1]);
    const popped = popMembers(session, { key: argument(args, 0), end, count: count ?? 1 });
    return count === undefined ? popped.flat() : pairs(popped);
  };
}

function popOrWait(end: End): Handler {
  return (args, session) => {
    const timeoutMs = readTimeout(args.at(-1) ?? '');
    const attempt = (key: string): Reply => [key, ...popMembers(session, { key, end, count: 1 }).flat()];
    return takeOrWait(session, { keys: args.slice(0, -1), type: 'zset', timeoutMs, attempt, onTimeout: nullArray });
  };
}

function readManyPop(args: readonly string[], session: Session) {
  const { keys, rest } = splitKeys(args);
  const end = readEnd(rest[0] ?? '');
  const count = readPopCount(rest.slice(1));
  const attempt = (key: string): Reply => [key, popMembers(session, { key, end, count })];
  return { keys, type: 'zset' as const, attempt };
}

function popMany(args: readonly string[], session: Session): Reply {
  return takeFromFirst(session, readManyPop(args, session)) ?? nullArray;
}

function popManyOrWait(args: readonly string[], session: Session): Reply {
  const timeoutMs = readTimeout(argument(args, 0));
  return takeOrWait(session, { ...readManyPop(args.slice(1), session), timeoutMs, onTimeout: nullArray });
}

const popping = { arity: -2, flags: 'write fast', keys: oneKey };
const waiting = { arity: -3, flags: 'write blocking fast', keys: keysBeforeTimeout };

export const sortedSetPopCommands: CommandTable = {
  zpopmin: { ...popping, run: pop('MIN') },
  zpopmax: { ...popping, run: pop('MAX') },
  bzpopmin: { ...waiting, run: popOrWait('MIN') },
  bzpopmax: { ...waiting, run: popOrWait('MAX') },
  zmpop: { arity: -4, flags: 'write movablekeys', keys: noKeys, run: popMany },
  bzmpop: { arity: -5, flags: 'write blocking movablekeys', keys: noKeys, run: popManyOrWait },
};
