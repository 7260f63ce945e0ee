import { chargeRate, windowEndUs } from './charge.ts';
import type { Charge } from './charge.ts';
import type { LimitRule } from './limit-rule.ts';

/** `unknown`: Redis is gone, and without it nobody is let in. */
export type Verdict = 'admitted' | 'refused' | 'unknown';

/** Whoever takes more than this share of what was let in lately in advance could leave too much of it unused. */
const reservedShare = 10;
const shortestPeriodUs = 100_000;

interface Question {
  readonly sentAtUs: number;
  readonly wanted: number;
}

/** What a gateway knows of one who is counted. Times are its own, in microseconds since 1970. */
export class LimitEntry {
  readonly key: string;
  /** Let in beforehand, until `tokensUntilUs`. */
  tokens = 0;
  /** Until then Redis is not asked again, because it would say no. */
  refusedUntilUs = 0;
  /** Whoever waits for Redis. */
  readonly waiting: ((verdict: Verdict) => void)[] = [];
  isAsking = false;
  private tokensUntilUs = 0;
  /** Redis has counted the last one. */
  private isShared = false;
  /** Of a rate: when nothing will be used up any more. Of a quota: when the window ends. */
  private resetAtUs = 0;
  private left = 0;
  private readonly rule: LimitRule;
  /** How many were let in during this period, and the one before. */
  private periodBeganUs = 0;
  private inPeriod = 0;
  private before = 0;

  constructor(key: string, rule: LimitRule) {
    this.key = key;
    this.rule = rule;
    this.left = rule.limit;
  }

  /** Spends one that was let in beforehand, if there is any. */
  spend(nowUs: number): boolean {
    if (this.tokens === 0) return false;
    if (nowUs >= this.tokensUntilUs) {
      this.tokens = 0;
      return false;
    }
    this.tokens -= 1;
    this.note(nowUs);
    return true;
  }

  /** Whether the next one would be refused without asking anybody. */
  isRefusing(nowUs: number): boolean {
    return nowUs < this.refusedUntilUs && (this.tokens === 0 || nowUs >= this.tokensUntilUs);
  }

  /** One that was let in is not needed after all. Whoever counts shall be told of it where it cannot be kept for the next. */
  giveBack(nowUs: number): 'kept' | 'counted' {
    if (this.isShared && nowUs < this.tokensUntilUs) {
      this.tokens += 1;
      return 'kept';
    }
    if (this.rule.kind === 'rate') this.resetAtUs -= this.rule.intervalUs;
    else if (nowUs < this.resetAtUs) this.left += 1;
    return this.isShared ? 'counted' : 'kept';
  }

  /** How many to ask for: as many as wait, and some more if many came lately. */
  wanted(nowUs: number): number {
    this.turnPeriod(nowUs);
    const ahead = Math.floor(Math.max(this.inPeriod, this.before) / reservedShare);
    return Math.max(this.waiting.length, Math.min(ahead, this.rule.maxLease), 1);
  }

  /** Takes what Redis said to a question. */
  learn({ granted, resetUs, left }: Charge, { sentAtUs, wanted }: Question): void {
    const { kind, leaseUs, sharedCapacityUs, intervalUs } = this.rule;
    const isRate = kind === 'rate';
    this.isShared = true;
    this.resetAtUs = sentAtUs + resetUs;
    this.left = left;
    this.tokens = granted;
    // The time counts from the question on, since nobody knows when exactly it was answered.
    this.tokensUntilUs = sentAtUs + (isRate ? leaseUs : resetUs);
    if (granted < wanted) this.refusedUntilUs = sentAtUs + (isRate ? resetUs + intervalUs - sharedCapacityUs : resetUs);
  }

  /** Hands out what was let in to whoever waits, even if its time is over by now. */
  takeGranted(nowUs: number): boolean {
    if (this.tokens === 0) return false;
    this.tokens -= 1;
    this.note(nowUs);
    return true;
  }

  /** Without Redis: by what this gateway alone has let in. */
  takeLocally(nowUs: number): boolean {
    this.isShared = false;
    return this.rule.kind === 'rate' ? this.takeOfRate(nowUs) : this.takeOfQuota(nowUs);
  }

  /** How many could come at this moment. */
  remaining(nowUs: number): number {
    const { kind, sharedCapacityUs, intervalUs, limit } = this.rule;
    const kept = nowUs < this.tokensUntilUs ? this.tokens : 0;
    if (kind === 'quota') return (nowUs < this.resetAtUs ? this.left : limit) + kept;
    const usedUs = Math.max(0, this.resetAtUs - nowUs);
    return Math.max(0, Math.floor((sharedCapacityUs - usedUs) / intervalUs)) + kept;
  }

  /** Seconds after which it makes sense to come again. */
  retrySeconds(nowUs: number): number {
    return Math.max(1, Math.ceil((this.refusedUntilUs - nowUs) / 1e6));
  }

  /** Seconds until everything is there again. */
  resetSeconds(nowUs: number): number {
    const { kind } = this.rule;
    const until = kind === 'quota' && nowUs >= this.resetAtUs ? windowEndUs(nowUs, this.rule) : this.resetAtUs;
    return Math.max(0, Math.ceil((until - nowUs) / 1e6));
  }

  private takeOfRate(nowUs: number): boolean {
    const { intervalUs, burst } = this.rule;
    const capacityUs = burst * intervalUs;
    const { granted, usedUpUntilUs } = chargeRate(this.resetAtUs, nowUs, { intervalUs, capacityUs, wanted: 1 });
    this.resetAtUs = usedUpUntilUs;
    if (granted === 0) this.refusedUntilUs = usedUpUntilUs + intervalUs - capacityUs;
    return granted > 0;
  }

  private takeOfQuota(nowUs: number): boolean {
    if (nowUs >= this.resetAtUs) {
      this.resetAtUs = windowEndUs(nowUs, this.rule);
      this.left = this.rule.limit;
    }
    if (this.left === 0) {
      this.refusedUntilUs = this.resetAtUs;
      return false;
    }
    this.left -= 1;
    return true;
  }

  private note(nowUs: number): void {
    this.turnPeriod(nowUs);
    this.inPeriod += 1;
  }

  private turnPeriod(nowUs: number): void {
    const periodUs = Math.max(this.rule.leaseUs, shortestPeriodUs);
    const passed = nowUs - this.periodBeganUs;
    if (passed < periodUs) return;
    this.before = passed < 2 * periodUs ? this.inPeriod : 0;
    this.inPeriod = 0;
    this.periodBeganUs = nowUs;
  }
}
