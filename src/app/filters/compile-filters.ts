import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import { findFilters } from '../../model/find-filters.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { CompileProblem, FilterCompiler } from '../../ports/filter-compiler.ts';
import { filterFile, filterFolder, filterLimits, type SystemFilter } from '../../protocol/policies/filters.ts';
import { workspaceFile, type OpenWorkspace } from '../open-workspace.ts';
import { joinPath } from '../paths.ts';

export interface FilterDeps {
  readonly files: FileStore;
  /** Loaded when a workspace has filters. */
  readonly filterCompiler: () => Promise<FilterCompiler>;
  readonly sha256: (text: string) => string;
}

/** The names of the filters that the routes and calls of a workspace have, sorted. */
export function usedFilters({ gateway, services }: Workspace): readonly string[] {
  const rules = [
    ...gateway.routes,
    ...services.flatMap(({ routes, callRules }) => [...routes, ...Object.values(callRules)]),
  ];
  const uses = rules.flatMap(({ policy }) => policy?.filters ?? []);
  return [...new Set(uses.map(({ name }) => name))].toSorted();
}

/** Compiles every filter that is used. Throws one error with all that is wrong; changes nothing. */
export async function compileFilters(deps: FilterDeps, opened: OpenWorkspace): Promise<readonly SystemFilter[]> {
  const names = usedFilters(opened.workspace);
  if (names.length === 0) return [];
  await refuseMissing(deps.files, opened, names);
  const compiler = await deps.filterCompiler();
  const problems: CompileProblem[] = [];
  const filters: SystemFilter[] = [];
  for (const name of names) {
    const text = (await deps.files.read(joinPath(opened.root, filterFile(name)))) ?? '';
    const compiled = await compiler.compile(opened.root, name);
    if (!compiled.ok) problems.push(...compiled.problems);
    else filters.push({ name, code: compiled.code, hash: deps.sha256(compiled.code), source: deps.sha256(text) });
  }
  if (problems.length > 0) throw invalidFilters(problems);
  refuseTooMuch(filters);
  return filters;
}

/** The hash of each used filter's own file, by name; `''` where there is none. Cheap: nothing is compiled. */
export async function filterSources(
  { files, sha256 }: Omit<FilterDeps, 'filterCompiler'>,
  { root, workspace }: Pick<OpenWorkspace, 'root' | 'workspace'>,
): Promise<ReadonlyMap<string, string>> {
  const sources = usedFilters(workspace).map(async (name): Promise<[string, string]> => {
    const text = await files.read(joinPath(root, filterFile(name)));
    return [name, text === undefined ? '' : sha256(text)];
  });
  return new Map(await Promise.all(sources));
}

async function refuseMissing(files: FileStore, { root, text }: OpenWorkspace, names: readonly string[]): Promise<void> {
  const present = await filterNames(files, root);
  const missing = new Set(names.filter((name) => !present.includes(name)));
  if (missing.size === 0) return;
  const uses = findFilters(text).filter(({ name }) => missing.has(name));
  throw new MsaError('MSA_WORKSPACE_INVALID', `${workspaceFile} names filters that are not there`, {
    details: uses.map(
      ({ name, line, column }) =>
        `${workspaceFile}:${line}:${column} There is no filter \`${name}\`: ${filterFile(name)} does not exist. ${hintFor(name, present)}`,
    ),
    data: { missing: [...missing] },
    hint: `Create it: msa new filter ${[...missing][0]}`,
  });
}

/** The filters that stand in the folder, sorted. */
async function filterNames(files: FileStore, root: string): Promise<readonly string[]> {
  const entries = await files.list(joinPath(root, filterFolder));
  return entries.flatMap((entry) => /^([a-z0-9-]+)\.ts$/.exec(entry)?.[1] ?? []);
}

function hintFor(name: string, present: readonly string[]): string {
  const near = closest(name, present);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return present.length === 0 ? 'There are none yet.' : `There are: ${present.slice(0, 10).join(', ')}.`;
}

function invalidFilters(problems: readonly CompileProblem[]): MsaError {
  return new MsaError('MSA_FILTER_INVALID', 'filters do not compile; nothing was changed', {
    details: problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`),
    data: { problems },
  });
}

function refuseTooMuch(filters: readonly SystemFilter[]): void {
  const bytes = filters.reduce((sum, { code }) => sum + code.length, 0);
  if (filters.length <= filterLimits.filters && bytes <= filterLimits.allBytes) return;
  throw new MsaError('MSA_FILTER_INVALID', 'the filters together are more than a gateway takes', {
    details: [
      `${filters.length} filters with ${Math.ceil(bytes / 1024)} KiB; allowed are ${filterLimits.filters} with ${filterLimits.allBytes / 1024} KiB`,
    ],
    hint: 'Take out what they need not import.',
  });
}
