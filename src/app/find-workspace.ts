import { MsaError } from '../model/errors.ts';
import type { FileStore } from '../ports/file-store.ts';
import { joinPath, parentOf } from './paths.ts';

export const workspaceFile = 'msa.yaml';

/** A workspace before it is asked what its file means. */
export interface FoundWorkspace {
  /** Absolute path of the directory with `msa.yaml`. */
  readonly root: string;
  readonly text: string;
}

/** Finds the workspace that holds `directory`, as git finds its repository. What a killed command left is taken back. */
export async function findWorkspace(files: FileStore, directory: string): Promise<FoundWorkspace> {
  const root = await findRoot(files, directory);
  if (root === undefined) {
    // A killed init has perhaps written everything but this file.
    await files.recover(directory);
    throw new MsaError('MSA_WORKSPACE_NOT_FOUND', `there is no ${workspaceFile} in ${directory} or above it`, {
      hint: 'msa init',
    });
  }
  await files.recover(root);
  return { root, text: (await files.read(joinPath(root, workspaceFile))) ?? '' };
}

async function findRoot(files: FileStore, directory: string): Promise<string | undefined> {
  for (let at = directory; ; at = parentOf(at)) {
    if ((await files.kindOf(joinPath(at, workspaceFile))) === 'file') return at;
    if (at === '/') return undefined;
  }
}
