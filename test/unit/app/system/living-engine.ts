import { MsaError } from '../../../../src/model/errors.ts';
import type { Unit } from '../../../../src/plan/desired.ts';
import type { ObservedInstance } from '../../../../src/plan/observation.ts';
import type { Operation } from '../../../../src/plan/operation.ts';
import type { ControlPlane } from '../../../../src/ports/control-plane.ts';
import type {
  Engine,
  EngineKind,
  LocateRequest,
  Locations,
  LogLine,
  LogQuery,
  Work,
} from '../../../../src/ports/engine.ts';
import type { StopSignal } from '../../../../src/ports/stop-signal.ts';
import { edgeKey, edgePorts } from '../../../../src/protocol/edge-port.ts';
import type { Instance } from '../../../../src/protocol/instances.ts';
import type { System } from '../../../../src/protocol/system.ts';
import type { WatchState } from '../../../../src/protocol/watch.ts';
import { artefactKey, instanceOf, rowOf } from '../../plan/simulated-engine.ts';

/** How the instances of a service behave. */
type Behaviour = 'healthy' | 'ends' | 'loops' | 'sick';

export interface Living {
  readonly engine: Engine;
  /** Ids of the operations in the order in which they began. */
  readonly begun: string[];
  readonly behaviours: Map<string, Behaviour>;
  /** What the folders of services hold, by service; left out: `1`. An error is thrown. */
  readonly contents: Map<string, string | Error>;
  /** Operations that fail, by id. */
  readonly failures: Map<string, Error>;
  /** Operations that go on until their signal is aborted, by id. */
  readonly endless: Set<string>;
  readonly instances: Map<string, ObservedInstance>;
  readonly located: LocateRequest[];
  readonly system: () => System | undefined;
  /** Most operations that were under way at once. */
  readonly mostAtOnce: () => number;
}

/** An engine in memory in which instances live, become healthy or do not, and a registry tells of them. */
export function livingEngine(kind: EngineKind = 'process'): Living {
  const living = new LivingEngine(kind);
  return living;
}

class LivingEngine implements Living {
  readonly begun: string[] = [];
  readonly behaviours = new Map<string, Behaviour>();
  readonly contents = new Map<string, string | Error>();
  readonly failures = new Map<string, Error>();
  readonly endless = new Set<string>();
  readonly instances = new Map<string, ObservedInstance>();
  readonly located: LocateRequest[] = [];
  readonly engine: Engine;
  readonly #artefacts = new Set<string>();
  readonly #watchers = new Set<() => void>();
  #ground = false;
  #system: System | undefined;
  #revision = 0;
  #underWay = 0;
  #most = 0;

  constructor(kind: EngineKind) {
    this.engine = {
      kind,
      observe: async () => this.#observe(),
      locate: async (request) => this.#locate(request),
      contentOf: async ({ service }) => {
        const content = this.contents.get(service) ?? '1';
        if (content instanceof Error) throw content;
        return content;
      },
      artefactKey,
      perform: (operation, work) => this.#perform(operation, work),
      control: async () => (this.#hasRegistry() ? this.#control : undefined),
      diagnose: async (instance) => [`it was looked at: ${instance}`],
      logs: lastWords,
      exec: async () => 0,
      crash: async () => undefined,
      disconnect: () => undefined,
    };
  }

  system = (): System | undefined => this.#system;
  mostAtOnce = (): number => this.#most;

  #observe(): Awaited<ReturnType<Engine['observe']>> {
    return {
      ground: this.#ground,
      instances: [...this.instances.values()],
      artefacts: new Set(this.#artefacts),
      systemVersion: this.#system?.version,
    };
  }

  #locate(request: LocateRequest): Locations {
    this.located.push(request);
    const ports = edgePorts(request.edges);
    const gatewayPort = request.gatewayPort === 'auto' ? 9999 : request.gatewayPort;
    return {
      publicUrl: `http://localhost:${gatewayPort}`,
      gatewayPort,
      registryUrl: 'http://127.0.0.1:8761',
      redisUrl: 'redis://127.0.0.1:6379',
      databaseUrls: new Map(),
      edges: new Map(
        request.edges.map(({ caller, callee }) => {
          const port = ports.get(edgeKey(caller, callee)) ?? 0;
          return [edgeKey(caller, callee), { port, url: `http://127.0.0.1:${port}` }];
        }),
      ),
      trustedProxies: '127.0.0.1',
      distinctAddresses: false,
    };
  }

  async #perform(operation: Operation, { desired, signal, report }: Work): Promise<void> {
    this.begun.push(operation.id);
    this.#underWay += 1;
    this.#most = Math.max(this.#most, this.#underWay);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.endless.has(operation.id)) await aborted(signal);
      const failure = this.failures.get(operation.id);
      if (failure !== undefined) throw failure;
      if (operation.kind === 'open') this.#ground = true;
      if (operation.kind === 'build') this.#artefacts.add(artefactKey(operation.unit) ?? '');
      if (operation.kind === 'build') report('a line of the build');
      if (operation.kind === 'start') this.#start(operation.unit, operation.index);
      if (operation.kind === 'publish') this.#system = desired.system;
      if (operation.kind === 'stop') this.instances.delete(operation.instance);
      if (operation.kind === 'close') this.#close();
      if (!this.#hasRegistry()) this.#system = undefined;
      this.#tell();
    } finally {
      this.#underWay -= 1;
    }
  }

  #close(): void {
    this.#ground = false;
    this.instances.clear();
  }

  #start(unit: Unit, index: number): void {
    const instance = { ...instanceOf(unit, index), published: unit.role === 'gateway' ? '127.0.0.1:8080' : undefined };
    const behaviour = this.behaviours.get(unit.name) ?? 'healthy';
    const state = behaviour === 'ends' ? 'gone' : behaviour === 'loops' ? 'restarting' : 'running';
    this.instances.set(instance.id, { ...instance, state, exitCode: state === 'running' ? undefined : 7 });
  }

  #hasRegistry(): boolean {
    return this.instances.get('registry-1')?.state === 'running';
  }

  #tell(): void {
    this.#revision += 1;
    for (const watcher of this.#watchers) watcher();
  }

  #state(): WatchState {
    const rows = [...this.instances.values()]
      .filter(({ role, state }) => role !== 'registry' && role !== 'gateway' && state !== 'gone')
      .map((instance): Instance => {
        const isHealthy = (this.behaviours.get(instance.unit) ?? 'healthy') === 'healthy';
        return { ...rowOf(instance), ...(isHealthy ? {} : { status: 'starting', problem: 'connection refused' }) };
      });
    return {
      type: 'state',
      epoch: 'e',
      revision: this.#revision,
      system: this.#system ?? null,
      instances: this.#system === undefined ? [] : rows,
    };
  }

  readonly #control: ControlPlane = {
    url: 'http://127.0.0.1:8761',
    system: async () => this.#system,
    putSystem: async (system) => {
      this.#system = system;
      this.#tell();
    },
    putSource: async () => undefined,
    putKeptSince: async () => undefined,
    gatewayStats: async () => undefined,
    gateways: async () =>
      this.instances.has('gateway-1') ? [{ id: 'gateway-1', epoch: 'e', revision: this.#revision }] : [],
    watch: (signal) => this.#watch(signal),
  };

  async *#watch(signal: StopSignal): AsyncGenerator<WatchState> {
    let told = -1;
    while (!signal.aborted && this.#hasRegistry()) {
      if (told === this.#revision) await this.#news(signal);
      else {
        told = this.#revision;
        yield this.#state();
      }
    }
  }

  #news(signal: StopSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

async function* lastWords({ instances: [id = ''] }: LogQuery): AsyncGenerator<LogLine> {
  yield { instance: id, stream: 'stderr', time: '2026-01-01T00:00:00Z', text: `last words of ${id}` };
}

function aborted(signal: StopSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

export function broken(message: string): MsaError {
  return new MsaError('MSA_ENGINE_FAILED', message);
}
