/** After this long without an answer, what is known of an instance counts little more than a third. */
const memoryMs = 10_000;
/** What an instance costs of which nothing is known yet, but that has a request under way: more than any that is known. */
const unknownCost = 1e9;

/**
 * How long an instance takes to begin its answers: a moving average that goes up with a slow answer at once, comes down
 * slowly, and fades with time, so that one that was slow is asked again some time (the peak EWMA of Finagle and Linkerd).
 */
export class Pace {
  private averageMs = 0;
  private notedAt = 0;

  note(durationMs: number, now: number): void {
    const faded = this.fadedMs(now);
    const kept = this.keptAfter(now);
    this.averageMs = durationMs > faded ? durationMs : faded + durationMs * (1 - kept);
    this.notedAt = now;
  }

  /** What one more request there costs, with so many under way. */
  cost(inFlight: number, now: number): number {
    const faded = this.fadedMs(now);
    if (faded === 0) return inFlight === 0 ? 0 : unknownCost * inFlight;
    return faded * (inFlight + 1);
  }

  private fadedMs(now: number): number {
    return this.averageMs * this.keptAfter(now);
  }

  private keptAfter(now: number): number {
    return Math.exp(-Math.max(0, now - this.notedAt) / memoryMs);
  }
}
