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
 * Where supervisors may be found, the preferred place first. Every shell, scheduler and editor of a user has the same
 * `/tmp`; a session's own directory is another in each, and gone after logging out while the system runs on. It is for
 * machines where somebody else has taken the name below `/tmp`.
 */
export function runtimeDirectories(env: Env): readonly string[] {
  const session = env['XDG_RUNTIME_DIR'];
  const offered = session !== undefined && isAbsolute(session) && isOwn(session) ? [join(session, 'msa')] : [];
  return [`/tmp/msa-${userInfo().uid}`, ...offered.filter((directory) => fits(directory))];
}

/** After `su` the session is still the other user's, who could put anything in our directory's place. */
function isOwn(directory: string): boolean {
  return lstatSync(directory, { throwIfNoEntry: false })?.uid === userInfo().uid;
}

/** The files of a workspace's supervisor, alive or killed; undefined when there are none. */
export function findRuntimeFiles(directories: readonly string[], workspace: string): RuntimeFiles | undefined {
  return trustedDirectories(directories)
    .map((directory) => runtimeFilesOf(directory, workspace))
    .find(({ socket, stateFile }) => existsSync(stateFile) || existsSync(socket));
}

/** Those that are there. What somebody else has put in their place was never used by us: it counts as nothing. */
export function trustedDirectories(directories: readonly string[]): readonly string[] {
  return directories.filter((directory) => existsSync(directory) && distrust(directory) === undefined);
}

/** The first that can be trusted, made when it is missing. */
export function makeRuntimeDirectory(directories: readonly string[]): string {
  const problems = new Map<string, string>();
  for (const directory of directories) {
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
