import type { StopSignal } from '../../../ports/stop-signal.ts';

/** Waits for something that cannot be stopped, but no longer than until the signal: then its reason is thrown. */
export function orAborted<Result>(promise: Promise<Result>, signal: StopSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      try {
        signal.throwIfAborted();
      } catch (reason) {
        reject(reason);
      }
    };
    const settled = promise.finally(() => signal.removeEventListener('abort', stop));
    settled.then(resolve, reject);
    signal.addEventListener('abort', stop, { once: true });
    stop();
  });
}
