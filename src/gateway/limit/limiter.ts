import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { Charge } from './charge.ts';
import { LimitEntry } from './limit-entry.ts';
import type { Verdict } from './limit-entry.ts';
import type { LimitRule } from './limit-rule.ts';

export interface LimiterParts {
  readonly rule: LimitRule;
  /** What its keys in Redis begin with. */
  readonly prefix: string;
  /** Microseconds since 1970, never going back. */
  readonly clock: () => number;
  /** Whether Redis can be asked. */
  readonly isShared: () => boolean;
  /** Asks it; undefined when it gives no answer. */
  readonly charge: (question: { readonly key: string; readonly wanted: number }) => Promise<Charge | undefined>;
  /** Tells it that one that was let in is not needed after all. */
  readonly refund: (key: string) => void;
  /** Told of each request that was judged without Redis. */
  readonly onLocal: () => void;
}

/** Of those who are counted, so many are remembered here. By sizes, since room for a number of them would be taken at once. */
const mostRemembered = 10_000;
const longestKey = 120;

/** Counts by one rule. What it knows outlives states, as long as the rule is the same. */
export class Limiter {
  readonly rule: LimitRule;
  private readonly parts: LimiterParts;
  private readonly entries = new LRUCache<string, LimitEntry>({ maxSize: mostRemembered, sizeCalculation: () => 1 });

  constructor(parts: LimiterParts) {
    this.parts = parts;
    this.rule = parts.rule;
  }

  /** Whoever has this key; keys may be as long as clients like. */
  entry(key: string): LimitEntry {
    const short = key.length <= longestKey ? key : hash(key);
    const known = this.entries.get(short);
    if (known) return known;
    const entry = new LimitEntry(this.parts.prefix + hash(short), this.rule);
    this.entries.set(short, entry);
    return entry;
  }

  /** A promise only where Redis has to be asked. */
  take(entry: LimitEntry): Verdict | Promise<Verdict> {
    const nowUs = this.parts.clock();
    if (entry.spend(nowUs)) return 'admitted';
    if (nowUs < entry.refusedUntilUs) return 'refused';
    if (!this.parts.isShared()) return this.takeLocally(entry, nowUs);
    return new Promise((resolve) => {
      entry.waiting.push(resolve);
      if (!entry.isAsking) void this.ask(entry);
    });
  }

  /** Microseconds since 1970. */
  now(): number {
    return this.parts.clock();
  }

  /** Whether the next one would be refused at once. */
  isRefusing(entry: LimitEntry): boolean {
    return entry.isRefusing(this.parts.clock());
  }

  giveBack(entry: LimitEntry): void {
    if (entry.giveBack(this.parts.clock()) === 'counted') this.parts.refund(entry.key);
  }

  /** Asks for all who wait at once, again as long as more of them come meanwhile. */
  private async ask(entry: LimitEntry): Promise<void> {
    const { clock, charge } = this.parts;
    entry.isAsking = true;
    while (entry.waiting.length > 0) {
      const sentAtUs = clock();
      // Those who came while others were asked for may find what was reserved.
      if (entry.spend(sentAtUs)) {
        entry.waiting.shift()?.('admitted');
        continue;
      }
      const asked = entry.waiting.length;
      const wanted = entry.wanted(sentAtUs);
      const answer = await charge({ key: entry.key, wanted });
      const nowUs = clock();
      if (answer === undefined) {
        for (const resolve of entry.waiting.splice(0)) resolve(this.takeLocally(entry, nowUs));
        break;
      }
      entry.learn(answer, { sentAtUs, wanted });
      for (const resolve of entry.waiting.splice(0, asked)) resolve(entry.takeGranted(nowUs) ? 'admitted' : 'refused');
    }
    entry.isAsking = false;
  }

  private takeLocally(entry: LimitEntry, nowUs: number): Verdict {
    this.parts.onLocal();
    if (this.rule.whenRedisIsGone === 'refuse') return 'unknown';
    return entry.takeLocally(nowUs) ? 'admitted' : 'refused';
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 27);
}
