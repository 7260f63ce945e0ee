import { refuse, syntaxError } from '../command-error.ts';
import { readDouble } from '../numbers/doubles.ts';
import { double, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { SortedSet } from '../structures/sorted-set.ts';
import { argument, inPairs, oneKey, type CommandTable } from './command.ts';

type Flag = 'NX' | 'XX' | 'GT' | 'LT' | 'CH' | 'INCR';
type Flags = ReadonlySet<Flag>;

interface Addition {
  readonly member: string;
  readonly score: number;
}

function addMembers(args: readonly string[], session: Session): Reply {
  const { flags, rest } = splitFlags(args.slice(1));
  if (rest.length === 0 || rest.length % 2 !== 0) refuse(syntaxError);
  checkFlags(flags, rest.length / 2);
  const additions = inPairs(rest).map(([score, member]) => ({ score: readDouble(score), member }));
  return addAll(session, argument(args, 0), { flags, additions });
}

function increaseScore(args: readonly string[], session: Session): Reply {
  const addition = { score: readDouble(argument(args, 1)), member: argument(args, 2) };
  return addAll(session, argument(args, 0), { flags: new Set(['INCR']), additions: [addition] });
}

interface Request {
  readonly flags: Flags;
  readonly additions: readonly Addition[];
}

function addAll({ database, instance }: Session, key: string, { flags, additions }: Request): Reply {
  const existing = database.getAs(key, 'zset');
  if (existing === undefined && flags.has('XX')) return flags.has('INCR') ? null : 0;
  const set = existing ?? database.open(key, 'zset', () => new SortedSet(instance.random));
  const outcomes = additions.map((addition) => addOne(set, flags, addition));
  const added = outcomes.filter(({ outcome }) => outcome === 'added').length;
  const changed = outcomes.filter(({ outcome }) => outcome === 'changed').length;
  if (added + changed > 0) database.changed(key);
  if (!flags.has('INCR')) return flags.has('CH') ? added + changed : added;
  const result = outcomes[0];
  return result === undefined || result.outcome === 'refused' ? null : double(result.score);
}

interface Outcome {
  readonly outcome: 'added' | 'changed' | 'same' | 'refused';
  readonly score: number;
}

function addOne(set: SortedSet, flags: Flags, { member, score: given }: Addition): Outcome {
  const old = set.scores.get(member);
  if (old === undefined ? flags.has('XX') : flags.has('NX')) return { outcome: 'refused', score: given };
  const score = flags.has('INCR') ? (old ?? 0) + given : given;
  if (Number.isNaN(score)) refuse('ERR resulting score is not a number (NaN)');
  if (old === undefined) {
    set.set(member, score);
    return { outcome: 'added', score };
  }
  if ((flags.has('GT') && score <= old) || (flags.has('LT') && score >= old)) return { outcome: 'refused', score };
  if (score === old) return { outcome: 'same', score };
  set.set(member, score);
  return { outcome: 'changed', score };
}

function splitFlags(args: readonly string[]): { readonly flags: Flags; readonly rest: readonly string[] } {
  const flags = new Set<Flag>();
  let index = 0;
  for (; index < args.length; index++) {
    const word = argument(args, index).toUpperCase();
    if (!isFlag(word)) break;
    flags.add(word);
  }
  return { flags, rest: args.slice(index) };
}

function isFlag(word: string): word is Flag {
  return ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes(word);
}

function checkFlags(flags: Flags, count: number): void {
  if (flags.has('NX') && flags.has('XX')) refuse('ERR XX and NX options at the same time are not compatible');
  if (['NX', 'GT', 'LT'].filter((flag) => isFlag(flag) && flags.has(flag)).length > 1)
    refuse('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (flags.has('INCR') && count > 1) refuse('ERR INCR option supports a single increment-element pair');
}

export const sortedSetAddCommands: CommandTable = {
  zadd: { arity: -4, flags: 'write denyoom fast', keys: oneKey, run: addMembers },
  zincrby: { arity: 4, flags: 'write denyoom fast', keys: oneKey, run: increaseScore },
};
