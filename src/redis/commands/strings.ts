import { refuse, syntaxError } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { allKeys, argument, oneKey, type CommandTable } from './command.ts';
import { parseExpiryOption, readExpiry } from './expiry-options.ts';
import { clampByteRange } from './index-range.ts';

function getString(args: readonly string[], { database }: Session): Reply {
  return database.getAs(argument(args, 0), 'string') ?? null;
}

function getMany(keys: readonly string[], { database }: Session): Reply {
  return keys.map((key) => {
    const value = database.get(key);
    return typeof value === 'string' ? value : null;
  });
}

function getAndDelete(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  const value = database.getAs(key, 'string') ?? null;
  database.delete(key);
  return value;
}

function getAndExpire(args: readonly string[], { database }: Session): Reply {
  const [key, word] = [argument(args, 0), args[1]?.toUpperCase()];
  const option = word === undefined ? undefined : parseExpiryOption(word, args[2]);
  const isKnown = option ? args.length === 3 : word === undefined || (word === 'PERSIST' && args.length === 2);
  if (!isKnown) refuse(syntaxError);
  const value = database.getAs(key, 'string');
  if (value === undefined) return null;
  if (option !== undefined) database.expireAt(key, readExpiry(option, database.time.nowMs, 'getex'));
  else if (word === 'PERSIST') database.persist(key);
  return value;
}

function getLength(args: readonly string[], { database }: Session): Reply {
  return database.getAs(argument(args, 0), 'string')?.length ?? 0;
}

function getRange(args: readonly string[], { database }: Session): Reply {
  const [first, last] = [readInteger(argument(args, 1)), readInteger(argument(args, 2))];
  const value = database.getAs(argument(args, 0), 'string') ?? '';
  const { start, end } = clampByteRange({ first, last }, value.length);
  return value.slice(start, end);
}

function appendString(args: readonly string[], { database, instance }: Session): Reply {
  const [key, addition] = [argument(args, 0), argument(args, 1)];
  const value = database.getAs(key, 'string');
  if (value === undefined) {
    database.set(key, addition);
    return addition.length;
  }
  checkSize(value.length + addition.length, instance.limits.maxStringBytes);
  database.replace(key, value + addition);
  return value.length + addition.length;
}

function setRange(args: readonly string[], { database, instance }: Session): Reply {
  const [key, offset, part] = [argument(args, 0), readInteger(argument(args, 1)), argument(args, 2)];
  if (offset < 0) refuse('ERR offset is out of range');
  const value = database.getAs(key, 'string') ?? '';
  if (part === '') return value.length;
  checkSize(offset + part.length, instance.limits.maxStringBytes);
  const padded = value.padEnd(offset, '\0');
  const changed = padded.slice(0, offset) + part + padded.slice(offset + part.length);
  database.replace(key, changed);
  return changed.length;
}

function checkSize(length: number, max: number): void {
  if (length > max) refuse('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
}

export const stringCommands: CommandTable = {
  get: { arity: 2, flags: 'readonly fast', keys: oneKey, run: getString },
  mget: { arity: -2, flags: 'readonly fast', keys: allKeys, run: getMany },
  getdel: { arity: 2, flags: 'write fast', keys: oneKey, run: getAndDelete },
  getex: { arity: -2, flags: 'write fast', keys: oneKey, run: getAndExpire },
  strlen: { arity: 2, flags: 'readonly fast', keys: oneKey, run: getLength },
  getrange: { arity: 4, flags: 'readonly', keys: oneKey, run: getRange },
  substr: { arity: 4, flags: 'readonly', keys: oneKey, run: getRange },
  append: { arity: 3, flags: 'write denyoom fast', keys: oneKey, run: appendString },
  setrange: { arity: 4, flags: 'write denyoom', keys: oneKey, run: setRange },
};
