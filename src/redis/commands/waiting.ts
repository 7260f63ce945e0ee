import { refuse } from '../command-error.ts';
import type { TypeName } from '../keyspace/values.ts';
import { parseDouble } from '../numbers/doubles.ts';
import { noReply, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';

interface Wait {
  readonly keys: readonly string[];
  readonly type: TypeName;
  readonly timeoutMs: number;
  /** Takes from a key that has a value of the type; undefined when that must wait all the same. */
  readonly attempt: (key: string) => Reply | undefined;
  readonly onTimeout: Reply;
}

/** Takes from the first key that has something; if none has, lets the client wait, except within a transaction. */
export function takeOrWait(session: Session, { timeoutMs, ...call }: Wait): Reply {
  const { database } = session;
  const reply = takeFromFirst(session, call);
  if (reply !== undefined) return reply;
  if (session.isInExec) return call.onTimeout;
  session.instance.blocking.block(session, { ...call, database }, timeoutMs);
  return noReply;
}

/** Takes from the first key that has something. */
export function takeFromFirst(
  { database }: Session,
  { keys, type, attempt }: Pick<Wait, 'keys' | 'type' | 'attempt'>,
): Reply | undefined {
  const key = keys.find((candidate) => database.getAs(candidate, type) !== undefined);
  return key === undefined ? undefined : attempt(key);
}

/** Reads a timeout in seconds; 0 is for ever. */
export function readTimeout(text: string): number {
  const seconds = parseDouble(text) ?? refuse('ERR timeout is not a float or out of range');
  if (seconds * 1000 > 2 ** 63) refuse('ERR timeout is out of range');
  return seconds < 0 ? refuse('ERR timeout is negative') : Math.ceil(seconds * 1000);
}
