import { setTimeout as sleep } from 'node:timers/promises';

import type { Log } from '../observe/log.ts';
import { RedisConnection } from './redis-connection.ts';
import { StoreError } from './reply-reader.ts';
import type { Answer } from './reply-reader.ts';
import type { Script, SharedStore, StoreCommand, StoreReply } from './shared-store.ts';

/** How commands ended, since the gateway runs: `refused` are those that were not even sent. */
export const storeOutcomes = ['answered', 'failed', 'late', 'refused'] as const;
type StoreOutcome = (typeof storeOutcomes)[number];

interface RedisStoreParts {
  readonly url: string;
  readonly log: Log;
  /** From 0 to just below 1. */
  readonly random: () => number;
}

const firstRetryMs = 50;
const longestRetryMs = 1000;

/**
 * The connection to the Redis that gateways share: opened when something of the applied state needs it, opened again
 * whenever it breaks. While Redis is gone or stands still nobody waits for it.
 */
export class RedisStore implements SharedStore {
  answers = false;
  readonly outcomes: Record<StoreOutcome, number> = { answered: 0, failed: 0, late: 0, refused: 0 };
  private readonly parts: RedisStoreParts;
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
    const answer = await this.dispatch(['EVALSHA', sha1, ...rest]);
    const isUnknown = answer instanceof StoreError && answer.message.startsWith('NOSCRIPT');
    return this.replyOf(isUnknown ? await this.dispatch(['EVAL', text, ...rest]) : answer);
  }

  close(): void {
    this.setNeeded(false);
  }

  private dispatch(command: StoreCommand): Promise<Answer | undefined> {
    const { connection } = this;
    if (connection && this.answers && !connection.isFull) return connection.send(command);
    this.outcomes.refused += 1;
    return Promise.resolve(undefined);
  }

  private replyOf(answer: Answer | undefined): StoreReply | undefined {
    if (!(answer instanceof StoreError)) {
      if (answer !== undefined) this.outcomes.answered += 1;
      return answer;
    }
    this.outcomes.failed += 1;
    // One that fails does so with every request.
    if (answer.message !== this.lastError) this.parts.log.say('warn', 'redis refuses', { error: answer.message });
    this.lastError = answer.message;
    return undefined;
  }

  /** Connects again and again, as long as there is a need. */
  private async keepConnected(signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const reason = await this.connectOnce();
      if (signal.aborted) return;
      if (this.told === 'answers') retryMs = firstRetryMs;
      this.drop();
      this.tell('gone', { reason });
      await sleep(retryMs * (1 + this.parts.random()), undefined, { ref: false });
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    }
  }

  /** Resolves when the connection is over, with the reason. */
  private connectOnce(): Promise<string> {
    this.connection = new RedisConnection(this.parts.url, {
      answers: () => {
        this.answers = true;
        this.tell('answers', {});
      },
      late: (count, waitedMs) => {
        this.answers = false;
        this.outcomes.late += count;
        this.tell('gone', { reason: `no answer for ${Math.round(waitedMs)} ms` });
      },
    });
    return this.connection.closed;
  }

  private drop(): void {
    this.answers = false;
    this.connection?.close('not needed any more');
    this.connection = undefined;
  }

  private tell(what: 'answers' | 'gone', more: Readonly<Record<string, string>>): void {
    if (this.told === what) return;
    this.told = what;
    // Without what may be secret.
    const { host } = new URL(this.parts.url);
    this.parts.log.say(what === 'gone' ? 'warn' : 'info', `redis ${what}`, { redis: host, ...more });
  }
}
