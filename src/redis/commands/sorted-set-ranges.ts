import { refuse, syntaxError } from '../command-error.ts';
import { createSortedSet } from '../keyspace/copy-value.ts';
import { readInteger } from '../numbers/integers.ts';
import { double, pairs, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import type { SortedSet } from '../structures/sorted-set.ts';
import { argument, oneKey, twoKeys, type CommandTable, type Handler } from './command.ts';
import { readBounds, type Bounds, type RangeBy } from './sorted-set-bounds.ts';

interface RangeOptions {
  by: RangeBy | undefined;
  reverse: boolean;
  withScores: boolean;
  limit: { readonly offset: number; readonly count: number } | undefined;
}

interface RangeRequest extends RangeOptions {
  readonly bounds: Bounds;
}

/** What the name of a command already says; ZRANGE says it by options. */
interface Preset {
  readonly by?: RangeBy;
  readonly reverse?: boolean;
  readonly isStore?: boolean;
}

const limitError = 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX';
const withScoresError = 'ERR syntax error, WITHSCORES not supported in combination with BYLEX';

function parseRange(args: readonly string[], preset: Preset): RangeRequest {
  const options = parseOptions(args.slice(2), preset);
  const by = options.by ?? 'rank';
  if (options.limit !== undefined && by === 'rank') refuse(limitError);
  if (options.withScores && by === 'lex') refuse(withScoresError);
  const [first, second] = [argument(args, 0), argument(args, 1)];
  // Ranks count from the end when reversed; scores and texts are given with the greater one first.
  const isSwapped = options.reverse && by !== 'rank';
  const bounds = readBounds(by, isSwapped ? second : first, isSwapped ? first : second);
  return { ...options, bounds: options.reverse && by === 'rank' ? fromEnd(bounds) : bounds };
}

function fromEnd(bounds: Bounds): Bounds {
  return (set) => {
    const { start, end } = bounds(set);
    return { start: set.size - end, end: set.size - start };
  };
}

function parseOptions(args: readonly string[], preset: Preset): RangeOptions {
  const options: RangeOptions = {
    by: preset.by,
    reverse: preset.reverse ?? false,
    withScores: false,
    limit: undefined,
  };
  for (let index = 0; index < args.length; index++) {
    const word = argument(args, index).toUpperCase();
    if (word === 'WITHSCORES' && preset.isStore !== true) options.withScores = true;
    else if (word === 'LIMIT' && index + 2 < args.length) {
      options.limit = readRangeLimit(argument(args, index + 1), argument(args, index + 2));
      index += 2;
    } else if (preset.by !== undefined || !applyDirection(options, word)) refuse(syntaxError);
  }
  return options;
}

/** Takes a word that says what the range is by or that it is reversed, each at most once. */
function applyDirection(options: RangeOptions, word: string): boolean {
  if (word === 'REV' && !options.reverse) options.reverse = true;
  else if (word === 'BYSCORE' && options.by === undefined) options.by = 'score';
  else if (word === 'BYLEX' && options.by === undefined) options.by = 'lex';
  else return false;
  return true;
}

function readRangeLimit(offset: string, count: string): { readonly offset: number; readonly count: number } {
  return { offset: readInteger(offset), count: readInteger(count) };
}

function selectRange(set: SortedSet, { bounds, limit, reverse }: RangeRequest): readonly (readonly [string, number])[] {
  const { start, end } = bounds(set);
  if (limit === undefined) return set.range({ start, end, reverse });
  if (limit.offset < 0) return [];
  const count = limit.count < 0 ? Number.POSITIVE_INFINITY : limit.count;
  if (reverse) {
    const last = end - limit.offset;
    return set.range({ start: Math.max(start, last - count), end: last, reverse });
  }
  const first = start + limit.offset;
  return set.range({ start: first, end: Math.min(end, first + count), reverse });
}

function showRange(preset: Preset): Handler {
  return (args, { database }) => {
    const request = parseRange(args.slice(1), preset);
    const set = database.getAs(argument(args, 0), 'zset');
    const entries = set === undefined ? [] : selectRange(set, request);
    if (!request.withScores) return entries.map(([member]) => member);
    return pairs(entries.map(([member, score]) => [member, double(score)]));
  };
}

function storeRange(args: readonly string[], { database, instance }: Session): Reply {
  const target = argument(args, 0);
  const request = parseRange(args.slice(2), { isStore: true });
  const set = database.getAs(argument(args, 1), 'zset');
  const entries = set === undefined ? [] : selectRange(set, request);
  if (entries.length === 0) database.delete(target);
  else database.set(target, createSortedSet(entries, instance.random));
  return entries.length;
}

function countRange(by: RangeBy): Handler {
  return (args, { database }) => {
    const bounds = readBounds(by, argument(args, 1), argument(args, 2));
    const set = database.getAs(argument(args, 0), 'zset');
    if (set === undefined) return 0;
    const { start, end } = bounds(set);
    return Math.max(0, end - start);
  };
}

function removeRange(by: RangeBy): Handler {
  return (args, { database }) => {
    const bounds = readBounds(by, argument(args, 1), argument(args, 2));
    const set = database.getAs(argument(args, 0), 'zset');
    const entries = set === undefined ? [] : set.range({ ...bounds(set), reverse: false });
    for (const [member] of entries) set?.delete(member);
    if (entries.length > 0) database.changed(argument(args, 0));
    return entries.length;
  };
}

const read = { arity: -4, flags: 'readonly', keys: oneKey };
const remove = { arity: 4, flags: 'write', keys: oneKey };
const count = { arity: 4, flags: 'readonly fast', keys: oneKey };

export const sortedSetRangeCommands: CommandTable = {
  zrange: { ...read, run: showRange({}) },
  zrevrange: { ...read, run: showRange({ by: 'rank', reverse: true }) },
  zrangebyscore: { ...read, run: showRange({ by: 'score', reverse: false }) },
  zrevrangebyscore: { ...read, run: showRange({ by: 'score', reverse: true }) },
  zrangebylex: { ...read, run: showRange({ by: 'lex', reverse: false }) },
  zrevrangebylex: { ...read, run: showRange({ by: 'lex', reverse: true }) },
  zrangestore: { arity: -5, flags: 'write denyoom', keys: twoKeys, run: storeRange },
  zcount: { ...count, run: countRange('score') },
  zlexcount: { ...count, run: countRange('lex') },
  zremrangebyrank: { ...remove, run: removeRange('rank') },
  zremrangebyscore: { ...remove, run: removeRange('score') },
  zremrangebylex: { ...remove, run: removeRange('lex') },
};
