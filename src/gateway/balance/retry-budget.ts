const share = 0.2;
const minimum = 20;
const windowMs = 10_000;

/**
 * Bounds what retries add to the load of a service that is failing already: a fifth of its requests of the last ten
 * to twenty seconds, and a few more so that a service with few requests has them too.
 */
export class RetryBudget {
  private windowStart = 0;
  private requests = { current: 0, before: 0 };
  private retries = { current: 0, before: 0 };

  noteRequest(now: number): void {
    this.turn(now);
    this.requests.current += 1;
  }

  /** Whether one more retry is within the budget; if so, it is spent. */
  spend(now: number): boolean {
    this.turn(now);
    const allowed = minimum + share * (this.requests.current + this.requests.before);
    if (this.retries.current + this.retries.before + 1 > allowed) return false;
    this.retries.current += 1;
    return true;
  }

  private turn(now: number): void {
    const passed = now - this.windowStart;
    if (passed < windowMs) return;
    const isNext = passed < 2 * windowMs;
    this.requests = { current: 0, before: isNext ? this.requests.current : 0 };
    this.retries = { current: 0, before: isNext ? this.retries.current : 0 };
    this.windowStart = now;
  }
}
