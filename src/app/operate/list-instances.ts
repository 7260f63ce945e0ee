import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import type { Instance } from '../../protocol/instances.ts';
import type { WatchState } from '../../protocol/watch.ts';

interface Wanted {
  /** Services or ids of instances; empty for all. */
  readonly names: readonly string[];
  /** Those in msa.yaml: one of which there is nothing has an empty list, and is no mistake. */
  readonly services: readonly string[];
}

/** Rows of the registry's table by service and number. Refuses names that stand for nothing. */
export function instancesOf({ instances }: Pick<WatchState, 'instances'>, wanted: Wanted): readonly Instance[] {
  const { names, services } = wanted;
  const known = [...new Set([...services, ...instances.flatMap(({ service, id }) => [service, id])])];
  for (const name of names) if (!known.includes(name)) throw unknown(name, known);
  const isNamed = ({ service, id }: Instance): boolean => names.includes(service) || names.includes(id);
  return instances
    .filter((instance) => names.length === 0 || isNamed(instance))
    .toSorted((left, right) => left.id.localeCompare(right.id, 'en', { numeric: true }));
}

function unknown(name: string, known: readonly string[]): MsaError {
  const meant = closest(name, known);
  return new MsaError('MSA_INSTANCE_UNKNOWN', `the registry knows nothing called ${JSON.stringify(name)}`, {
    details: [`It knows: ${known.join(', ')}`],
    hint: meant === undefined ? 'msa instances lists all.' : `Did you mean ${meant}?`,
    data: { name, known },
  });
}
