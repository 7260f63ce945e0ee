import { createControlPlane } from '../../io/control-plane.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Daemon } from './daemon.ts';
import { readContainers, type ContainerFound } from './snapshot.ts';

/** The registry of a workspace that runs, whether it answers or not; undefined when there is none. */
export async function findControlPlane(daemon: Daemon, workspace: string): Promise<ControlPlane | undefined> {
  return controlPlaneOf(await readContainers(daemon, workspace));
}

function controlPlaneOf(containers: readonly ContainerFound[]): ControlPlane | undefined {
  const registry = containers.find(({ role, state }) => role === 'registry' && state === 'running');
  if (registry?.published === undefined || registry.token === undefined) return undefined;
  return createControlPlane({ url: `http://127.0.0.1:${registry.published.port}`, token: registry.token });
}

/** The same, if it answers now. */
export async function findAnsweringControlPlane(daemon: Daemon, workspace: string): Promise<ControlPlane | undefined> {
  const control = await findControlPlane(daemon, workspace);
  if (control === undefined) return undefined;
  try {
    await control.system();
    return control;
  } catch {
    return undefined;
  }
}
