import type { ContainerInfo, VolumeInspectInfo } from 'dockerode';

import { removeContainer, stopAndRemove, stopContainer } from './containers/containers.ts';
import { labels, ofWorkspace } from './containers/labels.ts';
import { findNetwork } from './containers/snapshot.ts';
import { removeUntagged } from './images/image-cleanup.ts';
import type { Session } from './session.ts';

/**
 * Removes all that carries the workspace's label: containers, the network, and with `data` the volumes. Images stay, for
 * the next time, but for those that nothing could be started from.
 */
export async function closeWorkspace(session: Session, { data }: { readonly data: boolean }): Promise<void> {
  const { daemon, place } = session;
  const filters = ofWorkspace(place.workspace);
  const containers = await daemon.get<ContainerInfo[]>(
    '/containers/json',
    { all: true, filters },
    { doing: 'list the containers' },
  );
  const ids = (isWanted: (container: ContainerInfo) => boolean): readonly string[] =>
    containers.filter((container) => isWanted(container)).map(({ Id }) => Id);
  // Whoever uses a store may still write to it while it stops.
  const [users, stores] = [ids((container) => !isStore(container)), ids(isStore)];
  const stops = users.map((id) => stopContainer(daemon, id));
  const endStores = async (): Promise<void> => {
    await Promise.all(stops);
    await Promise.all(stores.map((id) => stopAndRemove(daemon, id)));
  };
  await Promise.all([endStores(), ...users.map((id, index) => stops[index]?.then(() => removeContainer(daemon, id)))]);
  await Promise.all([
    removeNetwork(session),
    removeUntagged(session),
    removeVolumes(session, filters, (volume) => data || !isStore(volume)),
  ]);
}

async function removeNetwork({ daemon, place }: Session): Promise<void> {
  const network = await findNetwork(daemon, place.workspace);
  if (network === undefined) return;
  await daemon.send('DELETE', `/networks/${network.id}`, { doing: 'remove the network', fine: [404] });
}

/** Of what is no store only memories are left, by somebody who removed their containers alone. */
async function removeVolumes(
  { daemon }: Session,
  filters: Record<string, readonly string[]>,
  isWanted: (volume: VolumeInspectInfo) => boolean,
): Promise<void> {
  const { Volumes: volumes } = await daemon.get<{ Volumes: VolumeInspectInfo[] | null }>(
    '/volumes',
    { filters },
    { doing: 'list the volumes' },
  );
  const options = { doing: 'remove the volumes', fine: [404] };
  await Promise.all(
    (volumes ?? [])
      .filter((volume) => isWanted(volume))
      .map(({ Name }) => daemon.send('DELETE', `/volumes/${Name}`, options)),
  );
}

function isStore({ Labels: has }: Pick<ContainerInfo, 'Labels'>): boolean {
  return has[labels.role] === 'redis' || has[labels.role] === 'postgres';
}
