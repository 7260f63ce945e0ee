import { indexError, noSuchKeyError, refuse, syntaxError } from '../command-error.ts';
import { readCount, readInteger, readSymmetricInteger } from '../numbers/integers.ts';
import { nullArray, ok, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { List } from '../structures/list.ts';
import { argument, oneKey, wrongArgumentCount, type CommandTable, type Handler } from './command.ts';
import { clampRange } from './index-range.ts';
import { popItems, pushItem, type Side } from './list-ends.ts';

function readList({ database }: Session, args: readonly string[]): List | undefined {
  return database.getAs(argument(args, 0), 'list');
}

function pushTo(side: Side): Handler {
  return (args, { database }) => {
    const key = argument(args, 0);
    const list = database.open(key, 'list', () => new List());
    for (const item of args.slice(1)) pushItem(list, side, item);
    database.changed(key);
    return list.size;
  };
}

function pushToExisting(side: Side): Handler {
  const pushAll = pushTo(side);
  return (args, session) => (readList(session, args) === undefined ? 0 : pushAll(args, session));
}

function popFrom(side: Side, name: string): Handler {
  return (args, session) => {
    if (args.length > 2) refuse(wrongArgumentCount(name));
    const count = args[1] === undefined ? undefined : readCount(args[1]);
    const list = readList(session, args);
    if (list === undefined) return count === undefined ? null : nullArray;
    const items = popItems({ database: session.database, key: argument(args, 0), list, side, count: count ?? 1 });
    return count === undefined ? (items[0] ?? null) : items;
  };
}

function getItem(args: readonly string[], session: Session): Reply {
  const list = readList(session, args);
  if (list === undefined) return null;
  const index = readInteger(argument(args, 1));
  return list.items.at(index < 0 ? index + list.size : index) ?? null;
}

function setItem(args: readonly string[], session: Session): Reply {
  const list = readList(session, args) ?? refuse(noSuchKeyError);
  const given = readInteger(argument(args, 1));
  const index = given < 0 ? given + list.size : given;
  if (index < 0 || index >= list.size) refuse(indexError);
  list.items.replace(index, argument(args, 2));
  session.database.changed(argument(args, 0));
  return ok;
}

function getItems(args: readonly string[], session: Session): Reply {
  const range = { first: readInteger(argument(args, 1)), last: readInteger(argument(args, 2)) };
  const list = readList(session, args);
  if (list === undefined) return [];
  const { start, end } = clampRange(range, list.size);
  return list.items.slice(start, end);
}

function trimList(args: readonly string[], session: Session): Reply {
  const range = { first: readInteger(argument(args, 1)), last: readInteger(argument(args, 2)) };
  const list = readList(session, args);
  if (list === undefined) return ok;
  const { start, end } = clampRange(range, list.size);
  for (let surplus = list.size - end; surplus > 0; surplus--) list.items.popRight();
  for (let surplus = start; surplus > 0; surplus--) list.items.popLeft();
  session.database.changed(argument(args, 0));
  return ok;
}

function removeItems(args: readonly string[], session: Session): Reply {
  const [count, unwanted] = [readSymmetricInteger(argument(args, 1)), argument(args, 2)];
  const list = readList(session, args);
  if (list === undefined) return 0;
  const max = count === 0 ? list.size : Math.abs(count);
  let removed = 0;
  const items = count < 0 ? list.items.slice().toReversed() : list.items.slice();
  const kept = items.filter((item) => item !== unwanted || removed++ >= max);
  if (kept.length === items.length) return 0;
  list.items.assign(count < 0 ? kept.toReversed() : kept);
  session.database.changed(argument(args, 0));
  return items.length - kept.length;
}

function insertItem(args: readonly string[], session: Session): Reply {
  const [where, pivot, item] = [argument(args, 1).toUpperCase(), argument(args, 2), argument(args, 3)];
  if (where !== 'BEFORE' && where !== 'AFTER') refuse(syntaxError);
  const list = readList(session, args);
  if (list === undefined) return 0;
  const items = list.items.slice();
  const index = items.indexOf(pivot);
  if (index < 0) return -1;
  list.items.assign(items.toSpliced(where === 'AFTER' ? index + 1 : index, 0, item));
  session.database.changed(argument(args, 0));
  return list.size;
}

const write = { flags: 'write denyoom fast', keys: oneKey };

export const listCommands: CommandTable = {
  lpush: { arity: -3, ...write, run: pushTo('LEFT') },
  rpush: { arity: -3, ...write, run: pushTo('RIGHT') },
  lpushx: { arity: -3, ...write, run: pushToExisting('LEFT') },
  rpushx: { arity: -3, ...write, run: pushToExisting('RIGHT') },
  lpop: { arity: -2, flags: 'write fast', keys: oneKey, run: popFrom('LEFT', 'lpop') },
  rpop: { arity: -2, flags: 'write fast', keys: oneKey, run: popFrom('RIGHT', 'rpop') },
  llen: {
    arity: 2,
    flags: 'readonly fast',
    keys: oneKey,
    run: (args, session) => readList(session, args)?.size ?? 0,
  },
  lindex: { arity: 3, flags: 'readonly', keys: oneKey, run: getItem },
  lset: { arity: 4, flags: 'write denyoom', keys: oneKey, run: setItem },
  lrange: { arity: 4, flags: 'readonly', keys: oneKey, run: getItems },
  ltrim: { arity: 4, flags: 'write', keys: oneKey, run: trimList },
  lrem: { arity: 4, flags: 'write', keys: oneKey, run: removeItems },
  linsert: { arity: 5, flags: 'write denyoom', keys: oneKey, run: insertItem },
};
