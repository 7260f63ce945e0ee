import { refuse, syntaxError } from '../command-error.ts';
import { encodingOf, typeOf, type Value } from '../keyspace/values.ts';
import { createGlobMatcher, type GlobMatcher } from '../match-glob.ts';
import { formatDouble } from '../numbers/doubles.ts';
import { readInteger } from '../numbers/integers.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import type { ScannableMap } from '../structures/scannable-map.ts';
import { argument, noKeys, oneKey, type CommandTable } from './command.ts';

interface ScanOptions {
  count: number;
  matches: GlobMatcher;
  type: string | undefined;
  noValues: boolean;
}

const nothing: Reply = ['0', []];

function scanKeys(args: readonly string[], { database }: Session): Reply {
  const cursor = readCursor(argument(args, 0));
  const { count, matches, type } = parseScanOptions(args.slice(1), 'scan');
  const step = database.scan(cursor, count);
  const isOfType = (key: string): boolean => {
    const value = database.get(key);
    return type === undefined || (value !== undefined && typeOf(value) === type);
  };
  return [step.cursor.toString(), step.keys.filter((key) => matches(key) && isOfType(key))];
}

function scanHash(args: readonly string[], { database }: Session): Reply {
  const cursor = readCursor(argument(args, 1));
  const hash = database.getAs(argument(args, 0), 'hash');
  if (hash === undefined) return nothing;
  const options = parseScanOptions(args.slice(2), 'hscan');
  return scanEntries({ value: hash, map: hash.fields, cursor, options }, (field, value) =>
    options.noValues ? [field] : [field, value],
  );
}

function scanSet(args: readonly string[], { database }: Session): Reply {
  const cursor = readCursor(argument(args, 1));
  const set = database.getAs(argument(args, 0), 'set');
  if (set === undefined) return nothing;
  const options = parseScanOptions(args.slice(2), 'sscan');
  return scanEntries({ value: set, map: set.members, cursor, options }, (member) => [member]);
}

function scanSortedSet(args: readonly string[], { database }: Session): Reply {
  const cursor = readCursor(argument(args, 1));
  const set = database.getAs(argument(args, 0), 'zset');
  if (set === undefined) return nothing;
  const options = parseScanOptions(args.slice(2), 'zscan');
  return scanEntries({ value: set, map: set.scores, cursor, options }, (member, score) => [
    member,
    formatDouble(score),
  ]);
}

interface EntryScan<V> {
  readonly value: Value;
  readonly map: ScannableMap<V>;
  readonly cursor: number;
  readonly options: ScanOptions;
}

function scanEntries<V>(
  { value, map, cursor, options }: EntryScan<V>,
  toReplies: (key: string, value: V) => readonly Reply[],
): Reply {
  // What Redis keeps in one piece it shows in one step, however little was asked for.
  const isWhole = !['hashtable', 'skiplist'].includes(encodingOf(value));
  const step = isWhole ? { cursor: 0, entries: map.entries() } : map.scan(cursor, options.count);
  const matching = step.entries.filter(([key]) => options.matches(key));
  return [step.cursor.toString(), matching.flatMap(([key, held]) => toReplies(key, held))];
}

function readCursor(text: string): number {
  return /^\d{1,20}$/.test(text) ? Number(text) : refuse('ERR invalid cursor');
}

function parseScanOptions(args: readonly string[], command: string): ScanOptions {
  const options: ScanOptions = { count: 10, matches: () => true, type: undefined, noValues: false };
  for (let index = 0; index < args.length; index += 2) {
    const word = argument(args, index).toUpperCase();
    if (word === 'NOVALUES') {
      if (command !== 'hscan') refuse('ERR NOVALUES option can only be used in HSCAN');
      options.noValues = true;
      index--;
      continue;
    }
    const value = args[index + 1] ?? refuse(syntaxError);
    if (word === 'COUNT') options.count = readStep(value);
    else if (word === 'MATCH') options.matches = createGlobMatcher(value);
    else if (word === 'TYPE' && command === 'scan') options.type = value.toLowerCase();
    else refuse(syntaxError);
  }
  return options;
}

function readStep(text: string): number {
  const count = readInteger(text);
  return count < 1 ? refuse(syntaxError) : count;
}

export const scanCommands: CommandTable = {
  scan: { arity: -2, flags: 'readonly', keys: noKeys, run: scanKeys },
  hscan: { arity: -3, flags: 'readonly', keys: oneKey, run: scanHash },
  sscan: { arity: -3, flags: 'readonly', keys: oneKey, run: scanSet },
  zscan: { arity: -3, flags: 'readonly', keys: oneKey, run: scanSortedSet },
};
