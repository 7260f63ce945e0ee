import type { FileStore } from '../ports/file-store.ts';
import { exampleNames, type ExampleName } from '../scaffold/answers/examples.ts';
import { answersPath, parseWorkspaceAnswers, unitDirectory, workspaceUnit } from '../scaffold/changes/base.ts';
import { generatePipelineUnit, hasPipelines } from './delivery/pipeline/pipeline-unit.ts';
import { versionOnDisk } from './delivery/range/workspace-at.ts';
import { upgradeFilterTypes } from './filters/new-filter.ts';
import type { Generator } from './generate.ts';
import { generateWorkspaceUnit } from './init.ts';
import type { PlannedChange } from './planned-change.ts';
import type { OpenWorkspace } from './open-workspace.ts';
import { joinPath } from './paths.ts';
import { readRecord, regenerate } from './recorded-service.ts';
import { planUnit, type UnitPlan } from './unit-files.ts';

/**
 * Decides what brings every generated file to the templates of this version: what the user left alone is replaced, what
 * both changed is merged. A service whose record cannot be read is left alone and named.
 */
export async function planUpgrade(generator: Generator, opened: OpenWorkspace): Promise<PlannedChange> {
  const { files } = generator;
  const { root, workspace } = opened;
  const plans: UnitPlan[] = [];
  const notes: string[] = [];
  for (const service of workspace.services) {
    const recorded = await readRecord(files, root, service);
    if (typeof recorded === 'string') notes.push(`${service.name} is not upgraded, because ${recorded}`);
    if (typeof recorded !== 'object') continue;
    plans.push(await planUnit({ files, root }, await regenerate(generator, opened, recorded), 'merge'));
  }
  const example = await recordedExample(files, root);
  const { unit } = await generateWorkspaceUnit(generator, { root, name: workspace.name, example });
  plans.push(await planUnit({ files, root }, unit, 'merge'));
  plans.push(...(await upgradeFilterTypes(generator, root)));
  if (await hasPipelines(files, root)) {
    const pipelines = await generatePipelineUnit(generator, { workspace, version: versionOnDisk(files, root) });
    plans.push(await planUnit({ files, root }, pipelines, 'merge'));
  }
  return {
    decisions: plans.flatMap((plan) => plan.decisions),
    changes: plans.flatMap((plan) => plan.changes),
    notes: [...notes, ...(await orphanNotes(files, opened))],
  };
}

async function recordedExample(files: FileStore, root: string): Promise<ExampleName | undefined> {
  const { example } = parseWorkspaceAnswers(await files.read(joinPath(root, answersPath(workspaceUnit))));
  return exampleNames.find((name) => name === example);
}

/** Records that no service has: most likely the service was renamed by hand, and is no longer upgraded. */
async function orphanNotes(files: FileStore, { root, workspace }: OpenWorkspace): Promise<readonly string[]> {
  const known = new Set([workspaceUnit, ...workspace.services.map(({ name }) => name)]);
  const notes: string[] = [];
  for (const name of await files.list(joinPath(root, unitDirectory('')))) {
    if (known.has(name) || (await files.kindOf(joinPath(root, answersPath(name)))) !== 'file') continue;
    const directory = unitDirectory(name);
    notes.push(`${directory} is the record of no service: rename it if ${name} has another name now, or delete it`);
  }
  return notes;
}
