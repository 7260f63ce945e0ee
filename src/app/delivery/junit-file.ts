import { renderJUnit, type JUnitSuite } from '../../delivery/junit.ts';
import { MsaError } from '../../model/errors.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { baseName, joinPath, joinRelative, parentOf, resolvePath } from '../paths.ts';

export type WriteSuites = (suites: readonly JUnitSuite[]) => Promise<void>;

/**
 * The file that `--junit` names, with the folders it lacks; one that is there is replaced. Looks before the work whether
 * it can be written, so that nothing is found out in vain. Without a file, nothing is written.
 */
export async function openJUnitFile(
  files: FileStore,
  directory: string,
  file: string | undefined,
): Promise<WriteSuites> {
  if (file === undefined) return async () => undefined;
  const path = resolvePath(directory, file);
  const kind = await files.kindOf(path);
  if (file === '' || file.endsWith('/') || kind === 'directory' || kind === 'other') {
    throw new MsaError('MSA_USAGE', `${JSON.stringify(file)} is no file that a report can be written to`, {
      hint: 'Name a file: reports/junit.xml',
    });
  }
  const { root, below } = await findFolder(files, parentOf(path), '');
  return async (suites) => {
    const content = renderJUnit(suites);
    const target = joinRelative(below, baseName(path));
    const exists = (await files.kindOf(joinPath(root, target))) !== undefined;
    await files.apply(root, [{ kind: exists ? 'update' : 'create', path: target, content }]);
  };
}

/** The nearest folder that is there, with links resolved, and what is to be made below it. */
async function findFolder(
  files: FileStore,
  folder: string,
  below: string,
): Promise<{ readonly root: string; readonly below: string }> {
  const kind = await files.kindOf(folder);
  if (kind === 'directory') return { root: (await files.realPath(folder)) ?? folder, below };
  if (kind !== undefined) throw new MsaError('MSA_USAGE', `${folder} is no folder, so no report can be written there`);
  return findFolder(files, parentOf(folder), below === '' ? baseName(folder) : `${baseName(folder)}/${below}`);
}
