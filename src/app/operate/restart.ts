import type { ObservedInstance } from '../../plan/observation.ts';
import { changeSystem, type Change } from '../system/change-system.ts';
import type { Subject } from '../system/subject.ts';
import type { SystemDeps } from '../system/system-deps.ts';
import { selectInstances } from './select-instances.ts';

export interface RestartRequest {
  /** Services, parts of the platform, or ids of instances. */
  readonly names: readonly string[];
  readonly timeoutMs: number;
}

export interface Restarted {
  /** Ids of the instances that were replaced. */
  readonly replaced: readonly string[];
  /** Why it stopped halfway, with what keeps serving. */
  readonly failure: Change['failure'];
}

/**
 * Replaces instances one after the other, each by a new one that is healthy before the old one goes, so that at no
 * moment fewer serve than before. Stops at the first that does not get healthy. Parts of the platform are replaced in
 * place. How many there are stays as it is, whatever msa.yaml says.
 */
export async function restart(
  deps: SystemDeps,
  subject: Subject,
  { names, timeoutMs }: RestartRequest,
): Promise<Restarted> {
  const { instances } = subject.observation;
  const services = subject.opened.workspace.services.map(({ name }) => name);
  const wanted = selectInstances({ instances, services }, names);
  const replaced: string[] = [];
  for (const instance of wanted) {
    const { failure } = await changeSystem(deps, subject, {
      services: instance.role === 'service' ? [instance.unit] : [],
      replicas: new Map([[instance.unit, countOf(instance.unit, instances)]]),
      restart: new Set([instance.id]),
      timeoutMs,
    });
    if (failure !== undefined) return { replaced, failure };
    replaced.push(instance.id);
  }
  return { replaced, failure: undefined };
}

function countOf(unit: string, instances: readonly ObservedInstance[]): number {
  return instances.filter((instance) => instance.unit === unit).length;
}
