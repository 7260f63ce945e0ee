import type { BlockedCall } from './blocking.ts';
import type { Handler } from './commands/command.ts';
import { firstDatabase, type Instance } from './instance.ts';
import type { Database } from './keyspace/database.ts';
import { push, type Reply } from './resp/reply.ts';
import { writeReply, type Protocol, type ReplySink } from './resp/write-reply.ts';

/** How a session reaches its client. */
export interface Transport {
  readonly address: string;
  readonly localAddress: string;
  readonly write: (text: string) => void;
  /** Ends the connection after what was written. */
  readonly end: () => void;
  /** Goes on with the client's next command, which had to wait. */
  readonly resume: () => void;
}

interface QueuedCommand {
  readonly name: string;
  readonly run: Handler;
  readonly args: readonly string[];
}

export interface Transaction {
  readonly commands: QueuedCommand[];
  bytes: number;
  /** Whether a command was refused when it was queued, so that EXEC must fail. */
  isBroken: boolean;
}

interface Watch {
  readonly database: Database;
  readonly key: string;
  readonly version: number;
}

/** `skip` leaves out the replies of the current command, `skip-next` those of the one after. */
export type ReplyMode = 'on' | 'off' | 'skip' | 'skip-next';

/** One client: what it has set, selected, queued, watched and subscribed to. */
export class Session implements ReplySink {
  readonly id: number;
  readonly instance: Instance;
  readonly transport: Transport;
  readonly connectedAtMs: number;
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  protocol: Protocol = 2;
  database: Database;
  name = '';
  libraryName = '';
  libraryVersion = '';
  isNoEvict = false;
  isNoTouch = false;
  replyMode: ReplyMode = 'on';
  transaction: Transaction | undefined;
  blocked: BlockedCall | undefined;
  isExecuting = false;
  /** Within EXEC nothing may wait. */
  isInExec = false;
  isClosing = false;
  lastCommand = '';
  lastActiveMs: number;
  /** By database and key. */
  readonly #watches = new Map<string, Watch>();
  #delayedPushes: Reply[] = [];

  constructor(id: number, instance: Instance, transport: Transport) {
    this.id = id;
    this.instance = instance;
    this.transport = transport;
    this.database = firstDatabase(instance);
    this.connectedAtMs = instance.clock.now();
    this.lastActiveMs = this.connectedAtMs;
  }

  get subscriptionCount(): number {
    return this.channels.size + this.patterns.size;
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  write(text: string): void {
    if (this.replyMode === 'on' || this.replyMode === 'skip-next') this.transport.write(text);
  }

  reply(reply: Reply): void {
    writeReply(this, reply);
  }

  /** Sends a message out of band; after the reply if a command of this client is being executed. */
  push(items: readonly Reply[]): void {
    if (this.isExecuting) this.#delayedPushes.push(items);
    else writeReply({ protocol: this.protocol, write: this.transport.write }, push(items));
  }

  /** To be called when a command has ended. */
  finishCommand(): void {
    this.isExecuting = false;
    if (this.replyMode !== 'on' && this.replyMode !== 'off') this.replyMode = this.replyMode === 'skip' ? 'on' : 'skip';
    if (this.#delayedPushes.length === 0) return;
    const delayed = this.#delayedPushes;
    this.#delayedPushes = [];
    for (const items of delayed) if (Array.isArray(items)) this.push(items);
  }

  /** Gives a blocked client its reply and lets it go on. */
  unblock(reply: Reply): void {
    this.blocked = undefined;
    this.reply(reply);
    this.transport.resume();
  }

  watch(key: string): void {
    const { database } = this;
    const id = `${database.index} ${key}`;
    if (this.#watches.has(id)) return;
    // Reading removes a key that has already expired, so that its removal later is no change.
    database.get(key);
    this.#watches.set(id, { database, key, version: database.watches.add(key) });
  }

  /** Whether a watched key has changed or expired. */
  hasConflict(): boolean {
    return [...this.#watches.values()].some(({ database, key, version }) => {
      database.get(key);
      return database.watches.versionOf(key) !== version;
    });
  }

  unwatch(): void {
    for (const { database, key } of this.#watches.values()) database.watches.remove(key);
    this.#watches.clear();
  }

  /** Ends the connection once everything is sent. */
  close(): void {
    this.isClosing = true;
    this.transport.end();
  }

  /** Leaves everything the client takes part in; it begins anew, or is gone. */
  leave(): void {
    this.transaction = undefined;
    this.unwatch();
    this.instance.pubSub.leave(this);
    this.instance.blocking.leave(this);
  }
}
