import type { StopSignal } from '../../ports/stop-signal.ts';

/** Waits for something that cannot be stopped, but no longer than until the signal: then its reason is thrown. */
export async function orAborted<Result>(promise: Promise<Result>, signal: StopSignal): Promise<Result> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
    signal.throwIfAborted();
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
