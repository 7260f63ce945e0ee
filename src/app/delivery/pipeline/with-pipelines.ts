import type { FileChange } from '../../../ports/file-store.ts';
import type { Generator } from '../../generate.ts';
import { requireValid, workspaceFile } from '../../open-workspace.ts';
import { baseName, joinRelative } from '../../paths.ts';
import type { PlannedChange } from '../../planned-change.ts';
import { planUnit } from '../../unit-files.ts';
import { generatePipelineUnit, hasPipelines } from './pipeline-unit.ts';
import { versionOnDisk, type Version } from '../range/workspace-at.ts';

/** The change with what follows from it for the pipelines of the workspace, where it has some. */
export async function withPipelines<Plan extends PlannedChange>(
  generator: Generator,
  root: string,
  planned: Plan,
): Promise<Plan> {
  const edit = planned.changes.find(({ kind, path }) => kind === 'update' && path === workspaceFile);
  if (edit?.kind !== 'update' || !(await hasPipelines(generator.files, root))) return planned;
  const version = afterwards(versionOnDisk(generator.files, root), planned.changes);
  const unit = await generatePipelineUnit(generator, { workspace: requireValid(edit.content), version });
  const { decisions, changes } = await planUnit({ files: generator.files, root }, unit, 'merge');
  // What a service is added for is the service: conflicts in a pipeline are for the command that is about pipelines.
  if (decisions.some(({ action }) => action === 'conflict')) {
    return { ...planned, notes: [...planned.notes, 'the pipelines do not follow, because of your edits: msa upgrade'] };
  }
  return { ...planned, decisions: [...planned.decisions, ...decisions], changes: [...planned.changes, ...changes] };
}

/** The workspace as it will be: with the files that are about to be made. Folders that go are asked for by nobody. */
function afterwards(version: Version, changes: readonly FileChange[]): Version {
  const created = changes.flatMap(({ kind, path }) => (kind === 'create' ? [path] : []));
  return {
    ...version,
    list: async (folders) => {
      const present = await version.list(folders);
      return [
        ...present,
        ...created.filter((path) => folders.some((folder) => path === joinRelative(folder, baseName(path)))),
      ];
    },
  };
}
