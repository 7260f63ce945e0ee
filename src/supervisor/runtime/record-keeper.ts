import type { PortTable, ProcessIdentity, SupervisorRecord } from '../../protocol/supervisor-api.ts';
import { removeRecord, touch, writeRecord } from './record-file.ts';

const touchEveryMs = 3_600_000;

/** Keeps the supervisor's record true while it runs. */
export interface RecordKeeper {
  readonly setGroup: (name: string, leader: ProcessIdentity | null) => void;
  readonly removeGroup: (name: string) => void;
  readonly setPorts: (ports: PortTable) => void;
  readonly remove: () => void;
}

/**
 * On a full disk the record stays as it was and the system runs on: whatever is not in it is still known by its markers.
 */
export function createRecordKeeper(stateFile: string, socket: string, claimed: SupervisorRecord): RecordKeeper {
  let record = claimed;
  const groups = new Map<string, ProcessIdentity | null>();
  const timer = setInterval(() => touch([stateFile, socket]), touchEveryMs);
  timer.unref();

  const save = (changes: Partial<SupervisorRecord>): void => {
    record = { ...record, ...changes };
    try {
      writeRecord(stateFile, record);
    } catch {
      // The next change tries again.
    }
  };
  const saveGroups = (): void => save({ groups: Array.from(groups, ([name, leader]) => ({ name, leader })) });

  return {
    setGroup: (name, leader) => {
      groups.set(name, leader);
      saveGroups();
    },
    removeGroup: (name) => {
      if (groups.delete(name)) saveGroups();
    },
    setPorts: (ports) => save({ ports: portNumbers(ports) }),
    remove: () => {
      clearInterval(timer);
      removeRecord(stateFile);
    },
  };
}

export function portNumbers({ gateway, gatewayAdmin, registry, redis, postgres, edges }: PortTable): readonly number[] {
  return [gateway, gatewayAdmin, registry, redis, postgres, ...Object.values(edges)];
}
