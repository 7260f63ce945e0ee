import { callLimits } from './messages.ts';

/** Lets so many lines of a log through in each second as a person could read. */
export class LineBudget {
  private second = 0;
  private lines = 0;

  /** Whether there is room for one more. */
  take(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.lines = 0;
    }
    this.lines += 1;
    return this.lines <= callLimits.logLinesPerSecond;
  }
}
