import type { Role } from './desired.ts';
import type { Observation, ObservedInstance } from './observation.ts';
import type { Operation, Plan } from './operation.ts';

/**
 * Decides how everything ends: all at once but the stores, which go when those are gone that write to them. Gateway and
 * services drain side by side: one finishes the requests it has, the others still answer them.
 */
export function planDown({ instances, ground }: Observation, { data }: { readonly data: boolean }): Plan {
  const ids = (wave: number): readonly string[] =>
    instances.filter(({ role }) => waves[role] === wave).map(({ id }) => `stop ${id}`);
  const stops = instances
    .toSorted((left, right) => waves[left.role] - waves[right.role])
    .map((instance): Operation => ({
      kind: 'stop',
      id: `stop ${instance.id}`,
      instance: instance.id,
      unit: instance.unit,
      cause,
      needs: earlier(instance, ids),
    }));
  const close: Operation = { kind: 'close', id: 'close', data, cause, needs: stops.map(({ id }) => id) };
  return { operations: ground || instances.length > 0 || data ? [...stops, close] : [] };
}

const cause = 'the system goes down';

const waves: Readonly<Record<Role, number>> = { gateway: 0, registry: 0, service: 0, redis: 1, postgres: 1 };

function earlier({ role }: ObservedInstance, ids: (wave: number) => readonly string[]): readonly string[] {
  return Array.from({ length: waves[role] }, (_, wave) => ids(wave)).flat();
}
