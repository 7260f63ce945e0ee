import type { Clock } from './clock.ts';
import { CommandError } from './command-error.ts';
import type { Database } from './keyspace/database.ts';
import { typeOf, type TypeName } from './keyspace/values.ts';
import { errorReply, type Reply } from './resp/reply.ts';
import type { Session } from './session.ts';

/** A command that waits for one of its keys. */
export interface BlockedCall {
  readonly database: Database;
  readonly keys: readonly string[];
  readonly type: TypeName;
  /** Tries again, now that the key has a value of the type. */
  readonly attempt: (key: string) => Reply | undefined;
  readonly onTimeout: Reply;
}

interface Waiting {
  readonly database: Database;
  readonly key: string;
  /** The longest waiting first. */
  readonly sessions: Set<Session>;
}

/** The clients that wait, and the keys that have changed meanwhile. */
export class Blocking {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #timers = new Map<Session, () => void>();
  readonly #ready = new Set<Waiting>();
  readonly #blocked = new Set<Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#blocked.size;
  }

  /** Lets a client wait; without a time for ever. */
  block(session: Session, call: BlockedCall, timeoutMs: number): void {
    session.blocked = call;
    this.#blocked.add(session);
    for (const key of call.keys) this.#join(session, call.database, key);
    if (timeoutMs > 0)
      this.#timers.set(
        session,
        this.#clock.after(timeoutMs, () => this.release(session, call.onTimeout)),
      );
  }

  /** Ends a client's waiting with a reply. */
  release(session: Session, reply: Reply): void {
    this.leave(session);
    session.unblock(reply);
  }

  /** Ends a client's waiting without a reply. */
  leave(session: Session): void {
    if (!this.#blocked.delete(session) || session.blocked === undefined) return;
    const { database, keys } = session.blocked;
    for (const key of keys) this.#part(session, idOf(database, key));
    this.#timers.get(session)?.();
    this.#timers.delete(session);
  }

  noteChange(database: Database, key: string): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(idOf(database, key));
    if (waiting !== undefined) this.#ready.add(waiting);
  }

  /** Serves who can be served. Serving one may make another key ready. */
  serve(): void {
    for (const waiting of this.#ready) {
      this.#ready.delete(waiting);
      this.#serveKey(waiting);
    }
  }

  #serveKey({ database, key, sessions }: Waiting): void {
    for (const session of sessions) {
      const value = database.get(key);
      // With the value gone nobody else needs to try, however many wait.
      if (value === undefined) return;
      const call = session.blocked;
      if (call === undefined || typeOf(value) !== call.type) continue;
      const reply = attempt(call, key);
      if (reply !== undefined) this.release(session, reply);
    }
  }

  #join(session: Session, database: Database, key: string): void {
    const id = idOf(database, key);
    const waiting = this.#waiting.get(id) ?? { database, key, sessions: new Set() };
    waiting.sessions.add(session);
    this.#waiting.set(id, waiting);
  }

  #part(session: Session, id: string): void {
    const waiting = this.#waiting.get(id);
    waiting?.sessions.delete(session);
    if (waiting?.sessions.size === 0) this.#waiting.delete(id);
  }
}

function attempt(call: BlockedCall, key: string): Reply | undefined {
  try {
    return call.attempt(key);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error.message);
    throw error;
  }
}

function idOf(database: Database, key: string): string {
  return `${database.index} ${key}`;
}
