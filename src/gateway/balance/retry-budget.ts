const share = 0.2;
const minimum = 20;
const slots = 10;
const slotMs = 1000;

/**
 * Bounds what retries and hedges add to the load of a service that is failing already: a fifth of its requests of the
 * last ten seconds, and twenty so that a service with few requests has them too.
 */
export class RetryBudget {
  private tick = 0;
  private requests = 0;
  private spent = 0;
  private readonly requestsBySlot = new Float64Array(slots);
  private readonly spentBySlot = new Float64Array(slots);

  noteRequest(now: number): void {
    const slot = this.slotAt(now);
    this.requestsBySlot[slot] = (this.requestsBySlot[slot] ?? 0) + 1;
    this.requests += 1;
  }

  /** Whether one more retry is within the budget; if so, it is spent. */
  spend(now: number): boolean {
    if (this.remaining(now) < 1) return false;
    const slot = this.slotAt(now);
    this.spentBySlot[slot] = (this.spentBySlot[slot] ?? 0) + 1;
    this.spent += 1;
    return true;
  }

  /** How many more there may be at this moment. */
  remaining(now: number): number {
    this.slotAt(now);
    return Math.max(0, Math.floor(minimum + share * this.requests) - this.spent);
  }

  /** Forgets what is longer ago than the window. */
  private slotAt(now: number): number {
    const tick = Math.floor(now / slotMs);
    const passed = Math.min(tick - this.tick, slots);
    for (let step = 1; step <= passed; step += 1) this.forget((this.tick + step) % slots);
    if (passed > 0) this.tick = tick;
    return this.tick % slots;
  }

  private forget(slot: number): void {
    this.requests -= this.requestsBySlot[slot] ?? 0;
    this.spent -= this.spentBySlot[slot] ?? 0;
    this.requestsBySlot[slot] = 0;
    this.spentBySlot[slot] = 0;
  }
}
