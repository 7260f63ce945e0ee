import { MsaError } from '../model/errors.ts';
import type { Decision } from '../scaffold/changes/changes.ts';

/** What is told when a change left conflicts in files for the user to resolve; undefined when it left none. */
export function mergeFailure(decisions: readonly Decision[]): MsaError | undefined {
  const conflicts = decisions.filter(({ action }) => action === 'conflict').map(({ path }) => path);
  if (conflicts.length === 0) return undefined;
  return new MsaError('MSA_MERGE_CONFLICTS', 'your edits and the new template touch the same lines', {
    details: conflicts,
    hint: 'Look for <<<<<<< in these files; everything else is done.',
    data: { conflicts },
  });
}
