import { deletedByUser, type Decision } from '../../../scaffold/changes/changes.ts';
import type { Generator } from '../../generate.ts';
import type { OpenWorkspace } from '../../open-workspace.ts';
import { planUnit } from '../../unit-files.ts';
import { generatePipelineUnit } from './pipeline-unit.ts';
import { versionOnDisk } from '../range/workspace-at.ts';

/** A generated file that is not as msa.yaml would have it now. */
export interface Difference {
  readonly path: string;
  /** `outdated`: msa.yaml says something else by now; `missing`: it is gone; `edited`: by the user, and otherwise current. */
  readonly kind: 'outdated' | 'missing' | 'edited';
}

/** Compares the files of the pipelines with what msa.yaml says. Edits of the user's own are told apart from being out of date. */
export async function verifyPipelines(
  generator: Generator,
  { root, workspace }: OpenWorkspace,
): Promise<readonly Difference[]> {
  const unit = await generatePipelineUnit(generator, { workspace, version: versionOnDisk(generator.files, root) });
  const { decisions } = await planUnit({ files: generator.files, root }, unit, 'merge');
  return decisions.flatMap(differenceOf);
}

function differenceOf(decision: Decision): readonly Difference[] {
  const { action, path } = decision;
  if (action === 'same') return [];
  if (action === 'create') return [{ path, kind: 'missing' }];
  if (action === 'keep') return [{ path, kind: decision.reason === deletedByUser ? 'missing' : 'edited' }];
  return [{ path, kind: 'outdated' }];
}
