import type { ProgressEvent } from '../../protocol/events.ts';

/** Shows what a use case tells while it works. */
export interface Progress {
  readonly report: (event: ProgressEvent) => void;
  /** Leaves the terminal as it should be for what is written next. */
  readonly finish: () => Promise<void>;
}
