import { MsaError } from '../../../model/errors.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import { baseName, joinPath, parentOf, resolvePath } from '../../paths.ts';

/** Adds a text to a file that others write to as well, such as the summary of a job. */
export async function appendSummary(
  files: FileStore,
  directory: string,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<void> {
  const path = resolvePath(directory, file);
  const folder = await files.realPath(parentOf(path));
  if (folder === undefined || (await files.kindOf(path)) === 'directory') {
    throw new MsaError('MSA_USAGE', `--summary: ${JSON.stringify(file)} cannot be written`, {
      hint: 'Name a file in a folder that is there: --summary summary.md',
    });
  }
  const name = baseName(path);
  const before = await files.read(joinPath(folder, name));
  const content =
    before === undefined || before === '' || before.endsWith('\n') ? `${before ?? ''}${text}` : `${before}\n${text}`;
  await files.apply(folder, [{ kind: before === undefined ? 'create' : 'update', path: name, content }]);
}
