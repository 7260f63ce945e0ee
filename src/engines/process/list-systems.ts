import type { SystemOnMachine } from '../../ports/engine.ts';
import type { EngineOptions } from '../create-engines.ts';
import { readRecords } from './supervisor/records.ts';
import { runtimeDirectories, trustedDirectories } from './supervisor/runtime-directory.ts';
import { SupervisorLink } from './supervisor/supervisor-link.ts';

/** Every system of this user that runs as processes. What killed supervisors left is ended on the way. */
export async function listProcessSystems(options: EngineOptions): Promise<readonly SystemOnMachine[]> {
  const records = readRecords(trustedDirectories(runtimeDirectories(options.env)));
  const systems = await Promise.all(
    records.map(async ({ workspace, root }) => {
      const state = await new SupervisorLink(options, { workspace, name: workspace, root }).state();
      return state && { engine: 'process' as const, workspace, directory: root, instances: state.instances.length };
    }),
  );
  return systems.filter((system) => system !== undefined);
}
