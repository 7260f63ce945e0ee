import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { MsaError } from '../../../model/errors.ts';
import { databaseUser } from '../../../plan/stores.ts';
import type { Place } from '../../../ports/engine.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { ProcessOwner } from '../../../protocol/supervisor-api.ts';
import { runStep } from '../prepare/run-step.ts';
import type { SupervisorLink } from '../supervisor/supervisor-link.ts';
import { makeClusterHome, postgresOwner, writePassword } from './database-files.ts';
import { findPostgres } from './find-postgres.ts';

export interface DatabaseSituation {
  readonly place: Place;
  readonly searchPath: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly password: string;
  readonly supervisor: SupervisorLink;
  readonly signal: StopSignal;
  readonly report: (line: string) => void;
}

export interface DatabaseServer {
  readonly command: readonly string[];
  readonly owner: ProcessOwner | undefined;
}

/** Makes the cluster when there is none, and says how its server is started. */
export async function prepareServer(situation: DatabaseSituation): Promise<DatabaseServer> {
  const { place, searchPath, port } = situation;
  const programs = findPostgres(place.root, searchPath);
  const owner = postgresOwner();
  const home = await makeClusterHome(place, owner);
  const cluster = join(home, 'cluster');
  if (existsSync(join(cluster, 'PG_VERSION'))) await requireSameVersion(programs, cluster);
  else await makeCluster(situation, { programs, owner, home, cluster });
  // No socket: services reach it by the port, and a path would have to be short.
  const command = [join(programs, 'postgres'), '-D', cluster, '-h', '127.0.0.1', '-p', String(port), '-k', ''];
  return { command, owner };
}

interface NewCluster {
  readonly programs: string;
  readonly owner: ProcessOwner | undefined;
  readonly home: string;
  readonly cluster: string;
}

/** Made beside its place and moved there, so that one that was broken off is never taken for whole. */
async function makeCluster(
  situation: DatabaseSituation,
  { programs, owner, home, cluster }: NewCluster,
): Promise<void> {
  const { place, password, env, supervisor, signal, report } = situation;
  const draft = `${cluster}.new`;
  const secret = join(home, 'password');
  writePassword(place, password);
  await rm(draft, { recursive: true, force: true });
  await writeFile(secret, password, { mode: 0o600 });
  if (owner !== undefined) await chown(secret, owner.uid, owner.gid);
  const command = [
    join(programs, 'initdb'),
    `--pgdata=${draft}`,
    `--username=${databaseUser}`,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    `--locale=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
  ];
  try {
    const step = { service: 'postgres', directory: '/', env, supervisor, signal, report };
    await runStep({ ...step, ...(owner && { owner }) }, command);
    await rename(draft, cluster);
  } finally {
    await rm(secret, { force: true });
  }
}

/** Postgres does not read what another major version wrote. */
async function requireSameVersion(programs: string, cluster: string): Promise<void> {
  const written = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await promisify(execFile)(join(programs, 'postgres'), ['--version']);
  const present = /\d+/.exec(stdout)?.[0] ?? '';
  if (present === written) return;
  throw new MsaError(
    'MSA_STORE_UNAVAILABLE',
    `the data of this workspace were written by Postgres ${written}, and the Postgres of this machine is ${present}`,
    { hint: `Install Postgres ${written}, or give the data up: msa down --volumes` },
  );
}
