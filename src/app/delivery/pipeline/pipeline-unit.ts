import { describePipeline, pipelineLayers } from '../../../delivery/pipeline/pipeline.ts';
import type { Delivery } from '../../../model/delivery.ts';
import type { Workspace } from '../../../model/workspace.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import { unitDirectory } from '../../../scaffold/changes/base.ts';
import { renderLayers } from '../../../scaffold/render/render.ts';
import type { Generator } from '../../generate.ts';
import { joinPath } from '../../paths.ts';
import { readLayers } from '../../read-templates.ts';
import type { GeneratedUnit } from '../../unit-files.ts';
import { findStacks, foldersOf } from '../range/find-stacks.ts';
import type { Version } from '../range/workspace-at.ts';

/** The record of what was generated for pipelines; no service can have this name. */
const pipelineUnitName = '@workflow';

/** The scripts that the proposed environments deploy with. */
const deployFolder = 'deploy';

/** Everything that `delivery` of a workspace asks for: pipelines, configuration of update tools, hooks, and a page on it. */
export async function generatePipelineUnit(
  generator: Generator,
  { workspace, version }: { readonly workspace: Workspace; readonly version: Version },
): Promise<GeneratedUnit> {
  const stacks = await findStacks(version, foldersOf(workspace));
  const pipeline = describePipeline(workspace, stacks);
  const pipelines = workspace.delivery?.pipelines ?? [];
  const context = { ...pipeline, providers: pipelines };
  const layers = [...new Set(pipelines.flatMap(pipelineLayers))];
  const rendered = renderLayers(await readLayers(generator, layers), context);
  const hooks = await readHooks(generator, workspace.delivery);
  return {
    unit: pipelineUnitName,
    directory: '',
    files: new Map([...rendered.map(({ path, content }) => [path, content] as const), ...hooks]),
    isComplete: true,
  };
}

/** Whether a workspace has pipelines that msa made. */
export async function hasPipelines(files: FileStore, root: string): Promise<boolean> {
  return (await files.kindOf(joinPath(root, unitDirectory(pipelineUnitName)))) === 'directory';
}

/** Those of our scripts that an environment names as its command. */
async function readHooks(generator: Generator, delivery: Delivery | undefined): Promise<ReadonlyMap<string, string>> {
  const words = new Set((delivery?.environments ?? []).flatMap(({ deploy, analyse = [] }) => [...deploy, ...analyse]));
  if (![...words].some((word) => word.startsWith(`${deployFolder}/`))) return new Map();
  const rendered = renderLayers(await readLayers(generator, ['workflow/deploy']), {});
  const hooks = rendered.map(({ path, content }) => [`${deployFolder}/${path}`, content] as const);
  return new Map(hooks.filter(([path]) => words.has(path)));
}
