import { setTimeout as sleep } from 'node:timers/promises';

import type { SupervisorConfig, SupervisorRecord } from '../../protocol/supervisor-api.ts';
import { isAlive, readProcess } from '../processes/process-table.ts';
import { reap } from './reap.ts';
import { portNumbers } from './record-keeper.ts';
import { createRecord, readRecord, removeRecord, writeRecord } from './record-file.ts';

export type Claim =
  | { readonly kind: 'claimed'; readonly record: SupervisorRecord; readonly reaped: number }
  /** Another supervisor of the workspace lives. */
  | { readonly kind: 'occupied'; readonly pid: number };

/**
 * Makes this process the one supervisor of a workspace, after it has ended all that a dead one left. The record is
 * created by a link, which only one of several can do. A dead owner's record is taken over by whoever links a second file
 * that bears the dead owner's name, so that the record is never absent and what it lists is never forgotten.
 */
export async function claimWorkspace(config: SupervisorConfig): Promise<Claim> {
  const record = recordOf(config);
  for (;;) {
    if (createRecord(config.stateFile, record))
      return { kind: 'claimed', record, reaped: await reap(config, undefined) };
    const present = readRecord(config.stateFile);
    if (present === undefined) continue;
    if (isAlive(present.owner)) return { kind: 'occupied', pid: present.owner.pid };
    const reaped = await takeOver(config, present, record);
    if (reaped !== undefined) return { kind: 'claimed', record, reaped };
    await sleep(20);
  }
}

/** Undefined when somebody else is taking over, or has already. */
async function takeOver(
  config: SupervisorConfig,
  dead: SupervisorRecord,
  record: SupervisorRecord,
): Promise<number | undefined> {
  const claim = `${config.stateFile}.after-${dead.owner.pid}`;
  if (!createRecord(claim, record)) {
    const rival = readRecord(claim);
    if (rival !== undefined && !isAlive(rival.owner)) removeRecord(claim);
    return undefined;
  }
  try {
    // Whoever held the claim before may have finished meanwhile.
    const present = readRecord(config.stateFile);
    if (present?.owner.started !== dead.owner.started || present.owner.pid !== dead.owner.pid) return undefined;
    const reaped = await reap(config, present);
    writeRecord(config.stateFile, record);
    return reaped;
  } finally {
    removeRecord(claim);
  }
}

function recordOf({ workspace, root, ports }: SupervisorConfig): SupervisorRecord {
  const self = readProcess(process.pid);
  if (self === undefined) throw new Error('this process is not in the table of processes');
  return {
    workspace,
    root,
    owner: { pid: self.pid, started: self.started },
    ports: portNumbers(ports),
    groups: [],
  };
}
