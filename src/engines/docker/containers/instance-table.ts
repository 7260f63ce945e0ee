import type { Role, Unit } from '../../../plan/desired.ts';
import type { InstanceRecord } from '../../../protocol/instances.ts';
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
  readonly record: InstanceRecord;
  /** False for whom the registry is not told of: itself, the gateways, and what ended for good and waits to be removed. */
  readonly listed: boolean;
}

export function createInstanceTable(containers: readonly ContainerFound[]): InstanceTable {
  const entries = new Map<string, Entry>(
    containers.map(({ instance, unit, role, address, port, state }) => [
      instance,
      {
        record: { id: instance, service: unit, address, port, draining: false },
        listed: isProbed(role) && (state === 'running' || state === 'restarting'),
      },
    ]),
  );
  return {
    add: (instance, unit, chooseAddress) => {
      // What is left of one of the same name is removed before this starts.
      entries.delete(instance);
      const address = chooseAddress(new Set(Array.from(entries.values(), ({ record }) => record.address)));
      const record = { id: instance, service: unit.name, address, port: portOf(unit), draining: false };
      entries.set(instance, { record, listed: isProbed(unit.role) });
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
        .filter(({ listed }) => listed)
        .map(({ record }) => record),
  };
}

function isProbed(role: Role): boolean {
  return role !== 'registry' && role !== 'gateway';
}
