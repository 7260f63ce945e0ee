import type { Service } from '../model/workspace.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { ServiceAnswers } from '../scaffold/answers/answers.ts';
import { resolveChoices, type ServiceChoices } from '../scaffold/answers/choices.ts';
import { renderProblems, type Problem } from '../scaffold/answers/parsed.ts';
import { answersPath, basePath, originalPath, parseAnswers, unitDirectory } from '../scaffold/changes/base.ts';
import { clientsDirectory, readContract } from './clients.ts';
import { generateServiceUnit, type Generator } from './generate.ts';
import type { OpenWorkspace } from './open-workspace.ts';
import { joinPath } from './paths.ts';
import type { GeneratedUnit } from './unit-files.ts';

/** A service that msa made, with what it was made from. */
export interface RecordedService {
  readonly choices: ServiceChoices;
  readonly answers: ServiceAnswers;
  readonly directory: string;
}

/**
 * What a service was made from, with the name and the calls that `msa.yaml` gives it today. Undefined when msa did not
 * make it, a sentence when the record is damaged: it lies in the repository, where anybody can edit it.
 */
export async function readRecord(
  files: FileStore,
  root: string,
  service: Service,
): Promise<RecordedService | string | undefined> {
  const path = answersPath(service.name);
  const text = await files.read(joinPath(root, path));
  if (text === undefined || service.source.kind !== 'folder') return undefined;
  const parsed = parseAnswers(text);
  if (!parsed.ok) return damaged(path, parsed.problems);
  const choices = { ...parsed.value, name: service.name, calls: service.calls };
  const resolved = resolveChoices(choices);
  if (!resolved.ok) return damaged(path, resolved.problems);
  return { choices, answers: resolved.answers, directory: service.source.path };
}

function damaged(path: string, problems: readonly Problem[]): string {
  return `its record ${path} is damaged: ${renderProblems(problems).join('; ')}`;
}

/** Everything the service consists of by today's templates, with the contracts its callees have today. */
export async function regenerate(
  generator: Generator,
  opened: OpenWorkspace,
  recorded: RecordedService,
): Promise<GeneratedUnit> {
  const contracts = new Map<string, unknown>();
  for (const callee of recorded.answers.calls) {
    contracts.set(callee, await readContract(generator.files, opened, callee));
  }
  const { unit } = await generateServiceUnit(generator, { ...recorded, contracts });
  return { ...unit, files: new Map([...(await recordedClients(generator.files, opened.root, unit)), ...unit.files]) };
}

/** Clients whose contract is not at hand are no longer generated only for want of it: they stay as they are. */
async function recordedClients(
  files: FileStore,
  root: string,
  { unit }: GeneratedUnit,
): Promise<readonly (readonly [string, string])[]> {
  const recorded = await files.listFiles(joinPath(root, `${unitDirectory(unit)}/files/${clientsDirectory}`));
  const paths = recorded
    .map((name) => originalPath(`${clientsDirectory}/${name}`))
    .filter((path) => path !== undefined);
  return Promise.all(
    paths.map(async (path) => [path, (await files.read(joinPath(root, basePath(unit, path)))) ?? ''] as const),
  );
}
