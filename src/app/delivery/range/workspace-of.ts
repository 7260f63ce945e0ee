import { parseWorkspace } from '../../../model/parse-workspace.ts';
import type { Workspace } from '../../../model/workspace.ts';
import { requireValid, workspaceFile } from '../../open-workspace.ts';
import { textAt, type Version } from './workspace-at.ts';

/** The workspace at the end of a range, where it has to be valid. */
export async function workspaceAt(version: Version, commit: string | undefined): Promise<Workspace> {
  return requireValid(await textAt(version, commit));
}

/** The same at its start, where nobody can correct it any more: undefined when it is not there or not valid. */
export async function formerWorkspace(version: Version): Promise<Workspace | undefined> {
  return formerMeaning((await version.read(workspaceFile)) ?? '');
}

export function formerMeaning(text: string): Workspace | undefined {
  const parsed = parseWorkspace(text, { file: workspaceFile });
  return parsed.ok ? parsed.workspace : undefined;
}
