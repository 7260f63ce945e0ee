import { addService } from '../model/edit-workspace.ts';
import { MsaError } from '../model/errors.ts';
import type { WrittenService } from '../model/schema/workspace-schema.ts';
import type { Service } from '../model/workspace.ts';
import { serviceNameProblem } from '../protocol/names.ts';
import { resolveChoices, type ChoiceProblem, type ServiceChoices } from '../scaffold/answers/choices.ts';
import { quoted } from '../scaffold/answers/parsed.ts';
import type { Decision } from '../scaffold/changes/changes.ts';
import type { ServiceAnswers } from '../scaffold/answers/answers.ts';
import { refuseContested } from './change-report.ts';
import { readContract } from './clients.ts';
import { findService } from './find-service.ts';
import { generateServiceUnit, type Generator } from './generate.ts';
import { requireValidEdit, workspaceFile, type OpenWorkspace } from './open-workspace.ts';
import type { PlannedChange } from './planned-change.ts';
import { planUnit } from './unit-files.ts';

export interface NewService {
  readonly choices: ServiceChoices;
  readonly replicas: number;
  /** The public path at the gateway; undefined for a service nobody outside reaches. */
  readonly route: string | undefined;
  /** Replace files that stand in the way. */
  readonly force: boolean;
}

/** Decides what a new service adds to a workspace; nothing is written yet. */
export async function planNewService(
  generator: Generator,
  opened: OpenWorkspace,
  { choices, replicas, route, force }: NewService,
): Promise<PlannedChange> {
  refuseBadName(choices.name, opened.workspace.services);
  const answers = checkedAnswers(choices);
  refuseUnknownCallees(answers, opened);
  const directory = `services/${answers.name}`;
  const text = addService(opened.text, answers.name, workspaceEntry({ answers, directory, replicas, route }));
  requireValidEdit(text);
  const contracts = new Map<string, unknown>();
  for (const callee of answers.calls) contracts.set(callee, await readContract(generator.files, opened, callee));
  const { unit, notes } = await generateServiceUnit(generator, { choices, answers, directory, contracts });
  const plan = await planUnit({ files: generator.files, root: opened.root }, unit, force ? 'replace' : 'refuse');
  refuseContested(plan.decisions);
  const entry: Decision = {
    action: 'update',
    path: workspaceFile,
    content: text,
    was: opened.text,
    reason: 'the service',
  };
  return {
    decisions: [entry, ...plan.decisions],
    changes: [...plan.changes, { kind: 'update', path: workspaceFile, content: text, was: opened.text }],
    notes,
  };
}

/** Refuses a name that no service can have, or that one of these has already. */
export function refuseBadName(name: string, services: readonly Service[]): void {
  const problem = serviceNameProblem(name) ?? doubleHyphen(name);
  if (problem !== undefined) {
    throw new MsaError('MSA_USAGE', `the name ${quoted(name)} ${problem}`, {
      hint: 'Choose a name such as orders or user-profile.',
    });
  }
  if (!services.some((service) => service.name === name)) return;
  throw new MsaError('MSA_SERVICE_EXISTS', `the workspace already has a service ${name}`, {
    hint: `Choose another name, or run: msa rm service ${name}`,
  });
}

/** The rule for host names has nothing against it, but no name of a class or a variable can be made of it. */
function doubleHyphen(name: string): string | undefined {
  return name.includes('--') ? 'must have a letter or digit on both sides of each hyphen' : undefined;
}

/** What the choices mean, or one error with all that is wrong with them. */
export function checkedAnswers(choices: ServiceChoices): ServiceAnswers {
  const resolved = resolveChoices(choices);
  if (resolved.ok) return resolved.answers;
  const { problems } = resolved;
  const [first] = problems;
  throw new MsaError(
    'MSA_USAGE',
    first !== undefined && problems.length === 1 ? placed(first) : 'the answers have problems',
    {
      details: problems.length === 1 ? [] : problems.map(placed),
      ...(first === undefined ? {} : { hint: `For example ${example(first)}` }),
      data: { problems },
    },
  );
}

function placed({ option, message, offset = 0 }: ChoiceProblem): string {
  return `${option}: ${message}${offset === 0 ? '' : ` (character ${offset + 1})`}`;
}

function example({ option, example: value }: { readonly option: string; readonly example: string }): string {
  return option.startsWith('--') ? `${option} ${JSON.stringify(value)}` : value;
}

function refuseUnknownCallees({ calls, name }: ServiceAnswers, opened: OpenWorkspace): void {
  for (const callee of calls) {
    if (callee === name) throw new MsaError('MSA_USAGE', `--calls: ${name} cannot call itself`);
    findService(opened, callee);
  }
}

interface Entry {
  readonly answers: ServiceAnswers;
  readonly directory: string;
  readonly replicas: number;
  readonly route: string | undefined;
}

/** The service as `msa.yaml` says it; what is as by default is not written. */
export function workspaceEntry({ answers, directory, replicas, route }: Entry): WrittenService {
  const { description, store, calls } = answers;
  return {
    ...(description === '' ? {} : { description }),
    path: directory,
    ...(replicas === 1 ? {} : { replicas }),
    ...(store === 'memory' ? {} : { store }),
    ...(calls.length === 0 ? {} : { calls: [...calls] }),
    ...(route === undefined ? {} : { routes: [{ path: route }] }),
  };
}
