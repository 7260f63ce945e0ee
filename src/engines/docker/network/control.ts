import { createControlPlane } from '../../../io/control-plane.ts';
import type { ControlPlane } from '../../../ports/control-plane.ts';
import { readContainers } from '../containers/snapshot.ts';
import type { Session } from '../session.ts';

type Sought = Pick<Session, 'daemon' | 'place' | 'registry'>;

/** The registry of a workspace that runs, whether it answers or not; undefined when there is none. */
export async function findControlPlane({ daemon, place, registry }: Sought): Promise<ControlPlane | undefined> {
  const container = (await readContainers(daemon, place.workspace)).find(({ role }) => role === 'registry');
  const url = await registry.urlOf(container);
  if (url === undefined || container?.token === undefined) return undefined;
  return createControlPlane({ url, token: container.token });
}

/** The same, if it answers now. */
export async function findAnsweringControlPlane(sought: Sought): Promise<ControlPlane | undefined> {
  const control = await findControlPlane(sought);
  try {
    await control?.system();
    return control;
  } catch {
    return undefined;
  }
}
