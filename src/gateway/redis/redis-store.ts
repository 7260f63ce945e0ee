import { setTimeout as sleep } from 'node:timers/promises';

import type { Log } from '../observe/log.ts';
import { connectRedis } from './connect-redis.ts';
import type { RedisConnection } from './connect-redis.ts';
import type { Script, SharedStore, StoreCommand, StoreReply } from './shared-store.ts';
import { StoreError, WaitingCommands } from './waiting-commands.ts';
import type { Settled, WaitingCommand } from './waiting-commands.ts';

/** How commands ended, since the gateway runs. */
export const storeOutcomes = ['answered', 'failed', 'late', 'lost', 'refused'] as const;
export type StoreOutcome = (typeof storeOutcomes)[number];

interface RedisStoreParts {
  readonly url: string;
  readonly log: Log;
  /** From 0 to just below 1. */
  readonly random: () => number;
}

/** A request waits no longer than this. */
const deadlineMs = 100;
/** After this time without any answer the connection counts as dead. */
const giveUpMs = 2000;
const maxWaiting = 10_000;
const firstRetryMs = 50;
const longestRetryMs = 1000;

/**
 * The connection to the Redis that gateways share: opened when something of the applied state needs it, opened again
 * whenever it breaks. While Redis is gone or stands still nobody waits for it.
 */
export class RedisStore implements SharedStore {
  answers = false;
  readonly outcomes: Record<StoreOutcome, number> = { answered: 0, failed: 0, late: 0, lost: 0, refused: 0 };
  private readonly parts: RedisStoreParts;
  private readonly waiting = new WaitingCommands(deadlineMs, (late) => this.noteLate(late.waitedMs, late.count));
  private connection: RedisConnection | undefined;
  /** Ends with the need; a new need is a new one. */
  private needed: AbortController | undefined;
  private told: 'answers' | 'gone' | undefined;
  private lastError = '';

  constructor(parts: RedisStoreParts) {
    this.parts = parts;
  }

  get isNeeded(): boolean {
    return this.needed !== undefined;
  }

  setNeeded(needed: boolean): void {
    if (needed === this.isNeeded) return;
    if (needed) {
      this.needed = new AbortController();
      void this.keepConnected(this.needed.signal);
      return;
    }
    this.needed?.abort();
    this.needed = undefined;
    this.drop();
    this.told = undefined;
  }

  async send(command: StoreCommand): Promise<StoreReply | undefined> {
    return this.replyOf(await this.dispatch(command));
  }

  async run(
    { sha1, text }: Script,
    keys: readonly string[],
    parameters: readonly string[],
  ): Promise<StoreReply | undefined> {
    const rest = [String(keys.length), ...keys, ...parameters];
    const outcome = await this.dispatch(['EVALSHA', sha1, ...rest]);
    const isUnknown = outcome instanceof StoreError && outcome.message.startsWith('NOSCRIPT');
    return this.replyOf(isUnknown ? await this.dispatch(['EVAL', text, ...rest]) : outcome);
  }

  close(): void {
    this.setNeeded(false);
  }

  private dispatch(command: StoreCommand): Promise<Settled> {
    const { connection } = this;
    if (connection && this.answers && this.waiting.size < maxWaiting) return this.ask(connection, command);
    this.outcomes.refused += 1;
    return Promise.resolve(undefined);
  }

  private ask(connection: RedisConnection, command: StoreCommand): Promise<Settled> {
    return new Promise((resolve) => {
      const waiter = this.waiting.add(resolve);
      connection.send(command).then(
        (reply) => this.settle(connection, waiter, reply),
        (error: unknown) => {
          const said = connection.errorOf(error);
          this.settle(connection, waiter, said === undefined ? undefined : new StoreError(said));
        },
      );
    });
  }

  private settle(connection: RedisConnection, waiter: WaitingCommand, outcome: Settled): void {
    this.waiting.settle(waiter, outcome);
    if (outcome !== undefined) this.noteAnswer(connection);
    if (!waiter.late) this.outcomes[outcome === undefined ? 'lost' : 'answered'] += 1;
  }

  private replyOf(outcome: Settled): StoreReply | undefined {
    if (!(outcome instanceof StoreError)) return outcome;
    this.outcomes.failed += 1;
    // One that fails does so with every request.
    if (outcome.message !== this.lastError) this.parts.log.say('warn', 'redis refuses', { error: outcome.message });
    this.lastError = outcome.message;
    return undefined;
  }

  /** Connects again and again, as long as there is a need. */
  private async keepConnected(signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const reason = await this.connectOnce(signal);
      if (signal.aborted) return;
      if (this.told === 'answers') retryMs = firstRetryMs;
      this.drop();
      this.tell('gone', { reason });
      await sleep(retryMs * (1 + this.parts.random()), undefined, { ref: false });
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    }
  }

  /** Resolves when the connection is over, with the reason. */
  private async connectOnce(signal: AbortSignal): Promise<string> {
    const connection = await connectRedis(this.parts.url);
    if (signal.aborted) {
      connection.close('not needed any more');
      return '';
    }
    this.connection = connection;
    // It may have been taken by a system whose Redis stands still: only an answer says that it is there.
    if (await connection.opened) void this.ask(connection, ['PING']);
    return connection.closed;
  }

  private noteAnswer(connection: RedisConnection): void {
    if (this.answers || connection !== this.connection) return;
    this.answers = true;
    this.tell('answers', {});
  }

  private noteLate(waitedMs: number, count: number): void {
    this.outcomes.late += count;
    this.answers = false;
    this.tell('gone', { reason: `no answer for ${Math.round(waitedMs)} ms` });
    if (waitedMs >= giveUpMs) this.connection?.close('no answer');
  }

  private drop(): void {
    this.answers = false;
    this.connection?.close('not needed any more');
    this.connection = undefined;
    this.waiting.settleAll();
  }

  private tell(what: 'answers' | 'gone', more: Readonly<Record<string, string>>): void {
    if (this.told === what) return;
    this.told = what;
    this.parts.log.say(what === 'gone' ? 'warn' : 'info', `redis ${what}`, { redis: hostOf(this.parts.url), ...more });
  }
}

/** Without what may be secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
