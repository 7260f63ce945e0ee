import type { PortTable, ProcessIdentity, SupervisorRecord } from '../../protocol/supervisor-api.ts';
import { readRecord, removeRecord, writeRecord } from './record-file.ts';

/** Keeps the supervisor's record true while it runs. */
export interface RecordKeeper {
  readonly setGroup: (name: string, leader: ProcessIdentity | null) => void;
  readonly removeGroup: (name: string) => void;
  readonly setPorts: (ports: PortTable) => void;
  /** Writes it again, should it have been lost. */
  readonly save: () => void;
  readonly remove: () => void;
}

/**
 * On a full disk the record stays as it was and the system runs on: whatever is not in it is still known by its markers.
 */
export function createRecordKeeper(stateFile: string, claimed: SupervisorRecord): RecordKeeper {
  let record = claimed;
  const groups = new Map<string, ProcessIdentity | null>();

  const save = (): void => {
    try {
      if (!isSomebodyElses()) writeRecord(stateFile, record);
    } catch {
      // The next change tries again.
    }
  };
  /** Another supervisor that found no trace of this one has taken its place: its record stands, and this one will end. */
  const isSomebodyElses = (): boolean => {
    const found = readRecord(stateFile);
    return found !== undefined && found.owner.pid !== claimed.owner.pid;
  };
  const change = (changes: Partial<SupervisorRecord>): void => {
    record = { ...record, ...changes };
    save();
  };
  const changeGroups = (): void => change({ groups: Array.from(groups, ([name, leader]) => ({ name, leader })) });

  return {
    setGroup: (name, leader) => {
      groups.set(name, leader);
      changeGroups();
    },
    removeGroup: (name) => {
      if (groups.delete(name)) changeGroups();
    },
    setPorts: (ports) => change({ ports: portNumbers(ports) }),
    save,
    remove: () => removeRecord(stateFile),
  };
}

export function portNumbers({ gateway, gatewayAdmin, registry, redis, postgres, edges }: PortTable): readonly number[] {
  return [gateway, gatewayAdmin, registry, redis, postgres, ...Object.values(edges)];
}
