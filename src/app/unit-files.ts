import type { FileChange, FileStore } from '../ports/file-store.ts';
import { answersPath, basePath, originalPath, unitDirectory } from '../scaffold/changes/base.ts';
import {
  decideChanges,
  fileChanges,
  type Decision,
  type FileStates,
  type Policy,
} from '../scaffold/changes/changes.ts';
import { joinPath } from './paths.ts';

/** A service, or the workspace itself, with everything generated for it. */
export interface GeneratedUnit {
  /** The service's name, or workspaceUnit. */
  readonly unit: string;
  /** Where its files go, relative to the workspace; empty for the workspace itself. */
  readonly directory: string;
  /** The generated texts by their path in that directory. */
  readonly files: ReadonlyMap<string, string>;
  /** What `answers.json` is to say; left out where nothing was asked. */
  readonly answers?: string;
  /** Whether `files` is all there is, so that what was generated before and is not among them goes. */
  readonly isComplete: boolean;
}

/** What is to be done with the files of a unit, and with msa's own record of them. */
export interface UnitPlan {
  readonly decisions: readonly Decision[];
  readonly changes: readonly FileChange[];
}

/** Compares what a unit shall be with what stands on disk and what was generated last. */
export async function planUnit(
  { files, root }: { readonly files: FileStore; readonly root: string },
  unit: GeneratedUnit,
  policy: Policy,
): Promise<UnitPlan> {
  const states = await readStates({ files, root }, unit);
  const decisions = decideChanges(states, policy);
  return { decisions, changes: [...fileChanges(decisions), ...(await recordChanges({ files, root }, unit, states))] };
}

async function readStates(
  { files, root }: { readonly files: FileStore; readonly root: string },
  { unit, directory, files: generated, isComplete }: GeneratedUnit,
): Promise<FileStates[]> {
  const recorded = new Set(
    (await files.listFiles(joinPath(root, `${unitDirectory(unit)}/files`))).flatMap((path) => originalPath(path) ?? []),
  );
  // Where there is no directory there is no file; asking for each would be half the reads of a new service.
  const isNew = directory !== '' && (await files.kindOf(joinPath(root, directory))) === undefined;
  const paths = [...new Set([...generated.keys(), ...(isComplete ? recorded : [])])];
  return Promise.all(
    paths.map(async (own) => {
      const path = directory === '' ? own : `${directory}/${own}`;
      const base = recorded.has(own) ? await files.read(joinPath(root, basePath(unit, own))) : undefined;
      const current = isNew ? undefined : await files.read(joinPath(root, path));
      return { path, base, current, next: generated.get(own) };
    }),
  );
}

/** The record always holds what was generated last, whatever became of the file itself. */
async function recordChanges(
  { files, root }: { readonly files: FileStore; readonly root: string },
  { unit, directory, answers }: GeneratedUnit,
  states: readonly FileStates[],
): Promise<FileChange[]> {
  const records = states.map(({ path, base, next }) => {
    const own = directory === '' ? path : path.slice(directory.length + 1);
    return recordChange(basePath(unit, own), base, next);
  });
  if (answers === undefined) return records.flat();
  const path = answersPath(unit);
  return [...records.flat(), ...recordChange(path, await files.read(joinPath(root, path)), answers)];
}

function recordChange(path: string, before: string | undefined, after: string | undefined): FileChange[] {
  if (before === after) return [];
  if (after === undefined) return [{ kind: 'delete', path }];
  if (before === undefined) return [{ kind: 'create', path, content: after }];
  return [{ kind: 'update', path, content: after, was: before }];
}

/** Those of a unit's files, for the workspace itself, in whose places something stands that msa did not make. */
export async function filesOfOthers(
  { files, root }: { readonly files: FileStore; readonly root: string },
  unit: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const foreign: string[] = [];
  for (const path of paths) {
    const isThere = (await files.kindOf(joinPath(root, path))) !== undefined;
    const isOurs = (await files.kindOf(joinPath(root, basePath(unit, path)))) !== undefined;
    if (isThere && !isOurs) foreign.push(path);
  }
  return foreign;
}
