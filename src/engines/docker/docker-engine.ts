import type { Engine, Place } from '../../ports/engine.ts';
import type { EngineOptions } from '../create-engines.ts';
import { connectDocker } from './daemon/probe-docker.ts';
import { createBuilder } from './images/builder.ts';
import { createImages } from './images/images.ts';
import { createPulls } from './images/pulls.ts';
import { createPublisher } from './network/publisher.ts';
import { createRegistryReach } from './network/registry-reach.ts';
import { observeDocker } from './observe.ts';
import type { Session } from './session.ts';

/**
 * The engine that runs instances in Docker. What every command asks is loaded with it; what changes or looks into
 * something when it is first called, for it takes longer to load than most commands take.
 */
export async function openDockerEngine(options: EngineOptions, place: Place): Promise<Engine> {
  const daemon = await connectDocker(options);
  const registry = createRegistryReach(daemon, options.env);
  const session: Session = {
    daemon,
    place,
    options,
    images: createImages(place, options),
    builder: createBuilder(daemon.host, options.env),
    pulls: createPulls(daemon, options.env),
    publisher: createPublisher(async () => {
      const { findControlPlane } = await import('./network/control.ts');
      return findControlPlane({ daemon, place, registry });
    }),
    registry,
    located: undefined,
    databases: new Map(),
    beginning: undefined,
  };
  return {
    kind: 'docker',
    observe: () => observeDocker(session),
    locate: async (request) => (await import('./network/locate.ts')).locateDocker(session, request),
    contentOf: async (folder) => (await import('./images/content-of.ts')).dockerContentOf(folder),
    artefactKey: (unit) => session.images.targetOf(unit)?.tag,
    perform: async (operation, work) => (await import('./perform.ts')).performInDocker(session, operation, work),
    control: async () => (await import('./network/control.ts')).findAnsweringControlPlane(session),
    diagnose: async (instance) => (await import('./trouble/diagnose.ts')).diagnoseInstance(session, instance),
    logs: async function* logs(query) {
      yield* (await import('./logs/logs.ts')).readLogs(session, query);
    },
    exec: async (instance, command) =>
      (await import('./containers/exec.ts')).execInInstance(session, instance, command),
    crash: async (instance) => (await import('./containers/crash-instance.ts')).crashInstance(session, instance),
    disconnect: () => {
      registry.close();
      daemon.disconnect();
    },
  };
}
