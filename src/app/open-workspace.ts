import { MsaError } from '../model/errors.ts';
import { parseKeysFile } from '../model/keys-file.ts';
import { parseWorkspace } from '../model/parse-workspace.ts';
import type { Problem } from '../model/problem.ts';
import type { Workspace } from '../model/workspace.ts';
import type { FileStore } from '../ports/file-store.ts';
import { findWorkspace, workspaceFile } from './find-workspace.ts';
import { joinPath } from './paths.ts';

export { workspaceFile };

/** A workspace on disk: its text for edits, its meaning for everything else. */
export interface OpenWorkspace {
  /** Absolute path of the directory with `msa.yaml`. */
  readonly root: string;
  readonly text: string;
  readonly workspace: Workspace;
}

/** Opens the workspace that holds `directory`, as git finds its repository. What a killed command left is taken back. */
export async function openWorkspace(files: FileStore, directory: string): Promise<OpenWorkspace> {
  const { root, text } = await findWorkspace(files, directory);
  return { root, text, workspace: await withKeys(files, root, requireValid(text)) };
}

/** What a text of `msa.yaml` says, by itself: without the API keys of the file it names. */
export function requireValid(text: string): Workspace {
  const parsed = parseWorkspace(text, { file: workspaceFile });
  if (!parsed.ok) throw invalidWorkspace(parsed.problems);
  return parsed.workspace;
}

/** Puts the API keys of the workspace's file of keys where the gateway's rules are; throws when they cannot be read. */
async function withKeys(files: FileStore, root: string, workspace: Workspace): Promise<Workspace> {
  const { keysFile, policy } = workspace.gateway;
  if (keysFile === undefined || policy?.auth === undefined) return workspace;
  // One that is not there yet holds no keys: `msa keys add` makes it.
  const parsed = parseKeysFile((await files.read(joinPath(root, keysFile))) ?? '', keysFile);
  if (!parsed.ok) throw invalidWorkspace(parsed.problems);
  const auth = { ...policy.auth, keys: parsed.keys };
  return { ...workspace, gateway: { ...workspace.gateway, policy: { ...policy, auth } } };
}

/** The workspace of exactly this directory; undefined when its files cannot be used. Changes nothing. */
export async function workspaceIn(files: FileStore, root: string): Promise<Workspace | undefined> {
  const parsed = parseWorkspace((await files.read(joinPath(root, workspaceFile))) ?? '', { file: workspaceFile });
  if (!parsed.ok) return undefined;
  try {
    return await withKeys(files, root, parsed.workspace);
  } catch (error) {
    if (error instanceof MsaError) return undefined;
    throw error;
  }
}

/** The error for an `msa.yaml`, or a file it names, with problems, one line for each. */
export function invalidWorkspace(problems: readonly Problem[]): MsaError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new MsaError('MSA_WORKSPACE_INVALID', `${problems[0]?.file ?? workspaceFile} has ${count}`, {
    details: problems.map(renderProblem),
    data: { problems },
  });
}

/**
 * What an edited `msa.yaml` says. One that would be invalid is refused, with what to do about it where that is the same
 * for all of its problems; nothing is written yet, so lines would mean nothing.
 */
export function requireValidEdit(text: string, remedy?: string): Workspace {
  const parsed = parseWorkspace(text, { file: workspaceFile });
  if (parsed.ok) return parsed.workspace;
  throw new MsaError('MSA_USAGE', `${workspaceFile} would not be valid any more; nothing was changed`, {
    details: parsed.problems.map(({ path, message, hint }) => [`${path}:`, message, hint].filter(Boolean).join(' ')),
    data: { problems: parsed.problems },
    ...(remedy === undefined ? {} : { hint: remedy }),
  });
}

function renderProblem({ file, line, column, message, hint }: Problem): string {
  return `${file}:${line}:${column} ${message}${hint === undefined ? '' : ` ${hint}`}`;
}
