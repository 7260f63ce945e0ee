import type { Observation } from './observation.ts';
import type { Plan } from './operation.ts';

/**
 * Decides how everything ends: in one go. An engine that takes down all it has of a workspace need not tell a gateway of
 * each instance that leaves; it ends the stores when those are gone that write to them.
 */
export function planDown({ instances, ground }: Observation, { data }: { readonly data: boolean }): Plan {
  if (!ground && instances.length === 0 && !data) return { operations: [] };
  return { operations: [{ kind: 'close', id: 'close', data, cause: 'the system goes down', needs: [] }] };
}
