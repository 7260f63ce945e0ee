import { MsaError } from '../../../model/errors.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { readContainers, type ContainerFound } from './snapshot.ts';

/** The container of an instance, which must run at this moment. */
export async function requireContainer(daemon: Daemon, workspace: string, instance: string): Promise<ContainerFound> {
  const container = await findContainer(daemon, workspace, instance);
  if (container.state === 'running') return container;
  throw new MsaError('MSA_NOT_RUNNING', `${instance} does not run at this moment: it is ${container.state}`, {
    hint: `See why: msa logs ${container.unit}`,
  });
}

/** The container of an instance, whatever its state. */
export async function findContainer(daemon: Daemon, workspace: string, instance: string): Promise<ContainerFound> {
  const containers = await readContainers(daemon, workspace);
  const container = containers.find((found) => found.instance === instance);
  if (container !== undefined) return container;
  const names = containers.map((found) => found.instance).join(', ');
  throw new MsaError('MSA_INSTANCE_UNKNOWN', `there is no instance ${instance}`, {
    hint: names === '' ? 'Nothing runs; start it: msa up' : `There are ${names}`,
  });
}
