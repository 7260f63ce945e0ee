import { nullArray, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { List } from '../structures/list.ts';
import { argument, keysBeforeTimeout, noKeys, twoKeys, type CommandTable, type Handler } from './command.ts';
import { readPopCount, splitKeys } from './key-list.ts';
import { popItems, pushItem, readSide, type Side } from './list-ends.ts';
import { readTimeout, takeFromFirst, takeOrWait } from './waiting.ts';

interface Move {
  readonly from: string;
  readonly to: string;
  readonly fromSide: Side;
  readonly toSide: Side;
}

function moveItem({ database }: Session, { from, to, fromSide, toSide }: Move): Reply {
  const source = database.getAs(from, 'list');
  if (source === undefined) return null;
  database.getAs(to, 'list');
  const [item = ''] = popItems({ database, key: from, list: source, side: fromSide, count: 1 });
  pushItem(
    database.open(to, 'list', () => new List()),
    toSide,
    item,
  );
  database.changed(to);
  return item;
}

function moveOrWait(session: Session, move: Move, timeoutMs: number): Reply {
  const attempt = (): Reply => moveItem(session, move);
  // Within EXEC its null is the one of a text, when it has waited in vain that of an array.
  if (session.isInExec) return attempt();
  return takeOrWait(session, { keys: [move.from], type: 'list', timeoutMs, attempt, onTimeout: nullArray });
}

function readMove(args: readonly string[]): Move {
  const [from, to] = [argument(args, 0), argument(args, 1)];
  return { from, to, fromSide: readSide(argument(args, 2)), toSide: readSide(argument(args, 3)) };
}

function rightToLeft(args: readonly string[]): Move {
  return { from: argument(args, 0), to: argument(args, 1), fromSide: 'RIGHT', toSide: 'LEFT' };
}

function popOrWait(side: Side): Handler {
  return (args, session) => {
    const { database } = session;
    const timeoutMs = readTimeout(args.at(-1) ?? '');
    const attempt = (key: string): Reply | undefined => {
      const list = database.getAs(key, 'list');
      return list && [key, ...popItems({ database, key, list, side, count: 1 })];
    };
    return takeOrWait(session, { keys: args.slice(0, -1), type: 'list', timeoutMs, attempt, onTimeout: nullArray });
  };
}

function readManyPop(args: readonly string[], { database }: Session) {
  const { keys, rest } = splitKeys(args);
  const side = readSide(rest[0] ?? '');
  const count = readPopCount(rest.slice(1));
  const attempt = (key: string): Reply | undefined => {
    const list = database.getAs(key, 'list');
    return list && [key, popItems({ database, key, list, side, count })];
  };
  return { keys, type: 'list' as const, attempt };
}

function popMany(args: readonly string[], session: Session): Reply {
  return takeFromFirst(session, readManyPop(args, session)) ?? nullArray;
}

function popManyOrWait(args: readonly string[], session: Session): Reply {
  const timeoutMs = readTimeout(argument(args, 0));
  return takeOrWait(session, { ...readManyPop(args.slice(1), session), timeoutMs, onTimeout: nullArray });
}

const move = { flags: 'write denyoom', keys: twoKeys };
const blockingMove = { flags: 'write denyoom blocking', keys: twoKeys };
const blockingPop = { flags: 'write blocking', keys: keysBeforeTimeout };

export const listMoveCommands: CommandTable = {
  lmove: { arity: 5, ...move, run: (args, session) => moveItem(session, readMove(args)) },
  rpoplpush: { arity: 3, ...move, run: (args, session) => moveItem(session, rightToLeft(args)) },
  blmove: {
    arity: 6,
    ...blockingMove,
    run: (args, session) => moveOrWait(session, readMove(args), readTimeout(argument(args, 4))),
  },
  brpoplpush: {
    arity: 4,
    ...blockingMove,
    run: (args, session) => moveOrWait(session, rightToLeft(args), readTimeout(argument(args, 2))),
  },
  blpop: { arity: -3, ...blockingPop, run: popOrWait('LEFT') },
  brpop: { arity: -3, ...blockingPop, run: popOrWait('RIGHT') },
  lmpop: { arity: -4, flags: 'write movablekeys', keys: noKeys, run: popMany },
  blmpop: { arity: -5, flags: 'write blocking movablekeys', keys: noKeys, run: popManyOrWait },
};
