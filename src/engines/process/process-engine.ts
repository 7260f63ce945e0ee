import type { Unit } from '../../plan/desired.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine, FolderSource, Place } from '../../ports/engine.ts';
import { supervisorPaths, type InstanceEnvironment, type InstanceFacts } from '../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../create-engines.ts';
import { diagnosisOf } from './diagnose.ts';
import { execBeside } from './exec.ts';
import { PortKeeper } from './locate/port-keeper.ts';
import { readLogs } from './logs/read-logs.ts';
import { observationOf } from './observe.ts';
import { performOperation } from './perform.ts';
import { newPassword, readPassword } from './postgres/database-files.ts';
import { folderContent } from './prepare/folder-content.ts';
import { readPreparedKeys } from './prepare/markers.ts';
import { runDirectoryOf } from './run-directory.ts';
import { SupervisorLink } from './supervisor/supervisor-link.ts';

/** The engine that runs a workspace as plain processes, under a supervisor of its own. */
export function openProcessEngine(options: EngineOptions, place: Place): Promise<Engine> {
  const supervisor = new SupervisorLink(options, place);
  const databasePassword = createDatabasePassword(place);
  const ports = new PortKeeper({ options, place, supervisor, databasePassword });
  const folders = createFolders();
  const { artefactKey } = folders;
  const { logs } = runDirectoryOf(place.root);
  return Promise.resolve({
    kind: 'process',
    observe: async () => {
      const [state, artefacts] = await Promise.all([supervisor.state(), readPreparedKeys(place.root)]);
      return observationOf(state, artefacts);
    },
    locate: (request) => ports.locate(request),
    contentOf: folders.contentOf,
    artefactKey,
    perform: (operation, work) =>
      performOperation({ options, place, supervisor, ports, databasePassword, artefactKey }, operation, work),
    control: () => controlOf(supervisor),
    diagnose: async (instance) =>
      diagnosisOf(await supervisor.call<InstanceFacts>({ method: 'GET', path: supervisorPaths.facts(instance) })),
    logs: (query) => readLogs(logs, query),
    exec: async (instance, command) => {
      const path = supervisorPaths.environment(instance);
      const environment = await supervisor.call<InstanceEnvironment>({ method: 'GET', path });
      return execBeside(environment, command, options.env['TERM']);
    },
    crash: async (instance) => {
      await supervisor.call({ method: 'POST', path: supervisorPaths.crash(instance) });
    },
    disconnect: () => void ports.release(),
  });
}

/** What is known of the folders looked at, so that those with nothing to make need no operation. */
function createFolders(): Pick<Engine, 'contentOf' | 'artefactKey'> {
  const readyAsTheyAre = new Set<string>();
  return {
    contentOf: async (source: FolderSource) => {
      const { hash, needsPreparation } = await folderContent(source);
      if (needsPreparation) readyAsTheyAre.delete(source.directory);
      else readyAsTheyAre.add(source.directory);
      return hash;
    },
    artefactKey: ({ program }: Unit) =>
      program.kind !== 'folder' || readyAsTheyAre.has(program.directory)
        ? undefined
        : `${program.content} ${program.directory}`,
  };
}

/** That of the data that are there; where there are none, one that is kept when they are made. */
function createDatabasePassword(place: Place): () => string {
  let invented: string | undefined;
  return () => readPassword(place) ?? (invented ??= newPassword());
}

/** The registry of the running system, if it answers now. */
async function controlOf(supervisor: SupervisorLink): Promise<ControlPlane | undefined> {
  const state = await supervisor.state();
  const registry = state?.instances.find(({ role }) => role === 'registry');
  if (state === undefined || registry === undefined || registry.state === 'gone') return undefined;
  // Loaded here: what only observes does not need an HTTP client.
  const { createControlPlane } = await import('../../io/control-plane.ts');
  const control = createControlPlane({ url: `http://127.0.0.1:${registry.port}`, token: state.registryToken });
  try {
    await control.system();
    return control;
  } catch {
    return undefined;
  }
}
