import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { codeOf, messageOf, writeHint } from '../../io/file-store/errno.ts';
import { MsaError } from '../../model/errors.ts';

/** What the process engine keeps below a workspace; git ignores all of it. */
export interface RunDirectory {
  /** What instances write; goes with `down`. */
  readonly logs: string;
  /** Last known states of gateway and registry; go with `down`. */
  readonly state: string;
  /** Which folders are prepared, and from what; as `node_modules` beside them, it stays. */
  readonly prepared: string;
  /** Of the stores; goes with `down --volumes`. */
  readonly data: string;
  readonly supervisorLog: string;
}

export function runDirectoryOf(root: string): RunDirectory {
  const base = join(root, '.msa', 'run');
  return {
    logs: join(base, 'logs'),
    state: join(base, 'state'),
    prepared: join(base, 'prepared'),
    data: join(base, 'data'),
    supervisorLog: join(base, 'logs', 'supervisor.log'),
  };
}

/** Every command clears the empty directory away that it finds, and any number of them may begin now. */
const maxAttempts = 200;

/** Makes a directory below the workspace. The workspace itself is never made again when it has vanished. */
export function makeRunDirectory(root: string, directory: string): void {
  const segments = directory
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '');
  for (let attempt = 1; ; attempt += 1) {
    try {
      segments.reduce((parent, segment) => makeDirectory(join(parent, segment)), root);
      return;
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT' && existsSync(root) && attempt < maxAttempts) continue;
      throw new MsaError('MSA_WRITE_FAILED', `${directory} cannot be made: ${messageOf(cause)}`, {
        ...writeHint(cause),
        cause,
      });
    }
  }
}

function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { mode: basename(directory) === 'data' ? 0o700 : 0o777 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return directory;
}
