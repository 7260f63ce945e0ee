import type { ProgressEvent } from '../../protocol/events.ts';
import type { Deps } from '../deps.ts';
import { createPlainProgress } from './plain-progress.ts';

/** Shows what a use case tells while it works. */
export interface Progress {
  readonly report: (event: ProgressEvent) => void;
  /** Leaves the terminal as it should be for what is written next. */
  readonly finish: () => Promise<void>;
}

/** Records with --json, a live view on a terminal, lines elsewhere. */
export function createProgress({ output, say }: Pick<Deps, 'output' | 'say'>): Progress {
  if (output.json) return { report: (event) => output.record(event), finish: () => Promise.resolve() };
  return createPlainProgress(say);
}
