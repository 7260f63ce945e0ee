import type { TargetStats } from '../observe/target-stats.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Admission, Breaker } from './breaker.ts';
import type { Bulkhead } from './bulkhead.ts';

/** What stands before the instances of a route or edge. It outlives states. */
export interface Guard {
  readonly breaker: Breaker | undefined;
  readonly bulkhead: Bulkhead | undefined;
}

interface Passing {
  readonly guard: Guard;
  /** Of the service, for people. */
  readonly name: string;
  readonly stats: TargetStats;
  readonly entered: () => void;
  readonly refused: (refusal: Refusal) => void;
}

/** One request's way past a guard: it may have to wait, may be refused, and tells in the end how it went. */
export class Passage {
  private readonly parts: Passing;
  private admission: Admission | undefined;
  private turn: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isInside = false;
  private isSettled = false;
  private enteredAt = 0;

  constructor(parts: Passing) {
    this.parts = parts;
  }

  /** It is one of those by which it is found out whether the service works again, so it must be sent just once. */
  get isProbe(): boolean {
    return this.admission?.probe === true;
  }

  enter(): void {
    const { bulkhead } = this.parts.guard;
    if (!bulkhead) return this.pass();
    if (bulkhead.enter()) {
      this.isInside = true;
      return this.pass();
    }
    const turn = (): void => {
      this.stopWaiting();
      this.isInside = true;
      this.pass();
    };
    if (!bulkhead.wait(turn)) return this.refuseLoad();
    this.turn = turn;
    this.timer = setTimeout(() => this.giveUp(turn), bulkhead.waitMs);
  }

  /** Says how it went, as soon as that is known; only the first word counts. */
  settle(failed: boolean): void {
    if (this.isSettled || this.enteredAt === 0) return;
    this.isSettled = true;
    const { breaker, bulkhead } = this.parts.guard;
    const now = performance.now();
    const durationMs = now - this.enteredAt;
    // What fails often fails fast, which says nothing of how long work takes.
    if (!failed) bulkhead?.noteDuration(durationMs);
    if (this.admission) breaker?.settle(this.admission, { failed, durationMs }, now);
  }

  /** Is over, whether it has waited, been inside or neither; without a word before, it says nothing of the service. */
  leave(): void {
    const { breaker, bulkhead } = this.parts.guard;
    if (this.turn) bulkhead?.giveUp(this.turn);
    this.stopWaiting();
    if (this.admission && !this.isSettled) breaker?.forget(this.admission);
    this.isSettled = true;
    if (!this.isInside) return;
    this.isInside = false;
    bulkhead?.leave();
  }

  private pass(): void {
    const { guard, name, stats, entered, refused } = this.parts;
    const now = performance.now();
    if (guard.breaker) {
      this.admission = guard.breaker.admit(now);
      if (!this.admission) {
        stats.incidents.circuit_open += 1;
        const seconds = guard.breaker.retryAfterSeconds(now);
        return refused(
          refuse('circuit-open', `Too many requests to ${name} have failed lately.`, ['retry-after', String(seconds)]),
        );
      }
    }
    this.enteredAt = now;
    entered();
  }

  private giveUp(turn: () => void): void {
    this.parts.guard.bulkhead?.giveUp(turn);
    this.stopWaiting();
    this.refuseLoad();
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.turn = undefined;
  }

  private refuseLoad(): void {
    const { guard, name, stats, refused } = this.parts;
    stats.incidents.overloaded += 1;
    refused(refuse('overloaded', `${guard.bulkhead?.limit ?? 0} requests to ${name} are under way already.`));
  }
}
