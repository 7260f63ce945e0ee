import { refuse, syntaxError } from '../command-error.ts';
import { double, nullArray, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import type { SortedSet } from '../structures/sorted-set.ts';
import { argument, oneKey, wrongArgumentCount, type CommandTable, type Handler } from './command.ts';

function readSortedSet({ database }: Session, args: readonly string[]): SortedSet | undefined {
  return database.getAs(argument(args, 0), 'zset');
}

function removeMembers(args: readonly string[], session: Session): Reply {
  const set = readSortedSet(session, args);
  const removed = args.slice(1).filter((member) => set?.delete(member)).length;
  if (removed > 0) session.database.changed(argument(args, 0));
  return removed;
}

function getScore(args: readonly string[], session: Session): Reply {
  return toScore(readSortedSet(session, args)?.scores.get(argument(args, 1)));
}

function getScores(args: readonly string[], session: Session): Reply {
  const set = readSortedSet(session, args);
  return args.slice(1).map((member) => toScore(set?.scores.get(member)));
}

function toScore(score: number | undefined): Reply {
  return score === undefined ? null : double(score);
}

function rank(direction: 'forward' | 'backward', name: string): Handler {
  return (args, session) => {
    const withScore = args[2] !== undefined;
    if (args.length > 3) refuse(wrongArgumentCount(name));
    if (withScore && args[2]?.toUpperCase() !== 'WITHSCORE') refuse(syntaxError);
    const set = readSortedSet(session, args);
    const place = set?.rankOf(argument(args, 1));
    if (set === undefined || place === undefined) return withScore ? nullArray : null;
    const reply = direction === 'forward' ? place : set.size - 1 - place;
    return withScore ? [reply, toScore(set.scores.get(argument(args, 1)))] : reply;
  };
}

const read = { flags: 'readonly fast', keys: oneKey };

export const sortedSetCommands: CommandTable = {
  zrem: { arity: -3, flags: 'write fast', keys: oneKey, run: removeMembers },
  zcard: { arity: 2, ...read, run: (args, session) => readSortedSet(session, args)?.size ?? 0 },
  zscore: { arity: 3, ...read, run: getScore },
  zmscore: { arity: -3, ...read, run: getScores },
  zrank: { arity: -3, ...read, run: rank('forward', 'zrank') },
  zrevrank: { arity: -3, ...read, run: rank('backward', 'zrevrank') },
};
