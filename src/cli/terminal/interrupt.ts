import { setMaxListeners } from 'node:events';

/** The part of `process` that tells of signals. */
export interface SignalSource {
  readonly on: (signal: NodeJS.Signals, listener: () => void) => unknown;
  readonly off: (signal: NodeJS.Signals, listener: () => void) => unknown;
}

interface Reaction {
  readonly source: SignalSource;
  /** What Ctrl-C means to the command; see CommandSpec. */
  readonly mode: 'undo' | 'end' | 'pass';
  /** Says that the stop has begun. */
  readonly announce: () => void;
  /** Ends the process now; what it had begun is left to the next run. */
  readonly force: () => void;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Watches for Ctrl-C: the first one aborts the signal and says so, the second one forces the end. Other signals force
 * nothing: a shell whose terminal is closed hangs up what it runs a second time. Where it is for a
 * program that the command runs, which gets it from the terminal by itself, it only must not end msa before that.
 */
export function watchInterrupts({ source, mode, announce, force }: Reaction): Disposable & {
  readonly signal: AbortSignal;
} {
  const controller = new AbortController();
  // A plan of many operations has as many listeners.
  setMaxListeners(0, controller.signal);
  const stop = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      if (mode === 'undo') announce();
      controller.abort();
    } else if (name === 'SIGINT') force();
  };
  const watched = mode === 'pass' ? (['SIGINT'] as const) : stopSignals;
  const listeners = watched.map((name) => [name, mode === 'pass' ? (): void => undefined : () => stop(name)] as const);
  for (const [name, listener] of listeners) source.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const [name, listener] of listeners) source.off(name, listener);
    },
  };
}
