import { compareWorkspaces, type WorkspaceDifference } from '../../../delivery/affected/workspace-difference.ts';
import type { Workspace } from '../../../model/workspace.ts';
import { requireValid } from '../../open-workspace.ts';
import { formerMeaning } from '../range/workspace-of.ts';

interface ComparedTexts {
  readonly now: Workspace;
  readonly former: Workspace;
  readonly difference: WorkspaceDifference | undefined;
}

/** Compares two versions of msa.yaml by what they mean. */
export function compareTexts(before: string, text: string): ComparedTexts {
  const now = requireValid(text);
  const former = formerMeaning(before);
  if (former === undefined) return { now, former: now, difference: undefined };
  return { now, former, difference: compareWorkspaces(former, now) };
}
