import type { ConcurrencyPolicy } from '../../protocol/policies/concurrency.ts';
import { GradientLimit } from './gradient-limit.ts';

/** Called when it is somebody's turn. */
export type Turn = () => void;

/** Bounds how many requests are under way at once, and how many wait for that; they go in the order they came. */
export class Bulkhead {
  inFlight = 0;
  private readonly policy: ConcurrencyPolicy;
  private readonly adaptive: GradientLimit | undefined;
  private readonly waiting = new Set<Turn>();
  private isHandingOn = false;

  constructor(policy: ConcurrencyPolicy) {
    this.policy = policy;
    this.adaptive = policy.limit === 'adaptive' ? new GradientLimit() : undefined;
  }

  get limit(): number {
    return this.adaptive?.limit ?? Number(this.policy.limit);
  }

  get waitMs(): number {
    return this.policy.waitMs;
  }

  get queueLength(): number {
    return this.waiting.size;
  }

  /** Takes a place, to be given back with `leave`; false when there is none. Nobody overtakes those who wait. */
  enter(): boolean {
    if (this.waiting.size > 0 || this.inFlight >= this.limit) return false;
    this.inFlight += 1;
    return true;
  }

  /** Waits for a place, which is taken when it is called; false when the queue is full. */
  wait(turn: Turn): boolean {
    if (this.waiting.size >= this.policy.queue) return false;
    this.waiting.add(turn);
    return true;
  }

  /** Waits no longer; false when it was not waiting any more. */
  giveUp(turn: Turn): boolean {
    return this.waiting.delete(turn);
  }

  leave(): void {
    this.inFlight -= 1;
    // Whoever is refused at its turn, as when a circuit has opened, leaves at once: thousands of them one within the other
    // would be too deep.
    if (this.isHandingOn) return;
    this.isHandingOn = true;
    try {
      this.handOn();
    } finally {
      this.isHandingOn = false;
    }
  }

  /** Takes how long the service took to answer. */
  noteDuration(durationMs: number): void {
    this.adaptive?.note(durationMs, this.inFlight);
  }

  private handOn(): void {
    for (const turn of this.waiting) {
      if (this.inFlight >= this.limit) return;
      this.waiting.delete(turn);
      this.inFlight += 1;
      turn();
    }
  }
}
