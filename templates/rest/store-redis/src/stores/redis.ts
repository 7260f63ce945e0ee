import { WatchError, createClientPool } from '@redis/client';
import { outcomeLifetimeMs } from '../store.ts';
import type { Change, CommitResult, Item, ListQuery, Outcome, Store, StoreOptions } from '../store.ts';

type Pool = ReturnType<typeof openPool>;
type Keys = ReturnType<typeof keysIn>;

// How often others may change something between two of our steps before we take it as it is.
const maxRaces = 20;

/** Keeps items and outcomes as JSON strings, and the ids in a sorted set for paging. */
export function createRedisStore({ url = '', namespace, onError }: StoreOptions): Store {
  const pool = openPool(url);
  const keys = keysIn(namespace);
  pool.on('error', onError);
  pool.connect().catch(onError);

  return {
    get: async (id) => parse<Item>(await pool.get(keys.item(id))),
    list: (query) => list(pool, keys, query),
    outcome: async (key) => parse<Outcome>(await pool.get(keys.outcome(key))),
    commit: (change) => commit(pool, keys, change),
    ping: async () => void (await pool.ping()),
    close: async () => pool.destroy(),
  };
}

function openPool(url: string) {
  return createClientPool(
    {
      url,
      // Version 2 of the protocol and no client information, so that any server that knows the basic commands will do.
      RESP: 2,
      disableClientInfo: true,
      maintNotifications: 'disabled',
      // A command that waits for a lost server would be carried out long after its request was answered with 503.
      disableOfflineQueue: true,
      // Without traffic for that long the server is gone, whatever TCP says; the pings are the traffic.
      pingInterval: 2000,
      socket: { connectTimeout: 2000, socketTimeout: 5000 },
    },
    { minimum: 1, maximum: 10, acquireTimeout: 2000 },
  );
}

/** The braces keep all keys of a service in one slot of a cluster, as transactions need. */
function keysIn(namespace: string) {
  return {
    ids: `{${namespace}}:ids`,
    item: (id: string) => `{${namespace}}:item:${id}`,
    outcome: (key: string) => `{${namespace}}:outcome:${key}`,
  };
}

async function list(pool: Pool, keys: Keys, query: ListQuery): Promise<Item[]> {
  for (let race = 0; ; race += 1) {
    const ids = await listIds(pool, keys, query);
    if (ids.length === 0) return [];
    const items = (await pool.mGet(ids.map(keys.item))).flatMap((text) => parse<Item>(text) ?? []);
    // An item can have been deleted since its id was read; a page that is too short would look like the last one.
    if (items.length === ids.length || race === maxRaces) return items;
  }
}

async function listIds(pool: Pool, keys: Keys, { limit, after, before }: ListQuery): Promise<string[]> {
  const options = { BY: 'LEX', LIMIT: { offset: 0, count: limit } } as const;
  if (before === undefined) return pool.zRange(keys.ids, after === undefined ? '-' : `(${after}`, '+', options);
  return (await pool.zRange(keys.ids, `(${before}`, '-', { ...options, REV: true })).toReversed();
}

async function commit(pool: Pool, keys: Keys, change: Change): Promise<CommitResult> {
  for (let race = 0; race < maxRaces; race += 1) {
    const result = await tryCommit(pool, keys, change);
    if (result) return result;
  }
  return { kind: 'conflict' };
}

/** Undefined when the item or the key was touched between the look and the commit, so that one has to look again. */
async function tryCommit(
  pool: Pool,
  keys: Keys,
  { id, expectedVersion, next, record }: Change,
): Promise<CommitResult | undefined> {
  const itemKey = keys.item(id);
  const outcomeKey = record && keys.outcome(record.key);
  // WATCH belongs to a connection, so nobody else may use this one until the end.
  return pool.execute(async (client) => {
    await client.watch(outcomeKey === undefined ? itemKey : [itemKey, outcomeKey]);
    const [item, earlier] = await Promise.all([
      client.get(itemKey),
      outcomeKey === undefined ? null : client.get(outcomeKey),
    ]);
    const outcome = parse<Outcome>(earlier);
    if (outcome || (parse<Item>(item)?.version ?? 0) !== expectedVersion) {
      await client.unwatch();
      return outcome ? { kind: 'replay', outcome } : { kind: 'conflict' };
    }
    const transaction = client.multi();
    if (next) transaction.set(itemKey, JSON.stringify(next)).zAdd(keys.ids, { score: 0, value: id });
    else transaction.del(itemKey).zRem(keys.ids, id);
    if (record && outcomeKey !== undefined)
      transaction.set(outcomeKey, JSON.stringify(record.outcome), { PX: outcomeLifetimeMs });
    try {
      await transaction.exec();
      return { kind: 'committed' };
    } catch (error) {
      if (error instanceof WatchError) return undefined;
      throw error;
    }
  });
}

function parse<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}
