import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Fingerprints } from '../ports/fingerprints.ts';

/** Folders that change without the service changing, and that can be very large. */
const ignored: ReadonlySet<string> = new Set(['.git', '.msa', 'node_modules']);

/** Sizes and times of files: works on every file system, also where nobody tells of changes, and costs little. */
export const fingerprints: Fingerprints = {
  of: async (paths) =>
    new Map(await Promise.all(paths.map(async (path) => [path, await fingerprintOf(path)] as const))),
};

/** What has gone between the list and the look counts as nothing. */
async function fingerprintOf(path: string): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return '';
  if (!found.isDirectory()) return `${found.size} ${found.mtimeNs} ${found.ino} ${found.mode}`;
  const names = (await readdir(path).catch(() => [])).filter((name) => !ignored.has(name)).toSorted();
  const parts = await Promise.all(names.map(async (name) => `${name} ${await fingerprintOf(join(path, name))}`));
  return `[${parts.join('\n')}]`;
}
