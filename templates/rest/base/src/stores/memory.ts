import { outcomeLifetimeMs } from '../store.ts';
import type { Change, CommitResult, Item, ListQuery, Outcome, Store } from '../store.ts';

/** Keeps everything in this process: for tests and first steps. Every instance has its own data, gone when it ends. */
export function createMemoryStore(now: () => number = Date.now): Store {
  const items = new Map<string, Item>();
  const outcomes = new Map<string, { outcome: Outcome; expiresAt: number }>();

  const findOutcome = (key: string): Outcome | undefined => {
    const found = outcomes.get(key);
    return found && found.expiresAt > now() ? found.outcome : undefined;
  };
  const forgetExpired = (): void => {
    // A Map keeps the order of insertion, so the oldest come first.
    for (const [key, { expiresAt }] of outcomes) {
      if (expiresAt > now()) return;
      outcomes.delete(key);
    }
  };
  const commit = ({ id, expectedVersion, next, record }: Change): CommitResult => {
    const earlier = record && findOutcome(record.key);
    if (earlier) return { kind: 'replay', outcome: earlier };
    if ((items.get(id)?.version ?? 0) !== expectedVersion) return { kind: 'conflict' };
    if (next) items.set(id, next);
    else items.delete(id);
    forgetExpired();
    if (record) outcomes.set(record.key, { outcome: record.outcome, expiresAt: now() + outcomeLifetimeMs });
    return { kind: 'committed' };
  };

  return {
    get: async (id) => items.get(id),
    list: async (query) => select([...items.values()], query),
    outcome: async (key) => findOutcome(key),
    commit: async (change) => commit(change),
    ping: async () => {},
    close: async () => {},
  };
}

function select(items: Item[], { limit, after, before }: ListQuery): Item[] {
  const sorted = items.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (before !== undefined) return sorted.filter(({ id }) => id < before).slice(-limit);
  return sorted.filter(({ id }) => after === undefined || id > after).slice(0, limit);
}
