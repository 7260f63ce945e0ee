import type { Instance } from './instance.ts';
import type { Database } from './keyspace/database.ts';

const periodMs = 100;
const batch = 200;
const budgetMs = 20;

/** Removes expired keys that nobody asks for, a few at a time; the returned function ends it. */
export function startExpiring(instance: Instance): () => void {
  return instance.clock.every(periodMs, () => {
    instance.time.nowMs = instance.clock.now();
    for (const database of instance.databases) removeSome(database, instance);
    instance.blocking.serve();
  });
}

// While a quarter of what is looked at has expired, more has, so the next batch is worth its time.
function removeSome(database: Database, { clock, counters }: Instance): void {
  const start = clock.now();
  for (;;) {
    const { seen, removed } = database.removeExpired(batch);
    counters.expired += removed;
    if (removed * 4 < batch || seen < batch || clock.now() - start > budgetMs) return;
  }
}
