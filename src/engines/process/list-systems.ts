import type { SystemOnMachine } from '../../ports/engine.ts';
import type { EngineOptions } from '../create-engines.ts';
import { readRecords } from './supervisor/records.ts';
import { runtimeDirectories, trustedDirectories } from './supervisor/runtime-directory.ts';
import { SupervisorLink } from './supervisor/supervisor-link.ts';

/** Other systems than the one that a command is about are not worth a long wait. */
const brief = { answerMs: 1500, changingMs: 1500 };

/** Every system of this user that runs as processes. What killed supervisors left is ended on the way. */
export async function listProcessSystems(options: EngineOptions): Promise<readonly SystemOnMachine[]> {
  const records = readRecords(trustedDirectories(runtimeDirectories(options.env)));
  const systems = await Promise.all(
    records.map(async ({ workspace, root, groups }) => {
      const link = new SupervisorLink(options, { workspace, name: workspace, root });
      const instances = await link.state(brief).then(
        (state) => state?.instances.length,
        // One that hangs is there all the same, and must not hide the others.
        () => groups.length,
      );
      return instances === undefined
        ? undefined
        : { engine: 'process' as const, workspace, directory: root, instances };
    }),
  );
  return systems.filter((system) => system !== undefined);
}
