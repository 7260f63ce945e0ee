import { MsaError } from '../model/errors.ts';
import type { Engines } from '../ports/engines.ts';

/** What both engines are made with. */
export interface EngineOptions {
  /** Absolute path of the folder with our own programs: gateway.js, registry.js, redis.js, supervisor.js. */
  readonly programsDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** The engines, each loaded when it is first used. */
export function createEngines(options: EngineOptions): Engines {
  return {
    probe: async (kind) => {
      if (kind === 'docker') return (await import('./docker/daemon/probe-docker.ts')).probeDocker(options);
      return process.platform === 'win32'
        ? { available: false, detail: 'Windows has no process groups; use WSL' }
        : { available: true, detail: `Node ${process.versions.node}` };
    },
    open: async (kind, place) => {
      if (kind === 'docker') return (await import('./docker/docker-engine.ts')).openDockerEngine(options, place);
      if (process.platform === 'win32')
        throw new MsaError('MSA_ENGINE_UNAVAILABLE', 'the process engine does not run on Windows', {
          hint: 'Use WSL, or the Docker engine: msa up --engine docker',
        });
      return (await import('./process/process-engine.ts')).openProcessEngine(options, place);
    },
    list: async () => {
      const [docker, processes] = await Promise.all([
        import('./docker/list-systems.ts').then(({ listDockerSystems }) => listDockerSystems(options)),
        import('./process/list-systems.ts').then(({ listProcessSystems }) => listProcessSystems(options)),
      ]);
      return [...docker, ...processes];
    },
  };
}
