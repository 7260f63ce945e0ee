import type { FileChange } from '../ports/file-store.ts';
import type { Decision } from '../scaffold/changes/changes.ts';

/** Everything a command is about to write, for the user to see before it is. */
export interface PlannedChange {
  readonly decisions: readonly Decision[];
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
}
