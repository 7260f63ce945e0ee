import { createLocalJWKSet } from 'jose';
import type { CryptoKey, JWSHeaderParameters } from 'jose';

import { readKeySet } from './read-key-set.ts';

export interface KeySetParts {
  /** Gives the document the issuer publishes its keys in; throws when there is none. */
  readonly fetch: () => Promise<unknown>;
  /** Milliseconds of the clock on the wall. */
  readonly now: () => number;
  readonly refreshMs: number;
  readonly keepMs: number;
  /** However many unknown keys tokens name, the issuer is asked once in this time. */
  readonly cooldownMs: number;
  /** Told why keys could not be read. */
  readonly onFailure: (reason: string) => void;
}

/** How soon an issuer that has not answered is asked again; twice as long after each further failure. */
const retryMs = 1000;
/** Requests that may wait for an answer of the issuer at a time. */
const maxWaiting = 500;

type Find = (header: JWSHeaderParameters) => Promise<CryptoKey>;

/** A key, and the version of the keys it is from. */
interface FoundKey {
  readonly key: CryptoKey;
  readonly version: number;
}

/** No key of the set fits: the token is not of this issuer. */
export const unknownKey = Symbol('unknown key');
/** Which key fits cannot be known at the moment. */
export const noKeys = Symbol('no keys');

/**
 * The keys of an issuer. They are asked for when first needed, again in the background from time to time, and at once
 * when a token names a key that is not among them. While the issuer is down, the last ones hold.
 */
export class KeySet {
  /** Rises when keys have changed: what was found with those before has to be found again. */
  version = 0;
  private readonly parts: KeySetParts;
  private find: Find | undefined;
  private content = '';
  private readAt = Number.NEGATIVE_INFINITY;
  private askedAt = Number.NEGATIVE_INFINITY;
  private failures = 0;
  private asking: Promise<void> | undefined;
  private waiting = 0;
  private count = 0;
  private lastFailure = '';

  constructor(parts: KeySetParts) {
    this.parts = parts;
  }

  /** Whether what these keys have shown still holds; sees to it that they do not get old. */
  holds(version: number, now: number): boolean {
    if (this.isTooOld(now)) return false;
    const age = this.ageAt(now);
    if (age > this.parts.refreshMs) this.ask(now);
    return version === this.version && age <= this.parts.keepMs;
  }

  status(): object {
    const { readAt, failures, lastFailure, count } = this;
    const read = Number.isFinite(readAt) ? { keys: count, readAt: new Date(readAt).toISOString() } : { keys: 0 };
    return { ...read, ...(failures > 0 && { failures, lastFailure }) };
  }

  /** The key a token says it is signed with. */
  async keyFor(header: JWSHeaderParameters): Promise<FoundKey | typeof unknownKey | typeof noKeys> {
    const now = this.parts.now();
    if (this.isTooOld(now)) await this.wait();
    else if (this.ageAt(now) > this.parts.refreshMs) this.ask(now);
    if (this.ageAt(this.parts.now()) > this.parts.keepMs) return noKeys;
    const { version } = this;
    const found = await this.findNow(header);
    if (found !== unknownKey) return found;
    await this.wait();
    // Another request may have brought new keys meanwhile, so that this one had nothing to wait for.
    return version === this.version ? unknownKey : this.findNow(header);
  }

  private async findNow(header: JWSHeaderParameters): Promise<FoundKey | typeof unknownKey> {
    const { version, find } = this;
    try {
      return find ? { key: await find(header), version } : unknownKey;
    } catch {
      // Several fit when a token does not say which; trying them all would let a token cost many checks.
      return unknownKey;
    }
  }

  private ageAt(now: number): number {
    // The clock has been set back: how much time has passed cannot be known.
    if (Number.isFinite(this.readAt) && now < this.readAt) this.readAt = now;
    return now - this.readAt;
  }

  /**
   * After a long time without requests nobody has noticed which keys are no longer good, so the issuer is waited for; but
   * not again and again for one that does not answer.
   */
  private isTooOld(now: number): boolean {
    const age = this.ageAt(now);
    return age > this.parts.keepMs || (age > 2 * this.parts.refreshMs && this.failures === 0);
  }

  private ask(now: number): void {
    const { cooldownMs } = this.parts;
    const pauseMs = this.failures === 0 ? cooldownMs : Math.min(retryMs * 2 ** (this.failures - 1), cooldownMs);
    const sinceAsked = now - this.askedAt;
    if (this.asking || (sinceAsked >= 0 && sinceAsked < pauseMs)) return;
    this.askedAt = now;
    this.asking = this.read().finally(() => (this.asking = undefined));
  }

  private async wait(): Promise<void> {
    this.ask(this.parts.now());
    if (!this.asking || this.waiting >= maxWaiting) return;
    this.waiting += 1;
    try {
      await this.asking;
    } finally {
      this.waiting -= 1;
    }
  }

  private async read(): Promise<void> {
    try {
      const keySet = readKeySet(await this.parts.fetch());
      const content = JSON.stringify(keySet);
      if (content !== this.content) {
        this.find = createLocalJWKSet(keySet);
        this.content = content;
        this.count = keySet.keys.length;
        this.version += 1;
      }
      this.readAt = this.parts.now();
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.lastFailure = error instanceof Error ? error.message : String(error);
      this.parts.onFailure(this.lastFailure);
    }
  }
}
