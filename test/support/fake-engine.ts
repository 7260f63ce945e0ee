import type { ObservedInstance } from '../../src/plan/observation.ts';
import type { ControlPlane } from '../../src/ports/control-plane.ts';
import type { Engine, LogLine, LogQuery } from '../../src/ports/engine.ts';
import type { Engines } from '../../src/ports/engines.ts';
import type { Instance } from '../../src/protocol/instances.ts';
import type { WatchState } from '../../src/protocol/watch.ts';

/** An instance as an engine finds it: `orders-2` is the second of orders. */
export function observed(id: string, overrides: Partial<ObservedInstance> = {}): ObservedInstance {
  const [, unit = id, index = '1'] = /^(.*)-(\d+)$/.exec(id) ?? [];
  const platform = (['registry', 'gateway', 'redis', 'postgres'] as const).find((role) => role === unit);
  return {
    id,
    unit,
    role: platform ?? 'service',
    index: Number(index),
    hash: 'h1',
    state: 'running',
    restarts: 0,
    exitCode: undefined,
    startedAt: '2026-01-31T12:00:00.000Z',
    address: '127.0.0.1',
    port: 3000,
    published: undefined,
    pid: undefined,
    ...overrides,
  };
}

/** A row of the registry's table. */
export function listed(id: string, overrides: Partial<Instance> = {}): Instance {
  return {
    id,
    service: id.replace(/-\d+$/, ''),
    address: '10.0.0.2',
    port: 3000,
    draining: false,
    status: 'up',
    since: '2026-01-31T12:00:00.000Z',
    source: 'engine',
    problem: '',
    ...overrides,
  };
}

/** A state of the registry with these instances. */
export function stateOf(instances: readonly Instance[], overrides: Partial<WatchState> = {}): WatchState {
  return { type: 'state', epoch: 'e1', revision: 1, system: null, instances, ...overrides };
}

/** A registry that tells these states and then nothing more until it is stopped. */
export function fakeControl(states: readonly WatchState[], overrides: Partial<ControlPlane> = {}): ControlPlane {
  return {
    url: 'http://127.0.0.1:8761',
    system: async () => states.at(-1)?.system ?? undefined,
    putSystem: async () => undefined,
    putSource: async () => undefined,
    putKeptSince: async () => undefined,
    gatewayStats: async () => undefined,
    gateways: async () => [],
    watch: async function* (signal) {
      yield* states;
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', resolve));
    },
    ...overrides,
  };
}

function refuse(): never {
  throw new Error('the test gave the engine nothing to do this with');
}

/** An engine in memory. What a test does not give it refuses. */
export function fakeEngine(instances: readonly ObservedInstance[], overrides: Partial<Engine> = {}): Engine {
  return {
    kind: 'process',
    observe: async () => ({ ground: true, instances, artefacts: new Set(), systemVersion: undefined }),
    locate: refuse,
    contentOf: refuse,
    artefactKey: refuse,
    perform: refuse,
    control: async () => undefined,
    diagnose: async () => [],
    logs: refuse,
    exec: refuse,
    crash: refuse,
    disconnect: () => undefined,
    ...overrides,
  };
}

/** The engines of a machine on which one is up. */
export function fakeEngines(engine: Engine): Engines {
  return {
    probe: async (kind) => ({ available: kind === engine.kind, detail: '' }),
    open: async () => engine,
    list: async () => [],
  };
}

/** A line of a log, written so many seconds after noon. */
export function logLine(instance: string, second: number, text: string): LogLine {
  return { instance, stream: 'stdout', time: new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString(), text };
}

/**
 * The logs of instances: what each has written, and what they write once they are followed, after which following ends.
 * As the engines do, it gives what there is in the order of time, and `since` takes in the lines of that very moment.
 */
export function fakeLogs(written: readonly LogLine[], later: readonly LogLine[] = []): Engine['logs'] {
  return async function* ({ instances, tail, since, follow }: LogQuery) {
    const isAsked = ({ instance }: LogLine): boolean => instances.length === 0 || instances.includes(instance);
    const present = written.filter((line) => isAsked(line) && (since === undefined || new Date(line.time) >= since));
    const lastOf = (instance: string): readonly LogLine[] => {
      const own = present.filter((line) => line.instance === instance);
      return tail === undefined ? own : own.slice(own.length - Math.min(tail, own.length));
    };
    const ids = [...new Set(present.map(({ instance }) => instance))];
    yield* ids.flatMap(lastOf).toSorted((left, right) => left.time.localeCompare(right.time));
    if (follow) yield* later.filter(isAsked);
  };
}
