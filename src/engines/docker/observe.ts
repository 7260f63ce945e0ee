import type { ContainerInspectInfo } from 'dockerode';

import type { InstanceState, Observation, ObservedInstance } from '../../plan/observation.ts';
import {
  inspectContainer,
  readSnapshot,
  renderPublished,
  type ContainerFound,
  type Snapshot,
} from './containers/snapshot.ts';
import type { Daemon } from './daemon/daemon.ts';
import { readSystemVersion } from './daemon/system-version.ts';
import type { RegistryReach } from './network/registry-reach.ts';
import type { Session } from './session.ts';

/** What there is of a workspace, and the version of the system that its registry holds. */
export async function observeDocker({ daemon, place, registry }: Session): Promise<Observation> {
  const snapshot = await readSnapshot(daemon, place.workspace);
  const [instances, systemVersion] = await Promise.all([
    Promise.all(snapshot.containers.map((container) => observeInstance(daemon, container))),
    readVersion(registry, snapshot),
  ]);
  return {
    ground: snapshot.network !== undefined,
    instances: instances.flatMap((instance) => instance ?? []),
    artefacts: artefactsIn(snapshot),
    systemVersion,
  };
}

async function readVersion(reach: RegistryReach, { containers }: Snapshot): Promise<string | undefined> {
  const url = await reach.urlOf(containers.find(({ role }) => role === 'registry'));
  return url === undefined ? undefined : readSystemVersion(url);
}

function artefactsIn({ images }: Snapshot): ReadonlySet<string> {
  return new Set(images.flatMap(({ tags }) => tags));
}

/** Undefined when it has gone between the list and the look. */
async function observeInstance(daemon: Daemon, container: ContainerFound): Promise<ObservedInstance | undefined> {
  const details = await inspectContainer(daemon, container.containerId);
  if (details === undefined) return undefined;
  const { State: state, RestartCount: restarts } = details;
  const { instance: id, unit, role, index, hash, address, port } = container;
  const ran = !state.StartedAt.startsWith('0001-');
  const ended = ran && !state.Running;
  return {
    id,
    unit,
    role,
    index,
    hash,
    state: stateOf(state),
    restarts,
    exitCode: ended || state.Restarting ? state.ExitCode : undefined,
    startedAt: ran ? state.StartedAt : undefined,
    address,
    port,
    published: container.published === undefined ? undefined : renderPublished(container.published),
    secure: container.secure,
    pid: undefined,
  };
}

/** A container that was created and never started is what a killed run left: nobody will start it. */
function stateOf(state: ContainerInspectInfo['State']): InstanceState {
  if (state.Restarting) return 'restarting';
  return state.Running ? 'running' : 'gone';
}
