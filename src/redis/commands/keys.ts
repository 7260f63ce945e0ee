import { noSuchKeyError, refuse, syntaxError } from '../command-error.ts';
import { copyValue } from '../keyspace/copy-value.ts';
import type { Database } from '../keyspace/database.ts';
import { encodingOf, typeOf } from '../keyspace/values.ts';
import { createGlobMatcher } from '../match-glob.ts';
import { readInteger } from '../numbers/integers.ts';
import { ok, status, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { allKeys, argument, noKeys, oneKey, twoKeys, type CommandTable } from './command.ts';

const sameObjectError = 'ERR source and destination objects are the same';

function deleteKeys(keys: readonly string[], { database }: Session): Reply {
  return keys.filter((key) => database.has(key) && database.delete(key)).length;
}

function countExisting(keys: readonly string[], { database }: Session): Reply {
  return keys.filter((key) => database.has(key)).length;
}

function showType(args: readonly string[], { database }: Session): Reply {
  const value = database.get(argument(args, 0));
  return status(value === undefined ? 'none' : typeOf(value));
}

function findKeys(args: readonly string[], { database }: Session): Reply {
  return database.keys().filter(createGlobMatcher(argument(args, 0)));
}

function pickKey(_args: readonly string[], { database, instance }: Session): Reply {
  return database.randomKey(instance.random) ?? null;
}

function renameKey(args: readonly string[], { database }: Session): Reply {
  moveKey(database, argument(args, 0), argument(args, 1));
  return ok;
}

function renameKeyIfAbsent(args: readonly string[], { database }: Session): Reply {
  const [from, to] = [argument(args, 0), argument(args, 1)];
  if (!database.has(from)) refuse(noSuchKeyError);
  if (database.has(to)) return 0;
  moveKey(database, from, to);
  return 1;
}

function moveKey(database: Database, from: string, to: string): void {
  const value = database.get(from) ?? refuse(noSuchKeyError);
  if (from === to) return;
  const expiresAtMs = database.expiryOf(from);
  database.delete(from);
  database.delete(to);
  database.set(to, value);
  if (expiresAtMs !== undefined) database.expireAt(to, expiresAtMs);
}

function copyKey(args: readonly string[], session: Session): Reply {
  const [from, to] = [argument(args, 0), argument(args, 1)];
  const { target, replace } = parseCopyOptions(args.slice(2), session);
  if (target === session.database && from === to) refuse(sameObjectError);
  const value = session.database.get(from);
  if (value === undefined || (!replace && target.has(to))) return 0;
  const expiresAtMs = session.database.expiryOf(from);
  target.delete(to);
  target.set(to, copyValue(value, session.instance.random));
  if (expiresAtMs !== undefined) target.expireAt(to, expiresAtMs);
  return 1;
}

function parseCopyOptions(args: readonly string[], session: Session): { target: Database; replace: boolean } {
  let target = session.database;
  let replace = false;
  for (let index = 0; index < args.length; index++) {
    const word = argument(args, index).toUpperCase();
    if (word === 'REPLACE') replace = true;
    else if (word === 'DB' && index + 1 < args.length) target = readDatabase(argument(args, ++index), session);
    else refuse(syntaxError);
  }
  return { target, replace };
}

function moveToDatabase(args: readonly string[], session: Session): Reply {
  const key = argument(args, 0);
  const target = readDatabase(argument(args, 1), session);
  if (target === session.database) refuse(sameObjectError);
  const value = session.database.get(key);
  if (value === undefined || target.has(key)) return 0;
  const expiresAtMs = session.database.expiryOf(key);
  session.database.delete(key);
  target.set(key, value);
  if (expiresAtMs !== undefined) target.expireAt(key, expiresAtMs);
  return 1;
}

function readDatabase(text: string, { instance }: Session): Database {
  return instance.databases[readInteger(text)] ?? refuse('ERR DB index is out of range');
}

function selectDatabase(args: readonly string[], session: Session): Reply {
  session.database = readDatabase(argument(args, 0), session);
  return ok;
}

function flushDatabase(args: readonly string[], { database }: Session): Reply {
  checkFlushOption(args);
  database.flush();
  return ok;
}

function flushAll(args: readonly string[], { instance }: Session): Reply {
  checkFlushOption(args);
  for (const database of instance.databases) database.flush();
  return ok;
}

function checkFlushOption(args: readonly string[]): void {
  if (args.length > 1 || !['ASYNC', 'SYNC', undefined].includes(args[0]?.toUpperCase())) refuse(syntaxError);
}

function showEncoding(args: readonly string[], { database }: Session): Reply {
  const value = database.get(argument(args, 0));
  return value === undefined ? null : encodingOf(value);
}

function whereKeyExists(reply: number) {
  return (args: readonly string[], { database }: Session): Reply => (database.has(argument(args, 0)) ? reply : null);
}

function showFrequency(args: readonly string[], { database }: Session): Reply {
  if (!database.has(argument(args, 0))) return null;
  return refuse(
    'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  );
}

export const keyCommands: CommandTable = {
  del: { arity: -2, flags: 'write', keys: allKeys, run: deleteKeys },
  unlink: { arity: -2, flags: 'write fast', keys: allKeys, run: deleteKeys },
  exists: { arity: -2, flags: 'readonly fast', keys: allKeys, run: countExisting },
  touch: { arity: -2, flags: 'readonly fast', keys: allKeys, run: countExisting },
  type: { arity: 2, flags: 'readonly fast', keys: oneKey, run: showType },
  keys: { arity: 2, flags: 'readonly', keys: noKeys, run: findKeys },
  randomkey: { arity: 1, flags: 'readonly', keys: noKeys, run: pickKey },
  rename: { arity: 3, flags: 'write', keys: twoKeys, run: renameKey },
  renamenx: { arity: 3, flags: 'write fast', keys: twoKeys, run: renameKeyIfAbsent },
  copy: { arity: -3, flags: 'write denyoom', keys: twoKeys, run: copyKey },
  move: { arity: 3, flags: 'write fast', keys: oneKey, run: moveToDatabase },
  select: { arity: 2, flags: 'loading stale fast', keys: noKeys, run: selectDatabase },
  dbsize: { arity: 1, flags: 'readonly fast', keys: noKeys, run: (_args, { database }) => database.size },
  flushdb: { arity: -1, flags: 'write', keys: noKeys, run: flushDatabase },
  flushall: { arity: -1, flags: 'write', keys: noKeys, run: flushAll },
  object: {
    arity: -2,
    flags: '',
    keys: noKeys,
    subcommands: {
      encoding: { arity: 3, flags: 'readonly', keys: [2, 2, 1], run: showEncoding },
      refcount: { arity: 3, flags: 'readonly', keys: [2, 2, 1], run: whereKeyExists(1) },
      idletime: { arity: 3, flags: 'readonly', keys: [2, 2, 1], run: whereKeyExists(0) },
      freq: { arity: 3, flags: 'readonly', keys: [2, 2, 1], run: showFrequency },
    },
  },
};
