import { refuse, syntaxError } from '../command-error.ts';
import { readCount, readSymmetricInteger } from '../numbers/integers.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, oneKey, type CommandTable } from './command.ts';

interface Search {
  rank: number;
  /** How many positions; 0 for all, undefined for the first one alone. */
  count: number | undefined;
  /** How many comparisons; 0 for as many as there are items. */
  maxLength: number;
}

const zeroRankError =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";

function findPositions(args: readonly string[], { database }: Session): Reply {
  const search = parseSearch(args.slice(2));
  const { rank, count, maxLength } = search;
  const list = database.getAs(argument(args, 0), 'list');
  const length = list?.size ?? 0;
  const positions: number[] = [];
  const wanted = count === undefined ? 1 : count === 0 ? length : count;
  let toSkip = Math.abs(rank) - 1;
  const compared = maxLength === 0 ? length : Math.min(length, maxLength);
  for (let step = 0; step < compared && positions.length < wanted; step++) {
    const index = rank > 0 ? step : length - 1 - step;
    if (list?.items.at(index) === argument(args, 1) && toSkip-- <= 0) positions.push(index);
  }
  return count === undefined ? (positions[0] ?? null) : positions;
}

function parseSearch(args: readonly string[]): Search {
  const search: Search = { rank: 1, count: undefined, maxLength: 0 };
  for (let index = 0; index < args.length; index += 2) {
    const word = argument(args, index).toUpperCase();
    const value = args[index + 1] ?? refuse(syntaxError);
    if (word === 'RANK') search.rank = readRank(value);
    else if (word === 'COUNT') search.count = readCount(value, "ERR COUNT can't be negative");
    else if (word === 'MAXLEN') search.maxLength = readCount(value, "ERR MAXLEN can't be negative");
    else refuse(syntaxError);
  }
  return search;
}

function readRank(text: string): number {
  const rank = readSymmetricInteger(text);
  return rank === 0 ? refuse(zeroRankError) : rank;
}

export const listPositionCommands: CommandTable = {
  lpos: { arity: -3, flags: 'readonly', keys: oneKey, run: findPositions },
};
