import { refuse } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, oneKey, type CommandTable, type Handler } from './command.ts';
import { toTimestamp, type ExpiryUnit } from './expiry-options.ts';

type Condition = 'NX' | 'XX' | 'GT' | 'LT';

/** A handler that lets a key expire, under the name by which its errors call it. */
function expire(unit: ExpiryUnit, command: string): Handler {
  return (args, { database }) => {
    const key = argument(args, 0);
    const conditions = parseConditions(args.slice(2));
    const count = readInteger(argument(args, 1));
    const atMs = toTimestamp({ unit, count }, database.time.nowMs, command);
    if (!database.has(key) || !allows(conditions, database.expiryOf(key), atMs)) return 0;
    database.expireAt(key, atMs);
    return 1;
  };
}

function parseConditions(words: readonly string[]): ReadonlySet<Condition> {
  const conditions = new Set<Condition>();
  for (const word of words) {
    const upper = word.toUpperCase();
    if (upper === 'NX' || upper === 'XX' || upper === 'GT' || upper === 'LT') conditions.add(upper);
    else refuse(`ERR Unsupported option ${word}`);
  }
  if (conditions.has('NX') && conditions.size > 1)
    refuse('ERR NX and XX, GT or LT options at the same time are not compatible');
  if (conditions.has('GT') && conditions.has('LT')) refuse('ERR GT and LT options at the same time are not compatible');
  return conditions;
}

// A key without expiry counts as one that expires at the end of time.
function allows(conditions: ReadonlySet<Condition>, current: number | undefined, atMs: number): boolean {
  if (conditions.has('NX') && current !== undefined) return false;
  if (conditions.has('XX') && current === undefined) return false;
  if (conditions.has('GT') && (current === undefined || atMs <= current)) return false;
  return !(conditions.has('LT') && current !== undefined && atMs >= current);
}

/** A handler that shows a key's expiry; negative for no key and for a key that stays. */
function showExpiry(toNumber: (atMs: number, nowMs: number) => number): Handler {
  return (args, { database }) => {
    const key = argument(args, 0);
    if (!database.has(key)) return -2;
    const atMs = database.expiryOf(key);
    return atMs === undefined ? -1 : toNumber(atMs, database.time.nowMs);
  };
}

function persistKey(args: readonly string[], { database }: Session): Reply {
  const key = argument(args, 0);
  return database.has(key) && database.persist(key) ? 1 : 0;
}

const toSeconds = (milliseconds: number): number => Math.floor((milliseconds + 500) / 1000);
const write = { flags: 'write fast', keys: oneKey };
const read = { flags: 'readonly fast', keys: oneKey };

export const expiryCommands: CommandTable = {
  expire: { arity: -3, ...write, run: expire('EX', 'expire') },
  pexpire: { arity: -3, ...write, run: expire('PX', 'pexpire') },
  expireat: { arity: -3, ...write, run: expire('EXAT', 'expireat') },
  pexpireat: { arity: -3, ...write, run: expire('PXAT', 'pexpireat') },
  persist: { arity: 2, ...write, run: persistKey },
  ttl: { arity: 2, ...read, run: showExpiry((atMs, nowMs) => toSeconds(atMs - nowMs)) },
  pttl: { arity: 2, ...read, run: showExpiry((atMs, nowMs) => atMs - nowMs) },
  expiretime: { arity: 2, ...read, run: showExpiry((atMs) => toSeconds(atMs)) },
  pexpiretime: { arity: 2, ...read, run: showExpiry((atMs) => atMs) },
};
