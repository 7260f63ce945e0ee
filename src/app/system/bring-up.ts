import type { MsaError } from '../../model/errors.ts';
import { executePlan, type Outcome } from './execute.ts';
import { isPresent } from './find-running.ts';
import { createHealthMonitor } from './health-monitor.ts';
import type { PreparedUp } from './prepare-up.ts';
import type { Subject } from './subject.ts';
import type { SystemDeps } from './system-deps.ts';
import { undoUp } from './undo-up.ts';
import { upFailure } from './up-failure.ts';

export interface Bring {
  readonly subject: Subject;
  readonly prepared: PreparedUp;
  readonly timeoutMs: number;
}

export interface Brought {
  readonly outcomes: readonly Outcome[];
  /** Everything that went wrong; what works goes on. */
  readonly failure: MsaError | undefined;
}

/** Carries out what was planned. When it is interrupted, it takes back what it did and throws the signal's reason. */
export async function bringUp(deps: SystemDeps, { subject, prepared, timeoutMs }: Bring): Promise<Brought> {
  const { engine, place } = subject;
  const { desired, plan } = prepared;
  const monitor = createHealthMonitor({ ...deps, engine });
  const execution = { ...deps, engine, monitor, timeoutMs, desired };
  try {
    const outcomes = await executePlan(plan, execution);
    if (deps.signal.aborted) {
      const { signal } = deps.createStopper();
      await undoUp({ ...execution, signal }, { outcomes, before: prepared.before, wasPresent: isPresent(subject) });
      deps.signal.throwIfAborted();
    }
    return { outcomes, failure: upFailure({ name: place.name, wasPresent: isPresent(subject) }, outcomes) };
  } finally {
    monitor.end();
  }
}
