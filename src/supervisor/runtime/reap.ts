import { rmSync } from 'node:fs';

import { markerVariables, type SupervisorConfig, type SupervisorRecord } from '../../protocol/supervisor-api.ts';
import { endFamily } from '../processes/end-processes.ts';

/** Databases write down what they have in this time; nobody waits long for a command that only looks. */
const graceMs = 2000;

/** Ends what a dead supervisor started, and removes its socket. Gives the number of processes. */
export async function reap(
  { workspace, socket }: Pick<SupervisorConfig, 'workspace' | 'socket'>,
  dead: SupervisorRecord | undefined,
): Promise<number> {
  const leaders = (dead?.groups ?? []).flatMap(({ leader }) => leader ?? []);
  const count = await endFamily({ leaders, markers: { [markerVariables.workspace]: workspace } }, graceMs);
  rmSync(socket, { force: true });
  return count;
}
