import { MsaError } from '../model/errors.ts';
import { renderDecisions, type Decision } from '../scaffold/changes/changes.ts';

/** What a command did, or with --dry-run would do, to the files of a workspace. */
export interface ChangeReport {
  readonly root: string;
  readonly written: boolean;
  readonly changes: readonly { readonly action: string; readonly path: string; readonly reason: string }[];
}

/** The report as it is printed with --json. */
export function changeReport(root: string, decisions: readonly Decision[], written: boolean): ChangeReport {
  const changes = decisions.flatMap((decision) => {
    if (decision.action === 'same') return [];
    const { action, path, reason } = decision;
    return [{ action, path, reason }];
  });
  return { root, written, changes };
}

/** Refuses to go on when files stand in the way, naming all of them. */
export function refuseContested(decisions: readonly Decision[]): void {
  const refused = decisions.filter(({ action }) => action === 'refuse');
  if (refused.length === 0) return;
  const what = refused.length === 1 ? 'a file stands' : `${refused.length} files stand`;
  throw new MsaError('MSA_FILES_EXIST', `${what} where new ones would be written; nothing was changed`, {
    details: renderDecisions(refused).map((line) => line.replace(/^refuse\s+/, '')),
    hint: 'Move them away, or repeat the command with --force to replace them.',
  });
}
