import type { Workspace } from '../model/workspace.ts';
import { programVariables } from '../protocol/programs.ts';

/** What tells the gateway in how many processes it takes requests; nothing for one. */
export function gatewayProcesses({ gateway: { workers } }: Workspace): Readonly<Record<string, string>> {
  return workers === 1 ? {} : { [programVariables.workers]: String(workers) };
}
