import { createCertificates } from '../../../../src/io/certificates/certificates.ts';
import { systemClock } from '../../../../src/io/clock.ts';
import { createStopper } from '../../../../src/io/stopper.ts';
import type { OpenWorkspace } from '../../../../src/app/open-workspace.ts';
import type { SystemDeps } from '../../../../src/app/system/system-deps.ts';
import type { UpRequest } from '../../../../src/app/system/up.ts';
import type { Workspace } from '../../../../src/model/workspace.ts';
import type { SystemOnMachine } from '../../../../src/ports/engine.ts';
import type { Engines } from '../../../../src/ports/engines.ts';
import type { FileStore } from '../../../../src/ports/file-store.ts';
import type { ProgressEvent } from '../../../../src/protocol/events.ts';
import { service, sha256, workspaceOf } from '../../plan/random-systems.ts';
import type { Living } from './living-engine.ts';

export const shop = workspaceOf([
  service('users', { replicas: 2, store: 'redis' }),
  service('orders', { calls: ['users'] }),
]);

export function openedOf(workspace: Workspace): OpenWorkspace {
  return { root: '/w', text: '', workspace };
}

function refuse(): never {
  throw new Error('the test has no files for this');
}

/** Files in memory, for what reads them only. */
export function filesOf(texts: Readonly<Record<string, string>>): FileStore {
  return {
    read: async (path) => texts[path],
    kindOf: async (path) => (path in texts ? 'file' : undefined),
    list: refuse,
    listFiles: refuse,
    realPath: async (path) => path,
    apply: refuse,
    recover: async () => false,
  };
}

/** A machine on which these engines can be used. */
export function machine(engines: readonly Living[], systems: readonly SystemOnMachine[] = []): Engines {
  return {
    probe: async (kind) => {
      const isThere = engines.some(({ engine }) => engine.kind === kind);
      return { available: isThere, detail: isThere ? `${kind} 1` : 'none here' };
    },
    open: async (kind) => {
      const found = engines.find(({ engine }) => engine.kind === kind);
      if (found === undefined) throw new Error(`there is no engine ${kind}`);
      return found.engine;
    },
    list: async () => systems,
  };
}

export interface Setting {
  readonly deps: SystemDeps;
  readonly events: ProgressEvent[];
  readonly interrupt: () => void;
}

export function settingOf(engines: Engines, changes: Partial<SystemDeps> = {}): Setting {
  const stopper = createStopper();
  const events: ProgressEvent[] = [];
  return {
    deps: {
      files: filesOf({}),
      engines,
      locks: { hold: (_name, work) => work() },
      certificates: createCertificates({ XDG_CONFIG_HOME: '/nowhere' }),
      clock: systemClock,
      createStopper,
      sha256,
      filterCompiler: () => Promise.reject(new Error('the test has no filters')),
      platformVersion: '1',
      signal: stopper.signal,
      report: (event) => events.push(event),
      ...changes,
    },
    events,
    interrupt: () => stopper.stop(undefined),
  };
}

export function upRequest(changes: Partial<UpRequest> = {}): UpRequest {
  return {
    services: [],
    callees: true,
    except: [],
    engine: undefined,
    port: undefined,
    rebuild: false,
    timeoutMs: 30_000,
    dryRun: false,
    ...changes,
  };
}
