import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { SharedStore } from '../redis/shared-store.ts';
import { removeKeys } from './remove-keys.ts';

/** How values of one kind are kept. */
export interface Kind<Value> {
  /** One letter, which keeps keys of different kinds apart. */
  readonly letter: string;
  readonly encode: (value: Value) => Buffer;
  readonly decode: (bytes: Buffer) => Value | undefined;
  readonly sizeOf: (value: Value) => number;
  /** All of them together, in this process. */
  readonly localBytes: number;
  /** All that this process puts into Redis. */
  readonly sharedBytes: number;
}

interface Item<Value> {
  readonly value: Value;
  readonly size: number;
  /** When it was kept here, or Redis last said that it is still this. */
  readonly checkedAt: number;
  /** When it is forgotten, in milliseconds since 1970. */
  readonly until: number;
  /** Only here: it is too large for Redis, which everybody waits for. */
  readonly isAlone: boolean;
}

/** Where values are kept. */
export interface Place {
  readonly workspace: string;
  /** Those that were kept before are somewhere else; empty: from the beginning. */
  readonly keptSince: string;
}

/** So long a value is given without Redis being asked whether another gateway has changed it. */
const trustedMs = 1000;

/**
 * Values in this process before the same values in Redis, where all gateways find them. While Redis is gone there are those
 * of this process alone.
 */
export class LevelledStore<Value extends object> {
  private readonly kind: Kind<Value>;
  private readonly redis: SharedStore;
  private readonly local: LRUCache<string, Item<Value>>;
  /**
   * What this process has put into Redis, by its key there: the oldest goes when it is too much. Services keep their data
   * in the same Redis, which strangers must not fill by asking for ever new things.
   */
  private readonly put: LRUCache<string, number>;
  private prefix = '';

  constructor(kind: Kind<Value>, redis: SharedStore) {
    this.kind = kind;
    this.redis = redis;
    this.local = new LRUCache({ maxSize: kind.localBytes, sizeCalculation: ({ size }) => size });
    this.put = new LRUCache({
      maxSize: kind.sharedBytes,
      sizeCalculation: (size) => size,
      dispose: (_size, key, reason) => reason === 'evict' && void this.redis.send(['DEL', key]),
    });
  }

  /** Values of different places never meet. Says whether it is another one than before. */
  setPlace({ workspace, keptSince }: Place): boolean {
    const prefix = `msa:${workspace}:cache:${keptSince === '' ? '' : `${keptSince}:`}`;
    const before = this.prefix;
    if (prefix === before) return false;
    this.prefix = prefix;
    this.local.clear();
    if (before !== '' && this.redis.answers) void removeKeys(this.redis, `${before}${this.kind.letter}:`);
    return true;
  }

  /** What is known in this process, without a word of Redis. */
  findHere(key: string): Value | undefined {
    const item = this.local.get(key);
    return item && item.until > Date.now() ? item.value : undefined;
  }

  /** A promise only when Redis has to be asked. */
  find(key: string): Value | undefined | Promise<Value | undefined> {
    const now = Date.now();
    let item = this.local.get(key);
    if (item && item.until <= now) {
      this.local.delete(key);
      item = undefined;
    }
    if (!this.redis.answers || (item && (item.isAlone || now - item.checkedAt < trustedMs))) return item?.value;
    return this.fetch(key, item);
  }

  keep(key: string, value: Value, forMs: number): void {
    this.keepHere(key, value, forMs);
    if (!this.redis.answers || this.isTooLarge(value)) return;
    const redisKey = this.redisKey(key);
    void this.redis.send(['SET', redisKey, this.kind.encode(value), 'PX', wholeMs(forMs)]);
    this.put.set(redisKey, this.sizeOf(redisKey, value));
  }

  /** Keeps it unless another gateway has kept something else meanwhile; gives what counts. */
  async keepFirst(key: string, value: Value, forMs: number): Promise<Value> {
    if (this.redis.answers) {
      const redisKey = this.redisKey(key);
      const command = ['SET', redisKey, this.kind.encode(value), 'PX', wholeMs(forMs), 'NX'];
      const isTaken = (await this.redis.send(command)) === null;
      const other = isTaken ? await this.fetch(key, undefined) : undefined;
      if (other) return other;
      this.put.set(redisKey, this.sizeOf(redisKey, value));
    }
    this.keepHere(key, value, forMs);
    return value;
  }

  /** Keeps what is there for longer. */
  prolong(key: string, value: Value, forMs: number): void {
    this.keepHere(key, value, forMs);
    if (this.redis.answers) void this.redis.send(['PEXPIRE', this.redisKey(key), wholeMs(forMs)]);
  }

  forget(key: string): void {
    this.local.delete(key);
    if (this.redis.answers) void this.redis.send(['DEL', this.redisKey(key)]);
  }

  private async fetch(key: string, known: Item<Value> | undefined): Promise<Value | undefined> {
    const { prefix } = this;
    const reply = await this.redis.send(['GET', this.redisKey(key)]);
    if (prefix !== this.prefix) return undefined;
    // No answer: what is known here is better than nothing.
    if (reply === undefined) return known?.value;
    const value = reply instanceof Buffer ? this.kind.decode(reply) : undefined;
    if (value) this.keepHere(key, value, known ? known.until - Date.now() : fetchedMs);
    else this.local.delete(key);
    // Nobody can read it, and it would be in the way of what comes next.
    if (reply !== null && !value) void this.redis.send(['DEL', this.redisKey(key)]);
    return value;
  }

  private keepHere(key: string, value: Value, forMs: number): void {
    const checkedAt = Date.now();
    const size = this.sizeOf(key, value);
    const isAlone = this.isTooLarge(value);
    this.local.set(key, { value, size, checkedAt, until: checkedAt + forMs, isAlone });
  }

  private sizeOf(key: string, value: Value): number {
    return this.kind.sizeOf(value) + key.length + itemBytes;
  }

  private isTooLarge(value: Value): boolean {
    return this.kind.sizeOf(value) > largestShared;
  }

  /** Hashed: what was asked for is nobody's business who looks into Redis, and keys stay short. */
  private redisKey(key: string): string {
    return `${this.prefix}${this.kind.letter}:${createHash('sha256').update(key).digest('base64url')}`;
  }
}

/** What an entry costs beside its value, roughly. */
const itemBytes = 200;
/** A larger value would keep others waiting for theirs. */
const largestShared = 1024 ** 2;
/** Redis forgets in time; without it, what came from there is used a little longer. */
const fetchedMs = 60_000;

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)));
}
