import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

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

/** Makes a directory below the workspace. The workspace itself is never made again when it has vanished. */
export function makeRunDirectory(root: string, directory: string): void {
  const below = directory
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '');
  below.reduce((parent, segment) => {
    const next = join(parent, segment);
    try {
      mkdirSync(next, { mode: segment === 'data' ? 0o700 : 0o777 });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'))
        throw new MsaError('MSA_WRITE_FAILED', `${next} cannot be made: ${String(cause)}`, { cause });
    }
    return next;
  }, root);
}
