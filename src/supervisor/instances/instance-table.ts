import type { InstanceRecord } from '../../protocol/instances.ts';
import type { SupervisedInstance } from '../../protocol/supervisor-api.ts';

/** Whom requests are for; gateway and registry find each other by themselves. */
const servingRoles: ReadonlySet<string> = new Set(['service', 'redis', 'postgres']);

/** What the registry is told of the instances: those that serve, now or again in a moment, each where it listens. */
export function instanceTable(instances: readonly SupervisedInstance[]): readonly InstanceRecord[] {
  return instances
    .filter(({ role, state, port }) => servingRoles.has(role) && state !== 'gone' && port !== 0)
    .map(({ id, unit, port, draining }) => ({ id, service: unit, address: '127.0.0.1', port, draining }));
}
