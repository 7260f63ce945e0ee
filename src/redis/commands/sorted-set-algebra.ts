import { refuse, syntaxError, wrongTypeError } from '../command-error.ts';
import { createSortedSet } from '../keyspace/copy-value.ts';
import type { Database } from '../keyspace/database.ts';
import { readDouble } from '../numbers/doubles.ts';
import { readInteger } from '../numbers/integers.ts';
import { double, pairs, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, noKeys, oneKey, type CommandTable, type Handler } from './command.ts';
import { splitKeys } from './key-list.ts';
import { readLimit } from './set-algebra.ts';

type Scores = ReadonlyMap<string, number>;

/** Adds two scores that a member has in different sets. */
type Aggregate = (left: number, right: number) => number;

type Combine = (inputs: readonly Scores[], aggregate: Aggregate) => Scores;

interface Request {
  readonly inputs: readonly Scores[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
}

/** What a command takes beside its keys. */
interface Accepts {
  readonly name: string;
  readonly weights: boolean;
  readonly withScores: boolean;
}

// Infinities of both signs cancel out to zero.
const sum: Aggregate = (left, right) => zeroForNaN(left + right);
const aggregates = new Map<string, Aggregate>([
  ['SUM', sum],
  ['MIN', Math.min],
  ['MAX', Math.max],
]);

const unite: Combine = (inputs, aggregate) => {
  const scores = new Map<string, number>();
  for (const input of inputs) {
    for (const [member, score] of input) {
      const old = scores.get(member);
      scores.set(member, old === undefined ? score : aggregate(old, score));
    }
  }
  return scores;
};

const intersect: Combine = (inputs, aggregate) => {
  const [smallest, ...others] = inputs.toSorted((left, right) => left.size - right.size);
  const scores = new Map<string, number>();
  for (const [member, first] of smallest ?? []) {
    let score: number | undefined = first;
    for (const other of others) {
      const addition = other.get(member);
      score = score === undefined || addition === undefined ? undefined : aggregate(score, addition);
    }
    if (score !== undefined) scores.set(member, score);
  }
  return scores;
};

const subtract: Combine = ([first, ...others]) =>
  new Map([...(first ?? [])].filter(([member]) => !others.some((other) => other.has(member))));

function show(combine: Combine, accepts: Accepts): Handler {
  return (args, session) => {
    const { inputs, aggregate, withScores } = parseRequest(args, session, accepts);
    const sorted = createSortedSet(combine(inputs, aggregate), session.instance.random);
    const entries = sorted.range({ start: 0, end: sorted.size, reverse: false });
    if (!withScores) return entries.map(([member]) => member);
    return pairs(entries.map(([member, score]) => [member, double(score)]));
  };
}

function store(combine: Combine, accepts: Accepts): Handler {
  return (args, session) => {
    const { inputs, aggregate } = parseRequest(args.slice(1), session, accepts);
    const scores = combine(inputs, aggregate);
    const target = argument(args, 0);
    if (scores.size === 0) session.database.delete(target);
    else session.database.set(target, createSortedSet(scores, session.instance.random));
    return scores.size;
  };
}

function countIntersection(args: readonly string[], { database }: Session): Reply {
  const { keys, rest } = splitNumbered(args, 'zintercard');
  const inputs = keys.map((key) => readScores(database, key));
  return Math.min(readLimit(rest), intersect(inputs, sum).size);
}

function parseRequest(args: readonly string[], { database }: Session, accepts: Accepts): Request {
  const { keys, rest } = splitNumbered(args, accepts.name);
  const plain = keys.map((key) => readScores(database, key));
  let weights: readonly number[] | undefined;
  let aggregate = sum;
  let withScores = false;
  for (let index = 0; index < rest.length; index++) {
    const word = argument(rest, index).toUpperCase();
    if (word === 'WEIGHTS' && accepts.weights && rest.length - index > keys.length) {
      weights = rest.slice(index + 1, index + 1 + keys.length).map((weight) => readDouble(weight, weightError));
      index += keys.length;
    } else if (word === 'AGGREGATE' && accepts.weights && rest[index + 1] !== undefined) {
      aggregate = aggregates.get(argument(rest, ++index).toUpperCase()) ?? refuse(syntaxError);
    } else if (word === 'WITHSCORES' && accepts.withScores) withScores = true;
    else refuse(syntaxError);
  }
  return { inputs: plain.map((scores, index) => weigh(scores, weights?.[index])), aggregate, withScores };
}

const weightError = 'ERR weight value is not a float';

function splitNumbered(args: readonly string[], name: string) {
  if (readInteger(args[0] ?? '') < 1) refuse(`ERR at least 1 input key is needed for '${name}' command`);
  return splitKeys(args);
}

/** The scores of a sorted set, and those of a plain set, which are all 1. */
function readScores(database: Database, key: string): Scores {
  const value = database.get(key);
  if (value === undefined) return new Map();
  if (typeof value === 'string') return refuse(wrongTypeError);
  if (value.type === 'zset') return new Map(value.scores.entries());
  return value.type === 'set' ? new Map(value.members.keys().map((member) => [member, 1])) : refuse(wrongTypeError);
}

function weigh(scores: Scores, weight: number | undefined): Scores {
  if (weight === undefined) return scores;
  return new Map(Array.from(scores, ([member, score]) => [member, zeroForNaN(score * weight)]));
}

function zeroForNaN(score: number): number {
  return Number.isNaN(score) ? 0 : score;
}

const read = { flags: 'readonly movablekeys', keys: noKeys };
const write = { arity: -4, flags: 'write denyoom movablekeys', keys: oneKey };
const shown = (name: string) => ({ name, weights: name !== 'zdiff', withScores: true });
const stored = (name: string) => ({ name, weights: name !== 'zdiffstore', withScores: false });

export const sortedSetAlgebraCommands: CommandTable = {
  zunion: { arity: -3, ...read, run: show(unite, shown('zunion')) },
  zinter: { arity: -3, ...read, run: show(intersect, shown('zinter')) },
  zdiff: { arity: -3, ...read, run: show(subtract, shown('zdiff')) },
  zunionstore: { ...write, run: store(unite, stored('zunionstore')) },
  zinterstore: { ...write, run: store(intersect, stored('zinterstore')) },
  zdiffstore: { ...write, run: store(subtract, stored('zdiffstore')) },
  zintercard: { arity: -3, ...read, run: countIntersection },
};
