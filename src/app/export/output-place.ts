import type { FileStore } from '../../ports/file-store.ts';
import { baseName, joinPath, parentOf, pathBetween, relativeTo, resolvePath } from '../paths.ts';

/** Where an export goes. */
export interface OutputPlace {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Name of the Compose file in it. */
  readonly composeFile: string;
  /** Below what everything is written: the workspace, or the folder where it lies outside of it. */
  readonly root: string;
  /** The folder relative to that; empty for the root itself. */
  readonly directory: string;
}

const defaultName = 'compose.yaml';

/** What the user means by `--output`: a folder, or a Compose file with the rest beside it. */
export function outputPlace(directory: string, workspaceRoot: string, output: string | undefined): OutputPlace {
  const path = output === undefined ? joinPath(workspaceRoot, 'compose') : resolvePath(directory, output);
  const isFile = output !== undefined && /\.ya?ml$/i.test(path);
  const folder = isFile ? parentOf(path) : path;
  const below = relativeTo(workspaceRoot, folder);
  return {
    folder,
    composeFile: isFile ? baseName(path) : defaultName,
    root: below === undefined ? folder : workspaceRoot,
    directory: below === undefined || below === '.' ? '' : below,
  };
}

/** How the folder reaches the workspace, whatever links lead to either. */
export async function pathToWorkspace(
  files: FileStore,
  { folder }: OutputPlace,
  workspaceRoot: string,
): Promise<string> {
  return pathBetween(await realPathOf(files, folder), await realPathOf(files, workspaceRoot));
}

async function realPathOf(files: FileStore, path: string): Promise<string> {
  const real = await files.realPath(path);
  if (real !== undefined || path === '/') return real ?? path;
  return joinPath(await realPathOf(files, parentOf(path)), baseName(path));
}
