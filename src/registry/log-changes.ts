import type { Instance } from '../protocol/instances.ts';
import type { Log } from './log.ts';
import type { Store } from './store.ts';

/** Tells the log of every instance that comes, goes or takes another status. Gives the function that ends it. */
export function logChanges(store: Store, log: Log): () => void {
  let before = new Map<string, Instance>();
  return store.onChange(() => {
    const now = new Map(store.instances.map((instance) => [instance.id, instance]));
    for (const [id, { status, service, address, port, problem }] of now) {
      if (before.get(id)?.status === status) continue;
      log(status === 'down' ? 'warn' : 'info', `${id} is ${status}`, { service, address, port, problem });
    }
    for (const [id, { service }] of before) if (!now.has(id)) log('info', `${id} is gone`, { service });
    before = now;
  });
}
