import type { FolderSource } from '../../../ports/engine.ts';
import { inspectFolder, needsPreparation } from '../programs/inspect-folder.ts';
import { hashFolder } from './hash-folder.ts';

export interface FolderContent {
  readonly hash: string;
  /** Whether something has to be made of it before it runs. */
  readonly needsPreparation: boolean;
}

/** What a folder runs from. Throws MSA_SERVICE_UNRUNNABLE for one that cannot. */
export async function folderContent(source: FolderSource): Promise<FolderContent> {
  const program = await inspectFolder(source);
  const salt = JSON.stringify([source.prepare, program.installation?.command ?? [], program.steps]);
  const hash = await hashFolder({ directory: source.directory, derived: program.derived, salt });
  return { hash, needsPreparation: needsPreparation(program) };
}
