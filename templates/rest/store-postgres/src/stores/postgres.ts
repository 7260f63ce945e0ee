import { Pool, escapeIdentifier } from 'pg';
import type { PoolClient } from 'pg';
import { outcomeLifetimeMs } from '../store.ts';
import type { Change, CommitResult, Item, ListQuery, Outcome, Store, StoreOptions } from '../store.ts';

const cleanUpEveryMs = 60 * 60 * 1000;

/** Keeps items as documents in one table and outcomes in another; makes both when they are missing. */
export function createPostgresStore({ url, namespace, onError }: StoreOptions): Store {
  const pool = openPool(url);
  const tables = { items: escapeIdentifier(`${namespace}_items`), outcomes: escapeIdentifier(`${namespace}_outcomes`) };
  pool.on('error', onError);
  const withTables = onceReady(() => createTables(pool, namespace, tables));
  withTables(async () => {}).catch(onError);
  const cleanUp = setInterval(() => void forgetExpired(pool, tables).catch(onError), cleanUpEveryMs).unref();

  const rows = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    withTables(async () => (await pool.query(text, values)).rows as T[]);
  const documents = async (text: string, values: unknown[]): Promise<Item[]> =>
    (await rows<{ document: Item }>(text, values)).map(({ document }) => document);

  return {
    get: async (id) => (await documents(`SELECT document FROM ${tables.items} WHERE id = $1`, [id]))[0],
    list: async (query) => {
      if (query.before === undefined) return documents(...listAfter(tables, query));
      return (await documents(...listBefore(tables, query))).toReversed();
    },
    outcome: async (key) => (await rows<{ outcome: Outcome }>(findOutcome(tables), [key]))[0]?.outcome,
    commit: (change) => withTables(() => commit(pool, tables, change)),
    ping: async () => void (await rows(`SELECT FROM ${tables.items} LIMIT 1`)),
    close: async () => {
      clearInterval(cleanUp);
      await pool.end();
    },
  };
}

interface Tables {
  readonly items: string;
  readonly outcomes: string;
}

function openPool(url: string | undefined): Pool {
  return new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 2000,
    query_timeout: 2500,
    // On the server too, so that an instance that hangs holds no lock for long.
    statement_timeout: 2500,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  });
}

const missingTable = '42P01';

/** Runs operations after a preparation that is done once; again when it failed, or when its effect is gone. */
function onceReady(prepare: () => Promise<void>): <T>(operation: () => Promise<T>) => Promise<T> {
  let prepared: Promise<void> | undefined;
  return async (operation) => {
    const ready = (prepared ??= prepare());
    try {
      await ready;
      return await operation();
    } catch (error) {
      const { code } = error as { code?: unknown };
      const isPrepared = await ready.then(
        () => code !== missingTable,
        () => false,
      );
      if (!isPrepared && prepared === ready) prepared = undefined;
      throw error;
    }
  };
}

function createTables(pool: Pool, namespace: string, { items, outcomes }: Tables): Promise<void> {
  return transaction(pool, async (client) => {
    // CREATE … IF NOT EXISTS fails when two instances run it at once, so one waits for the other.
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`create tables of ${namespace}`]);
    // "C" compares bytes, so that ids sort here as they do everywhere else.
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${items} (id text COLLATE "C" PRIMARY KEY, version integer NOT NULL, document jsonb NOT NULL)`,
    );
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${outcomes} (key text PRIMARY KEY, outcome jsonb NOT NULL, expires_at timestamptz NOT NULL)`,
    );
    return { keep: true, result: undefined };
  });
}

async function forgetExpired(pool: Pool, { outcomes }: Tables): Promise<void> {
  await pool.query(`DELETE FROM ${outcomes} WHERE expires_at <= now()`);
}

function listAfter({ items }: Tables, { limit, after = '' }: ListQuery): [string, unknown[]] {
  return [`SELECT document FROM ${items} WHERE id > $1 ORDER BY id LIMIT $2`, [after, limit]];
}

function listBefore({ items }: Tables, { limit, before }: ListQuery): [string, unknown[]] {
  return [`SELECT document FROM ${items} WHERE id < $1 ORDER BY id DESC LIMIT $2`, [before, limit]];
}

function findOutcome({ outcomes }: Tables): string {
  return `SELECT outcome FROM ${outcomes} WHERE key = $1 AND expires_at > now()`;
}

function commit(pool: Pool, tables: Tables, change: Change): Promise<CommitResult> {
  return transaction<CommitResult>(pool, async (client) => {
    if (change.record && !(await claimKey(client, tables, change.record))) {
      const found = await client.query(findOutcome(tables), [change.record.key]);
      const outcome = (found.rows as { outcome: Outcome }[])[0]?.outcome;
      return { keep: false, result: outcome ? { kind: 'replay', outcome } : { kind: 'conflict' } };
    }
    const written = await writeItem(client, tables, change);
    return { keep: written, result: { kind: written ? 'committed' : 'conflict' } };
  });
}

/** Waits for whoever is recording the same key; false when that one succeeds. An expired key is free again. */
async function claimKey(
  client: PoolClient,
  { outcomes }: Tables,
  { key, outcome }: NonNullable<Change['record']>,
): Promise<boolean> {
  const claimed = await client.query(
    `INSERT INTO ${outcomes} AS known (key, outcome, expires_at) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET outcome = excluded.outcome, expires_at = excluded.expires_at WHERE known.expires_at <= now()`,
    [key, JSON.stringify(outcome), outcomeLifetimeMs],
  );
  return changedOne(claimed);
}

/** False when the item is not at the expected version. */
async function writeItem(
  client: PoolClient,
  { items }: Tables,
  { id, expectedVersion, next }: Change,
): Promise<boolean> {
  const write = (text: string, ...more: unknown[]) => client.query(text, [id, ...more]);
  const document = JSON.stringify(next);
  if (next === undefined) {
    return changedOne(await write(`DELETE FROM ${items} WHERE id = $1 AND version = $2`, expectedVersion));
  }
  if (expectedVersion === 0) {
    const insert = `INSERT INTO ${items} (id, version, document) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
    return changedOne(await write(insert, next.version, document));
  }
  const update = `UPDATE ${items} SET version = $3, document = $4 WHERE id = $1 AND version = $2`;
  return changedOne(await write(update, expectedVersion, next.version, document));
}

function changedOne({ rowCount }: { rowCount: number | null }): boolean {
  return rowCount === 1;
}

async function transaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<{ keep: boolean; result: T }>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { keep, result } = await work(client);
    await client.query(keep ? 'COMMIT' : 'ROLLBACK');
    client.release();
    return result;
  } catch (error) {
    // The connection may be in any state, so it is not used again.
    client.release(true);
    throw error;
  }
}
