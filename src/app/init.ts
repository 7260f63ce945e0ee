import { MsaError } from '../model/errors.ts';
import { renderWorkspace } from '../model/render-workspace.ts';
import type { EngineChoice } from '../model/workspace.ts';
import { nameProblem } from '../protocol/names.ts';
import { renderWorkspaceAnswers, workspaceUnit } from '../scaffold/changes/base.ts';
import { quoted } from '../scaffold/answers/parsed.ts';
import { examples, type ExampleName, type ExampleService } from '../scaffold/answers/examples.ts';
import { contractOf } from '../scaffold/render/generate-service.ts';
import { renderLayers } from '../scaffold/render/render.ts';
import { refuseContested } from './change-report.ts';
import { planFilterTypes } from './filters/new-filter.ts';
import { generateServiceUnit, type Generator } from './generate.ts';
import { checkedAnswers, workspaceEntry } from './new-service.ts';
import type { PlannedChange } from './planned-change.ts';
import { workspaceFile } from './open-workspace.ts';
import { joinPath } from './paths.ts';
import { readLayers } from './read-templates.ts';
import { filesOfOthers, planUnit, type GeneratedUnit, type UnitPlan } from './unit-files.ts';

export interface NewWorkspace {
  /** Absolute; need not exist. */
  readonly root: string;
  readonly name: string;
  readonly engine: EngineChoice;
  readonly example: ExampleName | undefined;
  readonly force: boolean;
}

/** Where the workspace keeps its copy of the JSON Schema, so that editors find it without a network. */
const schemaFile = '.msa/msa.schema.json';

/** Decides what a new workspace consists of; nothing is written yet. */
export async function planInit(generator: Generator, workspace: NewWorkspace): Promise<PlannedChange> {
  const { root, force } = workspace;
  await refuseExisting(generator, workspace);
  const example = workspace.example === undefined ? undefined : examples[workspace.example];
  const services = (example?.services ?? []).map(order);
  const contracts = new Map<string, unknown>(services.map(({ answers }) => [answers.name, contractOf(answers)]));
  const policy = force ? 'replace' : 'refuse';
  const plans: UnitPlan[] = [];
  for (const { choices, answers, directory } of services) {
    const { unit } = await generateServiceUnit(generator, { choices, answers, directory, contracts });
    plans.push(await planUnit({ files: generator.files, root }, unit, policy));
  }
  const { unit, notes } = await generateWorkspaceUnit(generator, workspace);
  plans.push(await planUnit({ files: generator.files, root }, unit, policy));
  if (example?.hasFilters === true) plans.push(await planFilterTypes(generator, root));
  const decisions = plans.flatMap((plan) => plan.decisions);
  refuseContested(decisions);
  const { gateway = '' } = example ?? {};
  const text = renderWorkspace({ ...workspace, schema: schemaFile, gateway, services: entries(services) });
  return {
    decisions: [{ action: 'create', path: workspaceFile, content: text, reason: 'new' }, ...decisions],
    changes: [...plans.flatMap((plan) => plan.changes), { kind: 'create', path: workspaceFile, content: text }],
    notes,
  };
}

async function refuseExisting({ files }: Generator, { root, name }: NewWorkspace): Promise<void> {
  const problem = nameProblem(name);
  if (problem !== undefined) {
    throw new MsaError('MSA_USAGE', `the workspace name ${quoted(name)} ${problem}`, {
      hint: 'Pass --name shop.',
    });
  }
  const kind = await files.kindOf(root);
  if (kind !== undefined && kind !== 'directory') throw new MsaError('MSA_USAGE', `${root} is a file, not a directory`);
  const found = await files.kindOf(joinPath(root, workspaceFile));
  if (found === undefined) return;
  if (found !== 'file') throw new MsaError('MSA_USAGE', `${root}/${workspaceFile} is a ${found}, not a file`);
  throw new MsaError('MSA_WORKSPACE_EXISTS', `${root} has an ${workspaceFile} already`, {
    hint: 'msa new service <name>',
  });
}

function order({ choices, replicas, written }: ExampleService) {
  const answers = checkedAnswers(choices);
  return { choices, answers, directory: `services/${answers.name}`, replicas, written };
}

function entries(services: readonly ReturnType<typeof order>[]) {
  return Object.fromEntries(
    services.map((service) => [
      service.answers.name,
      { ...workspaceEntry({ ...service, route: undefined }), ...service.written },
    ]),
  );
}

/** The files that belong to no service. In a directory with files of its own, those stay: none of ours is essential. */
export async function generateWorkspaceUnit(
  generator: Generator,
  { root, name, example }: Pick<NewWorkspace, 'root' | 'name' | 'example'>,
): Promise<{ readonly unit: GeneratedUnit; readonly notes: readonly string[] }> {
  const layers = ['workspace', ...(example === undefined ? [] : [`examples/${example}/workspace`])];
  const { files, templatesDirectory, version } = generator;
  const rendered = renderLayers(await readLayers(generator, layers), { workspace: { name }, version });
  const schema = await files.read(joinPath(templatesDirectory, '../schema/msa.schema.json'));
  if (schema === undefined) throw new Error('The package has no schema/msa.schema.json.');
  const texts = new Map([
    ...rendered.map(({ path, content }) => [path, content] as const),
    [schemaFile, schema] as const,
  ]);
  const foreign = await filesOfOthers({ files, root }, workspaceUnit, [...texts.keys()]);
  for (const path of foreign) texts.delete(path);
  const answers = renderWorkspaceAnswers({ example }, version);
  return {
    unit: { unit: workspaceUnit, directory: '', files: texts, answers, isComplete: false },
    notes: foreign.map((path) => `${path} is there already and stays as it is`),
  };
}
