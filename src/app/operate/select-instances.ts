import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import type { ObservedInstance } from '../../plan/observation.ts';

export interface Known {
  /** What runs. */
  readonly instances: readonly ObservedInstance[];
  /** Names of the services in msa.yaml, which need not run. */
  readonly services: readonly string[];
}

/**
 * The instances that names stand for, in the order they are listed, none twice. A name is that of a service or of a part
 * of the platform, which means all of its instances, or the id of one. Refuses what runs under no such name.
 */
export function selectInstances(known: Known, names: readonly string[]): readonly ObservedInstance[] {
  const selected = new Set(names.flatMap((name) => instancesNamed(known, name)));
  return known.instances.filter((instance) => selected.has(instance));
}

function instancesNamed({ instances, services }: Known, name: string): readonly ObservedInstance[] {
  const ofUnit = instances.filter(({ unit }) => unit === name);
  const found = ofUnit.length > 0 ? ofUnit : instances.filter(({ id }) => id === name);
  if (found.length > 0) return found;
  if (services.includes(name)) {
    throw new MsaError('MSA_NOT_RUNNING', `no instance of ${name} runs`, { hint: `Start it: msa up ${name}` });
  }
  const units = [...new Set([...services, ...instances.map(({ unit }) => unit)])];
  const ids = instances.map(({ id }) => id);
  const meant = closest(name, [...units, ...ids]);
  throw new MsaError('MSA_INSTANCE_UNKNOWN', `nothing that runs is called ${JSON.stringify(name)}`, {
    details: [`Services: ${units.join(', ')}`, `Instances: ${ids.join(', ')}`],
    hint: meant === undefined ? 'msa ps lists what runs.' : `Did you mean ${meant}?`,
    data: { name, services: units, instances: ids },
  });
}
