import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeRunDirectory, runDirectoryOf } from '../run-directory.ts';

/** What is known of a folder that has been prepared. */
export interface Marker {
  readonly key: string;
  readonly directory: string;
  /** Hash of what its packages were installed from; undefined when there are none. */
  readonly installed: string | undefined;
  /** Paths without which it is not prepared any more, relative to the folder. */
  readonly outcome: readonly string[];
}

export function readMarker(root: string, directory: string): Promise<Marker | undefined> {
  return readMarkerFile(markerPath(root, directory));
}

async function readMarkerFile(path: string): Promise<Marker | undefined> {
  try {
    const marker: Marker = JSON.parse(await readFile(path, 'utf8'));
    return marker;
  } catch {
    // None, or one that cannot be read: then the folder is prepared once more.
    return undefined;
  }
}

/** Keys of all folders that are prepared. */
export async function readPreparedKeys(root: string): Promise<ReadonlySet<string>> {
  const { prepared } = runDirectoryOf(root);
  const names = await readdir(prepared).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => join(prepared, name));
  const markers = await Promise.all(files.map((file) => readMarkerFile(file)));
  return new Set(markers.flatMap((marker) => (marker !== undefined && isStillTrue(marker) ? [marker.key] : [])));
}

function isStillTrue({ directory, outcome }: Marker): boolean {
  return outcome.every((path) => existsSync(join(directory, path)));
}

/** Writes it whole or not at all. */
export async function writeMarker(root: string, marker: Marker): Promise<void> {
  makeRunDirectory(root, runDirectoryOf(root).prepared);
  const path = markerPath(root, marker.directory);
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, JSON.stringify(marker));
  await rename(draft, path);
}

export async function removeMarker(root: string, directory: string): Promise<void> {
  await rm(markerPath(root, directory), { force: true });
}

function markerPath(root: string, directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join(runDirectoryOf(root).prepared, `${name}.json`);
}
