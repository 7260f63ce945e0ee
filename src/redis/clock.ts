/** Time and what waits for it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls once, after the time; the returned function cancels. */
  readonly after: (delayMs: number, call: () => void) => () => void;
  /** Calls again and again; the returned function ends it. */
  readonly every: (periodMs: number, call: () => void) => () => void;
}

// setTimeout takes a delay of more than this as one of 1 ms.
const maxDelayMs = 2 ** 31 - 1;

/** The time of this machine. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, Math.min(delayMs, maxDelayMs)).unref();
    return () => clearTimeout(timer);
  },
  every: (periodMs, call) => {
    const timer = setInterval(call, periodMs).unref();
    return () => clearInterval(timer);
  },
};
