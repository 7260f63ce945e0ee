import { notAFloatError, notAnIntegerError, refuse } from '../command-error.ts';
import { addIntegers, parseInteger, readBigInteger } from '../numbers/integers.ts';
import { addLongDoubles, parseLongDouble } from '../numbers/long-doubles.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, oneKey, type CommandTable } from './command.ts';

interface Addition {
  readonly value: string;
  readonly increment: bigint;
  /** The refusal when the value is no integer. */
  readonly message: string;
}

/** The sum as text; refuses what is no integer and what leaves 64 bits. */
export function increaseInteger({ value, increment, message }: Addition): string {
  if (parseInteger(value) === undefined) refuse(message);
  return (addIntegers(value, increment) ?? refuse('ERR increment or decrement would overflow')).toString();
}

/** The sum of two decimal fractions as text; the message is for a value that is none. */
export function increaseFloat(value: string, increment: string, message: string): string {
  const [left, right] = [parseLongDouble(value), parseLongDouble(increment)];
  if (left === undefined) return refuse(message);
  if (right === undefined) return refuse(notAFloatError);
  if (left === 'infinite' || right === 'infinite') return refuse('ERR increment would produce NaN or Infinity');
  return addLongDoubles(left, right);
}

function addTo(key: string, increment: bigint, { database }: Session): Reply {
  const value = database.getAs(key, 'string') ?? '0';
  const sum = increaseInteger({ value, increment, message: notAnIntegerError });
  database.replace(key, sum);
  return BigInt(sum);
}

function decreaseBy(args: readonly string[], session: Session): Reply {
  const decrement = readBigInteger(argument(args, 1));
  // It has no opposite within 64 bits.
  if (decrement === -(2n ** 63n)) refuse('ERR decrement would overflow');
  return addTo(argument(args, 0), -decrement, session);
}

function increaseByFloat(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  const sum = increaseFloat(database.getAs(key, 'string') ?? '0', argument(args, 1), notAFloatError);
  database.replace(key, sum);
  return sum;
}

const flags = 'write denyoom fast';

export const counterCommands: CommandTable = {
  incr: { arity: 2, flags, keys: oneKey, run: (args, session) => addTo(argument(args, 0), 1n, session) },
  decr: { arity: 2, flags, keys: oneKey, run: (args, session) => addTo(argument(args, 0), -1n, session) },
  incrby: {
    arity: 3,
    flags,
    keys: oneKey,
    run: (args, session) => addTo(argument(args, 0), readBigInteger(argument(args, 1)), session),
  },
  decrby: { arity: 3, flags, keys: oneKey, run: decreaseBy },
  incrbyfloat: { arity: 3, flags, keys: oneKey, run: increaseByFloat },
};
