import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import type { Place } from '../../../ports/engine.ts';
import type { ProcessOwner } from '../../../protocol/supervisor-api.ts';
import { makeRunDirectory, runDirectoryOf } from '../run-directory.ts';

/** Postgres refuses to run as root, and nobody else gets into what only root may enter. */
const rootsPlace = '/var/tmp';

/** Whom Postgres runs as, when it cannot be this user. */
export function postgresOwner(): ProcessOwner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new MsaError('MSA_STORE_UNAVAILABLE', 'Postgres refuses to run as root, and there is no other user for it', {
    hint: 'Run msa as another user, or use Docker: msa up --engine docker',
  });
}

/** The directory for the cluster and what belongs to it. */
export function clusterHome({ root, workspace }: Place): string {
  return process.getuid?.() === 0
    ? join(rootsPlace, `msa-postgres-${workspace}`)
    : join(runDirectoryOf(root).data, 'postgres');
}

/** Makes that directory for its owner; where everybody may make directories, one that is there must be the owner's. */
export async function makeClusterHome(place: Place, owner: ProcessOwner | undefined): Promise<string> {
  const home = clusterHome(place);
  if (owner === undefined) {
    makeRunDirectory(place.root, home);
    return home;
  }
  if (!existsSync(home)) {
    mkdirSync(home, { mode: 0o700 });
    await chown(home, owner.uid, owner.gid);
  }
  const stats = lstatSync(home);
  if (stats.isDirectory() && stats.uid === owner.uid) return home;
  throw new MsaError('MSA_STORE_UNAVAILABLE', `${home} is there already and is not Postgres's`, {
    hint: `Look at who made it, then remove it: rm -r ${home}`,
  });
}

function passwordFile({ root }: Place): string {
  return join(runDirectoryOf(root).data, 'postgres-password');
}

/** The password of the cluster that is there; undefined before there is one. */
export function readPassword(place: Place): string | undefined {
  return existsSync(passwordFile(place)) ? readFileSync(passwordFile(place), 'utf8') : undefined;
}

/** Anybody on this machine may connect to its loopback address, so it has to be one that nobody can guess. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

export function writePassword(place: Place, password: string): void {
  makeRunDirectory(place.root, runDirectoryOf(place.root).data);
  writeFileSync(passwordFile(place), password, { mode: 0o600 });
}
