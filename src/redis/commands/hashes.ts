import { notAFloatError, refuse } from '../command-error.ts';
import type { Database } from '../keyspace/database.ts';
import { readBigInteger } from '../numbers/integers.ts';
import { parseLongDouble } from '../numbers/long-doubles.ts';
import { map, ok, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { Hash } from '../structures/hash.ts';
import { argument, inPairs, oneKey, wrongArgumentCount, type CommandTable, type Handler } from './command.ts';
import { increaseFloat, increaseInteger } from './counters.ts';

function readHash({ database }: Session, args: readonly string[]): Hash | undefined {
  return database.getAs(argument(args, 0), 'hash');
}

function openHash(database: Database, key: string): Hash {
  return database.open(key, 'hash', () => new Hash());
}

/** How many fields are new. */
function setFields(args: readonly string[], { database }: Session): number {
  const key = argument(args, 0);
  const hash = openHash(database, key);
  const added = inPairs(args.slice(1)).filter(([field, value]) => hash.set(field, value)).length;
  database.changed(key);
  return added;
}

function setFieldsOf(name: string, toReply: (added: number) => Reply): Handler {
  return (args, session) => {
    if (args.length % 2 === 0) refuse(wrongArgumentCount(name));
    return toReply(setFields(args, session));
  };
}

function setFieldIfAbsent(args: readonly string[], session: Session): Reply {
  if (readHash(session, args)?.fields.has(argument(args, 1)) === true) return 0;
  setFields(args, session);
  return 1;
}

function getField(args: readonly string[], session: Session): Reply {
  return readHash(session, args)?.fields.get(argument(args, 1)) ?? null;
}

function getFields(args: readonly string[], session: Session): Reply {
  const hash = readHash(session, args);
  return args.slice(1).map((field) => hash?.fields.get(field) ?? null);
}

function hasField(args: readonly string[], session: Session): Reply {
  return readHash(session, args)?.fields.has(argument(args, 1)) === true ? 1 : 0;
}

function deleteFields(args: readonly string[], session: Session): Reply {
  const hash = readHash(session, args);
  const deleted = args.slice(1).filter((field) => hash?.fields.delete(field)).length;
  if (deleted > 0) session.database.changed(argument(args, 0));
  return deleted;
}

function getFieldLength(args: readonly string[], session: Session): Reply {
  return readHash(session, args)?.fields.get(argument(args, 1))?.length ?? 0;
}

function increaseField(args: readonly string[], session: Session): Reply {
  const increment = readBigInteger(argument(args, 2));
  const value = readHash(session, args)?.fields.get(argument(args, 1)) ?? '0';
  const sum = increaseInteger({ value, increment, message: 'ERR hash value is not an integer' });
  setFields([argument(args, 0), argument(args, 1), sum], session);
  return BigInt(sum);
}

function increaseFieldByFloat(args: readonly string[], session: Session): Reply {
  const [key, field, increment] = [argument(args, 0), argument(args, 1), argument(args, 2)];
  if ((parseLongDouble(increment) ?? refuse(notAFloatError)) === 'infinite') refuse('ERR value is NaN or Infinity');
  const value = readHash(session, args)?.fields.get(field) ?? '0';
  const sum = increaseFloat(value, increment, 'ERR hash value is not a float');
  setFields([key, field, sum], session);
  return sum;
}

const read = { flags: 'readonly', keys: oneKey };
const readFast = { flags: 'readonly fast', keys: oneKey };
const write = { flags: 'write denyoom fast', keys: oneKey };

export const hashCommands: CommandTable = {
  hset: { arity: -4, ...write, run: setFieldsOf('hset', (added) => added) },
  hmset: { arity: -4, ...write, run: setFieldsOf('hmset', () => ok) },
  hsetnx: { arity: 4, ...write, run: setFieldIfAbsent },
  hget: { arity: 3, ...readFast, run: getField },
  hmget: { arity: -3, ...readFast, run: getFields },
  hgetall: { arity: 2, ...read, run: (args, session) => map(readHash(session, args)?.fields.entries() ?? []) },
  hkeys: { arity: 2, ...read, run: (args, session) => readHash(session, args)?.fields.keys() ?? [] },
  hvals: { arity: 2, ...read, run: (args, session) => readHash(session, args)?.fields.values() ?? [] },
  hlen: { arity: 2, ...readFast, run: (args, session) => readHash(session, args)?.size ?? 0 },
  hexists: { arity: 3, ...readFast, run: hasField },
  hdel: { arity: -3, flags: 'write fast', keys: oneKey, run: deleteFields },
  hstrlen: { arity: 3, ...readFast, run: getFieldLength },
  hincrby: { arity: 4, ...write, run: increaseField },
  hincrbyfloat: { arity: 4, ...write, run: increaseFieldByFloat },
};
