import type { FileChange } from '../../ports/file-store.ts';
import { mergeTexts } from './merge.ts';

/** One file in its three states; undefined where there is none. */
export interface FileStates {
  readonly path: string;
  /** As msa generated it last. */
  readonly base: string | undefined;
  /** As it stands on disk. */
  readonly current: string | undefined;
  /** As the template gives it now. */
  readonly next: string | undefined;
}

/** What to do with a file that the user and the template both changed. */
export type Policy = 'refuse' | 'replace' | 'merge';

/** Why a file is kept that is not there. */
export const deletedByUser = 'deleted by you';

interface Decided {
  readonly path: string;
  readonly reason: string;
}

/** What is to be done with one file, and why. */
export type Decision =
  | (Decided & { readonly action: 'create' | 'update'; readonly content: string; readonly was?: string })
  | (Decided & { readonly action: 'conflict'; readonly content: string; readonly was: string })
  | (Decided & { readonly action: 'delete' | 'keep' | 'refuse' })
  | { readonly action: 'same'; readonly path: string };

/** Decides about every file on its own, in the order of the paths. */
export function decideChanges(files: Iterable<FileStates>, policy: Policy): Decision[] {
  const decisions = Array.from(files, (file) => decide(file, policy));
  return decisions.toSorted((left, right) => compareText(left.path, right.path));
}

function decide(file: FileStates, policy: Policy): Decision {
  const { path, base, current, next } = file;
  if (next === undefined) return decideDropped(file);
  if (current === next) return { action: 'same', path };
  if (current === undefined) {
    // An upgrade leaves deleted what the user deleted; who asks for the thing anew wants it whole.
    if (base !== undefined && policy === 'merge') return { action: 'keep', path, reason: deletedByUser };
    return { action: 'create', path, content: next, reason: base === undefined ? 'new' : 'deleted before' };
  }
  if (current === base) return { action: 'update', path, content: next, was: current, reason: 'generated anew' };
  if (next === base) return { action: 'keep', path, reason: 'edited by you' };
  return decideContested({ path, base, current, next }, policy);
}

/** The template has no such file any more. */
function decideDropped({ path, base, current }: FileStates): Decision {
  if (current === undefined) return { action: 'same', path };
  if (current === base) return { action: 'delete', path, reason: 'no longer generated' };
  return { action: 'keep', path, reason: 'no longer generated, but edited by you' };
}

function decideContested(file: FileStates & { current: string; next: string }, policy: Policy): Decision {
  const { path, base, current, next } = file;
  if (policy === 'refuse') {
    return { action: 'refuse', path, reason: base === undefined ? 'not made by msa' : 'edited by you' };
  }
  if (policy === 'replace') return { action: 'update', path, content: next, was: current, reason: 'replaced' };
  return decideMerge({ path, base: base ?? '', current, next });
}

function decideMerge({ path, base, current, next }: Record<keyof FileStates, string>): Decision {
  // Nobody can resolve markers in a lock file, and npm brings a complete one up to date with the user's package.json.
  if (path.endsWith('package-lock.json')) {
    return { action: 'update', path, content: next, was: current, reason: 'taken from the template: run npm install' };
  }
  const merged = mergeTexts({ base, mine: current, next });
  if (merged.hasConflicts) {
    return { action: 'conflict', path, content: merged.text, was: current, reason: 'your edits and the template meet' };
  }
  if (merged.text === current) return { action: 'keep', path, reason: 'edited by you, and current' };
  return { action: 'update', path, content: merged.text, was: current, reason: 'merged with your edits' };
}

/** The changes that carry the decisions out. */
export function fileChanges(decisions: readonly Decision[]): FileChange[] {
  return decisions.flatMap((decision): FileChange[] => {
    const { action, path } = decision;
    if (action === 'create') return [{ kind: 'create', path, content: decision.content }];
    if (action === 'update' || action === 'conflict') {
      return [{ kind: 'update', path, content: decision.content, was: decision.was ?? '' }];
    }
    return action === 'delete' ? [{ kind: 'delete', path }] : [];
  });
}

/** The decisions as `--dry-run` prints them, a line each; what stays as it is by itself is left out. */
export function renderDecisions(decisions: readonly Decision[]): string[] {
  return decisions.flatMap((decision) => {
    if (decision.action === 'same') return [];
    const { action, path, reason } = decision;
    return [`${action.padEnd(8)} ${path}${action === 'create' ? '' : `  (${reason})`}`];
  });
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
