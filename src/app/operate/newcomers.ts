import type { WatchState } from '../../protocol/watch.ts';

/**
 * Ids of instances of these services that were not there before, as the registry tells of them. An instance that went
 * and came again under its old id is one too.
 */
export async function* newcomers(
  states: AsyncIterable<WatchState>,
  services: readonly string[],
  present: readonly string[],
): AsyncGenerator<string> {
  let before = new Set(present);
  for await (const { instances } of states) {
    const now = instances.filter(({ service }) => services.includes(service)).map(({ id }) => id);
    for (const id of now) if (!before.has(id)) yield id;
    before = new Set(now);
  }
}
