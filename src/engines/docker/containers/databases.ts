import { MsaError } from '../../../model/errors.ts';
import type { Unit } from '../../../plan/desired.ts';
import { databaseUser } from '../../../plan/stores.ts';
import type { Work } from '../../../ports/engine.ts';
import { environmentVariables } from '../../../protocol/environment.ts';
import { orAborted } from '../daemon/or-aborted.ts';
import type { Session } from '../session.ts';
import { databasePassword } from './database-password.ts';
import { runInContainer } from './run-in-container.ts';
import { readContainers } from './snapshot.ts';

/** The database a unit is given; undefined when it has none. */
function databaseOf({ env }: Unit): string | undefined {
  const url = env[environmentVariables.databaseUrl];
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  return hostname === 'postgres' ? pathname.slice(1) : undefined;
}

/** Sees to it that a unit's database is there before the unit starts. */
export async function ensureDatabase(session: Session, unit: Unit, { signal }: Work): Promise<void> {
  const database = databaseOf(unit);
  if (database === undefined) return;
  let ready = session.databases.get(database);
  if (ready === undefined) {
    ready = createDatabase(session, database);
    session.databases.set(database, ready);
  }
  await orAborted(ready, signal);
}

/**
 * Waits until the server serves, because on its first start it serves a while on a local socket only, setting itself up;
 * then creates the database if it is missing.
 */
const createScript = `
tries=0
until pg_isready --quiet --host 127.0.0.1; do
  tries=$((tries + 1))
  [ $tries -lt 600 ] || { echo 'the server does not answer'; exit 1; }
  sleep 0.1
done
psql --host 127.0.0.1 --dbname postgres --tuples-only --no-align --command "select datname from pg_database" |
  grep --quiet --line-regexp --fixed-strings -- "$1" || createdb --host 127.0.0.1 "$1"
`;

async function createDatabase({ daemon, place }: Session, database: string): Promise<void> {
  const server = (await readContainers(daemon, place.workspace)).find(({ role }) => role === 'postgres');
  if (server === undefined)
    throw new MsaError('MSA_ENGINE_FAILED', `there is no Postgres to make the database ${database} in`);
  const { exitCode, output } = await runInContainer(daemon, server.containerId, {
    Cmd: ['sh', '-c', createScript, 'sh', database],
    Env: [`PGUSER=${databaseUser}`, `PGPASSWORD=${databasePassword(place)}`],
  });
  if (exitCode !== 0)
    throw new MsaError('MSA_ENGINE_FAILED', `the database ${database} cannot be made: ${output.trim()}`);
}
