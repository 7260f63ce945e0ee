/** Keeps what must be disposed of at the end of a suite, the latest first; Node 20 has no AsyncDisposableStack. */
export function createKeeper() {
  const kept: AsyncDisposable[] = [];
  return {
    keep: <Resource extends AsyncDisposable>(resource: Resource): Resource => {
      kept.push(resource);
      return resource;
    },
    disposeAll: async (): Promise<void> => {
      for (const resource of kept.toReversed()) await resource[Symbol.asyncDispose]();
    },
  };
}
