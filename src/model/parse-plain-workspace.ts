import { defaultWorkspace } from './default-workspace.ts';
import { relationProblems } from './relation-problems.ts';
import { workspaceSchema } from './schema/workspace-schema.ts';
import type { Workspace } from './workspace.ts';
import { readPlain } from './yaml/read-plain.ts';

/**
 * The workspace of an `msa.yaml` that is written plainly and has no problem: parseWorkspace in a fraction of the time.
 * Undefined says nothing of the file; parseWorkspace does.
 */
export function parsePlainWorkspace(text: string): Workspace | undefined {
  const document = readPlain(text);
  if (document === undefined) return undefined;
  const shape = workspaceSchema.safeParse(document.value);
  if (!shape.success || relationProblems(document.value).length > 0) return undefined;
  return defaultWorkspace(shape.data, document.source);
}
