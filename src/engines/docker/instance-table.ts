import type { Role, Unit } from '../../plan/desired.ts';
import type { InstanceRecord } from '../../protocol/instances.ts';
import { portOf } from './container-spec.ts';
import type { ContainerFound } from './snapshot.ts';

/** Who there is, with addresses: what runs already and what this command starts. */
export interface InstanceTable {
  /** Gives a new instance its address, or fails when there is none left. */
  readonly add: (instance: string, unit: Unit, chooseAddress: (taken: ReadonlySet<string>) => string) => string;
  readonly drain: (instance: string) => void;
  readonly remove: (instance: string) => void;
  /** What the registry is told: all but itself and the gateways. */
  readonly rows: () => readonly InstanceRecord[];
}

interface Entry {
  readonly role: Role;
  readonly record: InstanceRecord;
}

export function createInstanceTable(containers: readonly ContainerFound[]): InstanceTable {
  const entries = new Map<string, Entry>(
    containers.map(({ instance, unit, role, address, port }) => [
      instance,
      { role, record: { id: instance, service: unit, address, port, draining: false } },
    ]),
  );
  return {
    add: (instance, unit, chooseAddress) => {
      // What is left of one of the same name is removed before this starts.
      entries.delete(instance);
      const address = chooseAddress(new Set(Array.from(entries.values(), ({ record }) => record.address)));
      const record = { id: instance, service: unit.name, address, port: portOf(unit), draining: false };
      entries.set(instance, { role: unit.role, record });
      return address;
    },
    drain: (instance) => {
      const entry = entries.get(instance);
      if (entry !== undefined) entries.set(instance, { ...entry, record: { ...entry.record, draining: true } });
    },
    remove: (instance) => {
      entries.delete(instance);
    },
    rows: () =>
      Array.from(entries.values())
        .filter(({ role }) => role !== 'registry' && role !== 'gateway')
        .map(({ record }) => record),
  };
}
