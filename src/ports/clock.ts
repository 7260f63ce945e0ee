import type { StopSignal } from './stop-signal.ts';

/** Time, for code that may not look at it by itself. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  readonly now: () => number;
  /** The time of day. */
  readonly date: () => Date;
  /** Throws the signal's reason as soon as it is aborted. */
  readonly sleep: (durationMs: number, signal: StopSignal) => Promise<void>;
}
