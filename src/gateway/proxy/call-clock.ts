/** The time a call has, and everything in it that waits for a moment. */
export class CallClock {
  /** By performance.now; undefined as long as the time does not run. */
  private endsAt: number | undefined;
  private deadline: NodeJS.Timeout | undefined;
  private pause: NodeJS.Timeout | undefined;
  private tryTimer: NodeJS.Timeout | undefined;
  private hedgeTimer: NodeJS.Timeout | undefined;

  /** From now on the time runs. */
  start(ms: number, expire: () => void): void {
    clearTimeout(this.deadline);
    this.endsAt = performance.now() + ms;
    this.deadline = setTimeout(expire, ms);
  }

  get isRunning(): boolean {
    return this.endsAt !== undefined;
  }

  /** What is left, in milliseconds; without end as long as the time does not run. */
  get remainingMs(): number {
    return this.endsAt === undefined ? Infinity : this.endsAt - performance.now();
  }

  /** Something of the answer has gone out: from here on connections that stand still tell who is slow. */
  stop(): void {
    clearTimeout(this.deadline);
  }

  afterPause(ms: number, next: () => void): void {
    this.pause = setTimeout(next, ms);
  }

  watchTry(ms: number, expire: () => void): void {
    this.tryTimer = setTimeout(expire, ms);
  }

  watchForHedge(ms: number, hedge: () => void): void {
    this.hedgeTimer = setTimeout(hedge, ms);
  }

  /** A try has an answer, or is over. */
  endTry(): void {
    clearTimeout(this.tryTimer);
    clearTimeout(this.hedgeTimer);
  }

  stopAll(): void {
    this.stop();
    this.endTry();
    clearTimeout(this.pause);
  }
}
