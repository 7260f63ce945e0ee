import { MsaError } from '../../model/errors.ts';
import { filterNameProblem } from '../../model/filter-name.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { filterFile, filterFolder } from '../../protocol/policies/filters.ts';
import { unitDirectory } from '../../scaffold/changes/base.ts';
import { renderLayers } from '../../scaffold/render/render.ts';
import { quoted } from '../../scaffold/answers/parsed.ts';
import { refuseContested } from '../change-report.ts';
import type { Generator } from '../generate.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { joinPath } from '../paths.ts';
import type { PlannedChange } from '../planned-change.ts';
import { readLayers } from '../read-templates.ts';
import { planUnit, type UnitPlan } from '../unit-files.ts';

export const filterStages = ['pre', 'route', 'post', 'error'] as const;
export type FilterStage = (typeof filterStages)[number];

export interface NewFilter {
  readonly name: string;
  readonly stages: readonly FilterStage[];
  /** Replace files that stand in the way. */
  readonly force: boolean;
}

/** The record of what was generated for filters; no service can have this name. */
const filtersUnit = '@filters';

/** Decides what a new filter adds to a workspace: its file, a test of it, and the types that all filters share. */
export async function planNewFilter(
  generator: Generator,
  { root }: OpenWorkspace,
  wanted: NewFilter,
): Promise<PlannedChange> {
  const { name, force } = wanted;
  const problem = filterNameProblem(name);
  if (problem !== undefined) throw new MsaError('MSA_USAGE', `the name ${quoted(name)} ${problem}`);
  const { own, shared } = await generate(generator, wanted);
  const place = { files: generator.files, root };
  const ownPlan = await planUnit(place, unitOf(own), force ? 'replace' : 'refuse');
  refuseContested(ownPlan.decisions);
  const sharedPlan = await planUnit(place, unitOf(shared), 'merge');
  return {
    decisions: [...ownPlan.decisions, ...sharedPlan.decisions],
    changes: [...ownPlan.changes, ...sharedPlan.changes],
    notes: [],
  };
}

/** Brings the types of filters to this version, where a workspace has them; the filters themselves are the user's. */
export async function upgradeFilterTypes(generator: Generator, root: string): Promise<readonly UnitPlan[]> {
  if (!(await hasRecord(generator.files, root))) return [];
  return [await planFilterTypes(generator, root)];
}

/** The types that all filters of a workspace share. */
export async function planFilterTypes(generator: Generator, root: string): Promise<UnitPlan> {
  const { shared } = await generate(generator, { name: 'any', stages: [] });
  return planUnit({ files: generator.files, root }, unitOf(shared), 'merge');
}

/** How the filter is put to use, for people. */
export function nextSteps({ name, stages }: NewFilter): readonly string[] {
  const use = stages.includes('route') ? `{ filter: ${name}, services: [orders-next] }` : name;
  return [
    `Write it into a route of msa.yaml, or into gateway.defaults for all of them: filters: [${use}]`,
    `Then edit ${filterFile(name)}; msa up --watch applies every change.`,
  ];
}

type Texts = ReadonlyMap<string, string>;

async function generate(
  generator: Generator,
  { name, stages }: Pick<NewFilter, 'name' | 'stages'>,
): Promise<{ readonly own: Texts; readonly shared: Texts }> {
  const context = {
    filter: { name },
    folder: filterFolder,
    ...Object.fromEntries(filterStages.map((stage) => [stage, stages.includes(stage)])),
  };
  const rendered = renderLayers(await readLayers(generator, ['filter']), context);
  const texts = rendered.map(({ path, content }) => [path, content.replaceAll('{\n\n', '{\n')] as const);
  const isOwn = (path: string): boolean => path === `${name}.ts` || path === `${name}.test.ts`;
  return {
    own: new Map(texts.filter(([path]) => isOwn(path))),
    shared: new Map(texts.filter(([path]) => !isOwn(path))),
  };
}

function unitOf(files: Texts) {
  return { unit: filtersUnit, directory: filterFolder, files, isComplete: false };
}

async function hasRecord(files: FileStore, root: string): Promise<boolean> {
  return (await files.kindOf(joinPath(root, unitDirectory(filtersUnit)))) === 'directory';
}
