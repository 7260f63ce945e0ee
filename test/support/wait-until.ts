import { setTimeout as sleep } from 'node:timers/promises';

/** Thrown by a condition that can no longer come true. */
export class Hopeless extends Error {}

/** Waits until a condition holds; fails with what was seen last when it does not within the time. */
export async function waitUntil(what: string, condition: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: last });
}
