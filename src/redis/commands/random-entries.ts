import { refuse, syntaxError } from '../command-error.ts';
import { readSymmetricInteger } from '../numbers/integers.ts';
import { randomBelow, type Random } from '../random.ts';
import { double, pairs, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import type { ScannableMap } from '../structures/scannable-map.ts';
import { argument, oneKey, type CommandTable } from './command.ts';

type Entry<V> = readonly [string, V];

/** So many different entries of a map, all of them if there are no more. */
export function pickDistinct<V>(map: ScannableMap<V>, count: number, random: Random): readonly Entry<V>[] {
  if (count >= map.size) return map.entries();
  // Drawing until enough are different is quick only while most are still to be drawn.
  return count * 3 < map.size ? drawDistinct(map, count, random) : shuffle([...map.entries()], count, random);
}

function drawDistinct<V>(map: ScannableMap<V>, count: number, random: Random): readonly Entry<V>[] {
  const drawn = new Map<string, Entry<V>>();
  while (drawn.size < count) {
    const entry = map.randomEntry(random);
    if (entry !== undefined) drawn.set(entry[0], entry);
  }
  return [...drawn.values()];
}

function shuffle<V>(entries: Entry<V>[], count: number, random: Random): readonly Entry<V>[] {
  for (let index = 0; index < count; index++) {
    const other = index + randomBelow(entries.length - index, random);
    const [left, right] = [entries[index], entries[other]];
    if (left !== undefined && right !== undefined) [entries[index], entries[other]] = [right, left];
  }
  return entries.slice(0, count);
}

/** Different entries for a positive count, for a negative one any entries, each anew. */
function pickEntries<V>(map: ScannableMap<V>, count: number, { instance }: Session): readonly Entry<V>[] {
  if (count >= 0) return pickDistinct(map, count, instance.random);
  if (-count > instance.limits.maxRepeats) refuse('ERR value is out of range');
  return Array.from({ length: -count }, () => map.randomEntry(instance.random) ?? refuse(syntaxError));
}

function pickMembers(args: readonly string[], session: Session): Reply {
  if (args.length > 2) refuse(syntaxError);
  const count = args[1] === undefined ? undefined : readSymmetricInteger(args[1]);
  const set = session.database.getAs(argument(args, 0), 'set');
  if (count === undefined) return set?.members.randomEntry(session.instance.random)?.[0] ?? null;
  return set === undefined ? [] : pickEntries(set.members, count, session).map(([member]) => member);
}

interface Wish<V> {
  readonly map: ScannableMap<V> | undefined;
  readonly option: string;
  readonly toReply: (value: V) => Reply;
}

function pickWithValues<V>(args: readonly string[], session: Session, { map, option, toReply }: Wish<V>): Reply {
  const [, countText, word] = args;
  if (countText === undefined) return map?.randomEntry(session.instance.random)?.[0] ?? null;
  const count = readSymmetricInteger(countText);
  if (args.length > 3 || (word !== undefined && word.toUpperCase() !== option)) refuse(syntaxError);
  const entries = map === undefined ? [] : pickEntries(map, count, session);
  if (word === undefined) return entries.map(([key]) => key);
  return pairs(entries.map(([key, value]) => [key, toReply(value)]));
}

function pickFields(args: readonly string[], session: Session): Reply {
  const hash = session.database.getAs(argument(args, 0), 'hash');
  return pickWithValues(args, session, { map: hash?.fields, option: 'WITHVALUES', toReply: (value) => value });
}

function pickScored(args: readonly string[], session: Session): Reply {
  const set = session.database.getAs(argument(args, 0), 'zset');
  return pickWithValues(args, session, { map: set?.scores, option: 'WITHSCORES', toReply: double });
}

export const randomCommands: CommandTable = {
  srandmember: { arity: -2, flags: 'readonly', keys: oneKey, run: pickMembers },
  hrandfield: { arity: -2, flags: 'readonly', keys: oneKey, run: pickFields },
  zrandmember: { arity: -2, flags: 'readonly', keys: oneKey, run: pickScored },
};
