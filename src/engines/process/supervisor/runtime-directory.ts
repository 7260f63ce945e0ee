import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';

/** What a path of a Unix socket may have on macOS, without its end; Linux allows four more. */
const maxSocketPathBytes = 103;
/** `<workspace>.sock`: a name of 40 characters, a hyphen, six digits. */
const longestSocketName = 52;

type Env = Readonly<Record<string, string | undefined>>;

/** Files of a workspace's supervisor, in a directory that only this user can enter. */
export interface RuntimeFiles {
  readonly directory: string;
  readonly socket: string;
  readonly stateFile: string;
}

export function runtimeFilesOf(directory: string, workspace: string): RuntimeFiles {
  return { directory, socket: join(directory, `${workspace}.sock`), stateFile: join(directory, `${workspace}.json`) };
}

/**
 * Where supervisors may be found: what the session offers, and what every session has. A system is started from one
 * shell and stopped from another, so all are looked at.
 */
export function runtimeDirectories(env: Env): readonly string[] {
  const session = env['XDG_RUNTIME_DIR'];
  const offered = session !== undefined && isAbsolute(session) && isOwn(session) ? [join(session, 'msa')] : [];
  return [...offered.filter((directory) => fits(directory)), `/tmp/msa-${userInfo().uid}`];
}

/** After `su` the session is still the other user's, who could put anything in our directory's place. */
function isOwn(directory: string): boolean {
  return lstatSync(directory, { throwIfNoEntry: false })?.uid === userInfo().uid;
}

/** The files of a workspace's supervisor, alive or killed; undefined when there are none. */
export function findRuntimeFiles(env: Env, workspace: string): RuntimeFiles | undefined {
  return trustedDirectories(env)
    .map((directory) => runtimeFilesOf(directory, workspace))
    .find(({ socket, stateFile }) => existsSync(stateFile) || existsSync(socket));
}

/** Those that are there. What somebody else has put in their place was never used by us: it counts as nothing. */
export function trustedDirectories(env: Env): readonly string[] {
  return runtimeDirectories(env).filter((directory) => existsSync(directory) && distrust(directory) === undefined);
}

/** The directory for a new supervisor, made when it is missing. */
export function makeRuntimeDirectory(env: Env): string {
  const problems = new Map<string, string>();
  for (const directory of runtimeDirectories(env)) {
    const problem = makeDirectory(directory) ?? distrust(directory);
    if (problem === undefined) return directory;
    problems.set(directory, problem);
  }
  throw new MsaError('MSA_ENGINE_UNAVAILABLE', 'there is no directory that sockets can be trusted to', {
    hint: 'Look at who made it and remove it, or set XDG_RUNTIME_DIR to a directory that only you can enter.',
    details: Array.from(problems, ([directory, problem]) => `${directory}: ${problem}`),
  });
}

function makeDirectory(directory: string): string | undefined {
  try {
    mkdirSync(directory, { mode: 0o700 });
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}

/** What keeps a directory from being ours alone; looked at as it is, because a link could lead anywhere. */
function distrust(directory: string): string | undefined {
  const { uid } = userInfo();
  const stats = lstatSync(directory);
  if (stats.isSymbolicLink()) return 'it is a link';
  if (!stats.isDirectory()) return 'it is not a directory';
  if (stats.uid !== uid) return `it belongs to another user (${stats.uid})`;
  return (stats.mode & 0o077) === 0 ? undefined : 'others may enter it';
}

function fits(directory: string): boolean {
  return Buffer.byteLength(directory) + 1 + longestSocketName <= maxSocketPathBytes;
}
