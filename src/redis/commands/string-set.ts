import { refuse, syntaxError } from '../command-error.ts';
import type { Database } from '../keyspace/database.ts';
import { ok, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, inPairs, wrongArgumentCount, type CommandTable, oneKey } from './command.ts';
import { parseExpiryOption, readExpiry, type ExpiryOption } from './expiry-options.ts';

interface SetOptions {
  readonly condition: 'NX' | 'XX' | undefined;
  readonly expiry: ExpiryOption | 'KEEPTTL' | undefined;
  readonly wantsOld: boolean;
}

function setString(args: readonly string[], { database }: Session): Reply {
  const [key, value] = [argument(args, 0), argument(args, 1)];
  if (args.length === 2) {
    database.set(key, value);
    return ok;
  }
  const { condition, expiry, wantsOld } = parseSetOptions(args.slice(2));
  const expiresAtMs =
    expiry === undefined || expiry === 'KEEPTTL' ? undefined : readExpiry(expiry, database.time.nowMs, 'set');
  const old = wantsOld ? (database.getAs(key, 'string') ?? null) : null;
  if (condition !== undefined && database.has(key) !== (condition === 'XX')) return old;
  if (expiry === 'KEEPTTL') database.replace(key, value);
  else database.set(key, value);
  if (expiresAtMs !== undefined) database.expireAt(key, expiresAtMs);
  return wantsOld ? old : ok;
}

function parseSetOptions(args: readonly string[]): SetOptions {
  let condition: SetOptions['condition'];
  let expiry: SetOptions['expiry'];
  let wantsOld = false;
  for (let index = 0; index < args.length; index++) {
    const word = argument(args, index).toUpperCase();
    const timed = parseExpiryOption(word, args[index + 1]);
    if (word === 'GET') wantsOld = true;
    else if ((word === 'NX' || word === 'XX') && (condition === undefined || condition === word)) condition = word;
    else if (word === 'KEEPTTL' && (expiry === undefined || expiry === word)) expiry = word;
    else if (timed !== undefined && (expiry === undefined || isSameUnit(expiry, timed))) {
      expiry = timed;
      index++;
    } else refuse(syntaxError);
  }
  return { condition, expiry, wantsOld };
}

// The same option again replaces the one before.
function isSameUnit(expiry: ExpiryOption | 'KEEPTTL', { unit }: ExpiryOption): boolean {
  return expiry !== 'KEEPTTL' && expiry.unit === unit;
}

function setIfAbsent(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  if (database.has(key)) return 0;
  database.set(key, argument(args, 1));
  return 1;
}

function setWithExpiry(unit: 'EX' | 'PX', command: string) {
  return (args: readonly string[], { database }: Session): Reply => {
    const [key, amount, value] = [argument(args, 0), argument(args, 1), argument(args, 2)];
    const expiresAtMs = readExpiry({ unit, amount }, database.time.nowMs, command);
    database.set(key, value);
    database.expireAt(key, expiresAtMs);
    return ok;
  };
}

function getAndSet(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  const old = database.getAs(key, 'string') ?? null;
  database.set(key, argument(args, 1));
  return old;
}

function setMany(args: readonly string[], { database }: Session): Reply {
  if (args.length % 2 !== 0) refuse(wrongArgumentCount('mset'));
  setPairs(database, args);
  return ok;
}

function setManyIfAbsent(args: readonly string[], { database }: Session): Reply {
  if (args.length % 2 !== 0) refuse(wrongArgumentCount('msetnx'));
  if (inPairs(args).some(([key]) => database.has(key))) return 0;
  setPairs(database, args);
  return 1;
}

function setPairs(database: Database, args: readonly string[]): void {
  for (const [key, value] of inPairs(args)) database.set(key, value);
}

export const stringSetCommands: CommandTable = {
  set: { arity: -3, flags: 'write denyoom', keys: oneKey, run: setString },
  setnx: { arity: 3, flags: 'write denyoom fast', keys: oneKey, run: setIfAbsent },
  setex: { arity: 4, flags: 'write denyoom', keys: oneKey, run: setWithExpiry('EX', 'setex') },
  psetex: { arity: 4, flags: 'write denyoom', keys: oneKey, run: setWithExpiry('PX', 'psetex') },
  getset: { arity: 3, flags: 'write denyoom fast', keys: oneKey, run: getAndSet },
  mset: { arity: -3, flags: 'write denyoom', keys: [1, -1, 2], run: setMany },
  msetnx: { arity: -3, flags: 'write denyoom', keys: [1, -1, 2], run: setManyIfAbsent },
};
