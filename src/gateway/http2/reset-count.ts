const windowMs = 10_000;
const maxResets = 200;

/** How often a client took a request back lately. */
export class ResetCount {
  private count = 0;
  private since = 0;

  /** Counts one more; true when they are more than an honest client needs. */
  isTooMany(now: number): boolean {
    if (now - this.since > windowMs) {
      this.count = 0;
      this.since = now;
    }
    this.count += 1;
    return this.count > maxResets;
  }
}
