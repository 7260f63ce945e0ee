import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

import { MsaError } from '../../model/errors.ts';
import type { EntryKind, FileStore } from '../../ports/file-store.ts';
import { applyChanges } from './apply.ts';
import { codeOf, isPresent, messageOf } from './errno.ts';
import { recoverJournal } from './journal.ts';

/** The real file system. */
export function createFileStore(): FileStore {
  return {
    read: readText,
    kindOf,
    list: async (directory) => (await entriesOf(directory)).map((entry) => entry.name).sort(),
    listFiles: async (directory) => ((await isLink(directory)) ? [] : (await filesBelow(directory, '')).sort()),
    realPath: async (file) => fs.realpath(file).catch(() => undefined),
    apply: applyChanges,
    recover: async (root) => recoverJournal(root),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function readText(file: string): Promise<string | undefined> {
  const bytes = await fs.readFile(file).catch((error: unknown) => {
    if (isAbsent(error) && !isDangling(file)) return undefined;
    throw unreadable(file, error);
  });
  if (bytes === undefined) return undefined;
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new MsaError('MSA_READ_FAILED', `${file} is not UTF-8 text`, {
      hint: `Save it as UTF-8 in your editor (it may be ${guessEncoding(bytes)} now).`,
      cause: error,
    });
  }
}

function unreadable(file: string, error: unknown): MsaError {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    return new MsaError('MSA_READ_FAILED', `${file} is a link to a file that does not exist`, {
      hint: 'Correct the link, or remove it.',
      cause: error,
    });
  }
  const hints: Record<string, string> = {
    EACCES: 'You may not read it: correct its permissions.',
    EPERM: 'You may not read it: correct its permissions.',
    EISDIR: 'A directory stands where a file is expected: move it away.',
  };
  const hint = hints[code];
  const options = hint === undefined ? { cause: error } : { hint, cause: error };
  return new MsaError('MSA_READ_FAILED', `cannot read ${file}: ${messageOf(error)}`, options);
}

/** Whether what cannot be found is a link that leads nowhere. */
function isDangling(file: string): boolean {
  try {
    return isPresent(file);
  } catch {
    return false;
  }
}

function guessEncoding(bytes: Buffer): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return isUtf16 ? 'UTF-16' : 'Latin-1, or no text at all';
}

async function kindOf(file: string): Promise<EntryKind | undefined> {
  try {
    const found = await fs.stat(file);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'directory' : 'other';
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new MsaError('MSA_READ_FAILED', `cannot look at ${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function isLink(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

async function filesBelow(root: string, below: string): Promise<string[]> {
  const entries = await entriesOf(path.join(root, below));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const relative = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, relative) : [relative];
    }),
  );
  return found.flat();
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  return fs.readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw new MsaError('MSA_READ_FAILED', `cannot list ${directory}: ${messageOf(error)}`, { cause: error });
  });
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}
