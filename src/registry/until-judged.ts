import type { Store } from './store.ts';

/** Fulfilled when every instance has been probed once, or when the time is up. */
export function untilJudged(store: Store, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(finish, timeoutMs);
    const unsubscribe = store.onChange(() => {
      if (isJudged(store)) finish();
    });
    if (isJudged(store)) finish();
  });
}

function isJudged({ instances }: Store): boolean {
  return instances.every(({ status, problem }) => status !== 'starting' || problem !== '');
}
