import { MsaError } from '../../../model/errors.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { Git } from '../../../ports/git.ts';
import { workspaceFile } from '../../find-workspace.ts';
import { joinPath, joinRelative, relativeTo } from '../../paths.ts';

/** Files of a workspace as they are at a commit, or on disk. Paths are relative to the workspace. */
export interface Version {
  readonly read: (path: string) => Promise<string | undefined>;
  /** What lies directly in folders, each with its folder's path before it; `.` is the workspace. */
  readonly list: (folders: readonly string[]) => Promise<readonly string[]>;
}

export function versionOnDisk(files: FileStore, root: string): Version {
  return {
    read: (path) => files.read(joinPath(root, path)),
    list: async (folders) => {
      const lists = folders.map(async (folder) => {
        const names = await files.list(joinPath(root, folder));
        return names.map((name) => joinRelative(folder, name));
      });
      return (await Promise.all(lists)).flat();
    },
  };
}

export interface Repository {
  readonly git: Git;
  /** Absolute. */
  readonly root: string;
  /** The workspace's folder in it: empty, or `a/b/`. */
  readonly prefix: string;
}

export function versionAt({ git, root, prefix }: Repository, commit: string): Version {
  return {
    read: (path) => git.readAt(root, commit, `${prefix}${path}`),
    list: async (folders) => {
      const inRepository = folders.map((folder) =>
        folder === '.' ? prefix.slice(0, -1) || '.' : `${prefix}${folder}`,
      );
      return (await git.listAt(root, commit, inRepository)).map((path) => path.slice(prefix.length));
    },
  };
}

/** Where in its repository a workspace is; the folder's path as git gives it has no links. */
export async function prefixOf(files: FileStore, repository: string, workspace: string): Promise<string> {
  const below = relativeTo(repository, (await files.realPath(workspace)) ?? workspace);
  if (below === undefined) throw new Error(`${workspace} is not in ${repository}.`);
  return below === '.' ? '' : `${below}/`;
}

/** A path of the repository as seen from the workspace; `..` leads out of it. */
export function fromWorkspace(prefix: string, path: string): string {
  if (path.startsWith(prefix)) return path.slice(prefix.length);
  return `${'../'.repeat(prefix.split('/').length - 1)}${path}`;
}

/** The text of msa.yaml at the end of a range, where there has to be one. */
export async function textAt(version: Version, commit: string | undefined): Promise<string> {
  const text = await version.read(workspaceFile);
  if (text === undefined && commit !== undefined) {
    throw new MsaError('MSA_RANGE_UNKNOWN', `there is no ${workspaceFile} at ${commit.slice(0, 10)}`, {
      hint: 'End the range with a commit that has one, or with what stands on disk: msa affected <start>',
    });
  }
  return text ?? '';
}
