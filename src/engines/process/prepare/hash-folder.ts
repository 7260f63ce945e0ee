import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What tools make and keep beside the sources: it follows from them, or does not matter to a program. */
const derivedNames: ReadonlySet<string> = new Set([
  '.DS_Store',
  '.git',
  '.gradle',
  '.idea',
  '.mypy_cache',
  '.msa',
  '.pytest_cache',
  '.venv',
  '.vscode',
  '__pycache__',
  'coverage',
  'node_modules',
  'venv',
]);

export interface FolderContent {
  readonly directory: string;
  /** Names that are made here as well: `dist` where there is a build. */
  readonly derived: readonly string[];
  /** What else the outcome follows from. */
  readonly salt: string;
}

/** Hash of everything in a folder that what runs from it could depend on: names, contents, and who may be executed. */
export async function hashFolder({ directory, derived, salt }: FolderContent): Promise<string> {
  const skipped = new Set([...derivedNames, ...derived]);
  const hash = createHash('sha256').update(salt);
  await addFolder(hash, directory, { path: '', skipped });
  return hash.digest('hex');
}

interface Position {
  /** Relative, with a slash at the end unless it is empty. */
  readonly path: string;
  readonly skipped: ReadonlySet<string>;
}

async function addFolder(hash: Hash, directory: string, { path, skipped }: Position): Promise<void> {
  const entries = await readdir(join(directory, path), { withFileTypes: true });
  const kept = entries
    .filter(({ name }) => !skipped.has(name))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of kept) {
    const at = `${path}${entry.name}`;
    if (entry.isDirectory()) await addFolder(hash, directory, { path: `${at}/`, skipped });
    else if (entry.isSymbolicLink()) hash.update(`link\0${at}\0${await readlink(join(directory, at))}\0`);
    else if (entry.isFile()) await addFile(hash, directory, at);
  }
}

/** With its length, so that no two folders give the same bytes. */
async function addFile(hash: Hash, directory: string, at: string): Promise<void> {
  const path = join(directory, at);
  const [content, { mode }] = await Promise.all([readFile(path), stat(path)]);
  const executable = (mode & 0o100) === 0 ? '' : 'x';
  hash.update(`file\0${at}\0${executable}\0${content.length}\0`).update(content);
}
