import type { MsaError } from '../../model/errors.ts';
import type { Plan } from '../../plan/operation.ts';
import type { Locations } from '../../ports/engine.ts';
import { bringUp } from './bring-up.ts';
import { gatewayPortOf } from './gateway-port.ts';
import { prepareUp } from './prepare-up.ts';
import type { Subject } from './subject.ts';
import type { SystemDeps } from './system-deps.ts';

/** What to change, beside what msa.yaml says. */
export interface ChangeRequest {
  /** Only these services; undefined: all. */
  readonly services: readonly string[] | undefined;
  /** By service: how many instances, whatever msa.yaml says. */
  readonly replicas?: ReadonlyMap<string, number>;
  /**
   * Units or single instances that are replaced though nothing changed: new before old for services, in place for the
   * platform.
   */
  readonly restart?: ReadonlySet<string>;
  readonly timeoutMs: number;
}

export interface Change {
  readonly plan: Plan;
  readonly locations: Locations;
  /** Everything that went wrong; what works goes on. */
  readonly failure: MsaError | undefined;
}

/**
 * Changes a running system, for commands that do less than `up`. The gateway stays on its port, whatever msa.yaml says.
 * Throws MSA_BUSY while another command changes the system.
 */
export function changeSystem(
  deps: SystemDeps,
  workspace: Omit<Subject, 'observation'>,
  { services, replicas = new Map(), restart = new Set(), timeoutMs }: ChangeRequest,
): Promise<Change> {
  return deps.locks.hold(workspace.place.workspace, async () => {
    const subject = { ...workspace, observation: await workspace.engine.observe() };
    const prepared = await prepareUp(deps, subject, {
      selected: services === undefined ? undefined : new Set(services),
      except: new Set(),
      replicas,
      restart,
      rebuild: false,
      gatewayPort: gatewayPortOf(subject.observation),
    });
    const { failure } = await bringUp(deps, { subject, prepared, timeoutMs });
    return { plan: prepared.plan, locations: prepared.locations, failure };
  });
}
