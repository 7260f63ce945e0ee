import type { Certificates } from '../../ports/certificates.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Engines } from '../../ports/engines.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { FilterCompiler } from '../../ports/filter-compiler.ts';
import type { Locks } from '../../ports/locks.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';
import type { ProgressEvent } from '../../protocol/events.ts';

/** What the use cases that change a running system need of the world. */
export interface SystemDeps {
  readonly files: FileStore;
  readonly engines: Engines;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  /** Loaded when a workspace has filters. */
  readonly filterCompiler: () => Promise<FilterCompiler>;
  readonly sha256: (text: string) => string;
  /** Changes whenever our own programs do. */
  readonly platformVersion: string;
  readonly certificates: Certificates;
  readonly signal: StopSignal;
  readonly report: (event: ProgressEvent) => void;
}
