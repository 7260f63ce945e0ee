import type { ContainerInfo, NetworkInspectInfo } from 'dockerode';

import { MsaError } from '../../model/errors.ts';
import type { SystemOnMachine } from '../../ports/engine.ts';
import type { EngineOptions } from '../create-engines.ts';
import { helperRole, labels } from './containers/labels.ts';
import type { Daemon } from './daemon/daemon.ts';
import { connectDocker } from './daemon/probe-docker.ts';

/** Every system of ours in Docker; none where Docker cannot be used. */
export async function listDockerSystems(options: EngineOptions): Promise<readonly SystemOnMachine[]> {
  const daemon = await connectDocker(options).catch((error: unknown) => {
    if (error instanceof MsaError) return undefined;
    throw error;
  });
  if (daemon === undefined) return [];
  try {
    return await readSystems(daemon);
  } finally {
    daemon.disconnect();
  }
}

/** A network without containers is a system too: one of which something is left. */
async function readSystems(daemon: Daemon): Promise<readonly SystemOnMachine[]> {
  const filters = { label: [labels.workspace] };
  const [containers, networks] = await Promise.all([
    daemon.get<ContainerInfo[]>('/containers/json', { all: true, filters }, { doing: 'list the containers' }),
    daemon.get<NetworkInspectInfo[]>('/networks', { filters }, { doing: 'list the networks' }),
  ]);
  const instances = containers.map((container) => container.Labels).filter((has) => has[labels.role] !== helperRole);
  const directories = new Map(
    [...networks.map((network) => network.Labels ?? {}), ...instances].map((has) => [
      has[labels.workspace] ?? '',
      has[labels.directory] ?? '',
    ]),
  );
  return Array.from(directories, ([workspace, directory]) => ({
    engine: 'docker' as const,
    workspace,
    directory,
    instances: instances.filter((has) => has[labels.workspace] === workspace).length,
  })).toSorted((left, right) => left.workspace.localeCompare(right.workspace));
}
