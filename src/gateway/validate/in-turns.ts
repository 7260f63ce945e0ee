import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that can be left alone for a while after each of its steps. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Longer than that no request has to wait, unless a step is longer. */
const turnMs = 5;

/** Does long work in turns with whatever else there is to do. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const startedAt = performance.now();
    while (performance.now() - startedAt < turnMs) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
    await nextTurn();
  }
}
