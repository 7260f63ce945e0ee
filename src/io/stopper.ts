import { setMaxListeners } from 'node:events';

import type { CreateStopper } from '../ports/stop-signal.ts';

/** An AbortController that follows another signal until it is stopped itself. */
export const createStopper: CreateStopper = (parent) => {
  const controller = new AbortController();
  // However many wait for it, that is no leak.
  setMaxListeners(0, controller.signal);
  const follow = (): void => stop(parent?.reason);
  const stop = (reason: unknown): void => {
    parent?.removeEventListener('abort', follow);
    controller.abort(reason);
  };
  if (parent?.aborted === true) stop(parent.reason);
  else parent?.addEventListener('abort', follow, { once: true });
  return { signal: controller.signal, stop };
};
