import { composeCommand, defaultComposeFile } from '../../export/compose-file.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { baseName, joinPath, parentOf, pathBetween, relativeTo, resolvePath } from '../paths.ts';

/** Where an export goes. */
export interface OutputPlace {
  /** Absolute path of its folder, as the user says it. */
  readonly folder: string;
  /** Name of the Compose file in it. */
  readonly composeFile: string;
  /** How Docker Compose is called in the folder. */
  readonly command: string;
  /** Below what everything is written: the workspace, or the folder where it lies outside of it. */
  readonly root: string;
  /** The folder relative to that; empty for the root itself. */
  readonly directory: string;
  /** How the folder reaches the workspace, whatever links lead to either. */
  readonly toWorkspace: string;
}

interface Wish {
  /** Where the command works. */
  readonly directory: string;
  readonly workspaceRoot: string;
  /** A folder, or a Compose file with the rest beside it. */
  readonly output: string | undefined;
}

/** What the user means by `--output`. */
export async function findOutputPlace(
  files: FileStore,
  { directory, workspaceRoot, output }: Wish,
): Promise<OutputPlace> {
  const path = output === undefined ? joinPath(workspaceRoot, 'compose') : resolvePath(directory, output);
  const isFile = output !== undefined && /\.ya?ml$/i.test(path);
  const folder = isFile ? parentOf(path) : path;
  const [real, realRoot] = await Promise.all([realPathOf(files, folder), realPathOf(files, workspaceRoot)]);
  const below = relativeTo(realRoot, real);
  const composeFile = isFile ? baseName(path) : defaultComposeFile;
  return {
    folder,
    composeFile,
    command: composeCommand(composeFile),
    root: below === undefined ? real : workspaceRoot,
    directory: below === undefined || below === '.' ? '' : below,
    toWorkspace: pathBetween(real, realRoot),
  };
}

/** With links resolved, as far as the path exists. */
async function realPathOf(files: FileStore, path: string): Promise<string> {
  const real = await files.realPath(path);
  if (real !== undefined || path === '/') return real ?? path;
  return joinPath(await realPathOf(files, parentOf(path)), baseName(path));
}
