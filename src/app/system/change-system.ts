import type { MsaError } from '../../model/errors.ts';
import type { Plan } from '../../plan/operation.ts';
import type { ProgressEvent } from '../../protocol/events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Engines } from '../../ports/engines.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Locks } from '../../ports/locks.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';

/** What the use cases that change a running system need of the world. */
export interface SystemDeps {
  readonly files: FileStore;
  readonly engines: Engines;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly sha256: (text: string) => string;
  /** Changes whenever our own programs do. */
  readonly platformVersion: string;
  readonly signal: StopSignal;
  readonly report: (event: ProgressEvent) => void;
}

/** What to change, beside what msa.yaml says. */
export interface ChangeRequest {
  /** Only these services; undefined: all. */
  readonly services: readonly string[] | undefined;
  /** By service: how many instances, whatever msa.yaml says. */
  readonly replicas?: ReadonlyMap<string, number>;
  /** Units whose instances are replaced though nothing changed: new before old for services, in place for the platform. */
  readonly restart?: ReadonlySet<string>;
  readonly timeoutMs: number;
}

export interface ChangeResult {
  readonly plan: Plan;
  /** MSA_UP_FAILED with everything that went wrong; what works goes on. */
  readonly failure: MsaError | undefined;
}
