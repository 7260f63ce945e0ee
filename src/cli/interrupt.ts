/** The part of `process` that tells of signals. */
export interface SignalSource {
  readonly on: (signal: NodeJS.Signals, listener: () => void) => unknown;
  readonly off: (signal: NodeJS.Signals, listener: () => void) => unknown;
}

interface Reaction {
  readonly source: SignalSource;
  /** Says that the stop has begun. */
  readonly announce: () => void;
  /** Ends the process now; what it had begun is left to the next run. */
  readonly force: () => void;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Watches for Ctrl-C: the first one aborts the signal and says so, the second one forces the end. */
export function watchInterrupts({ source, announce, force }: Reaction): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) {
      force();
      return;
    }
    announce();
    controller.abort();
  };
  for (const name of stopSignals) source.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of stopSignals) source.off(name, listener);
    },
  };
}
