import { setImmediate as turn } from 'node:timers/promises';

import type { KillOptions } from '../../../../src/app/chaos/kill-under-load.ts';
import type { RequestEntry } from '../../../../src/chaos/journal.ts';
import { createStopper } from '../../../../src/io/stopper.ts';
import { MsaError } from '../../../../src/model/errors.ts';
import type { ObservedInstance } from '../../../../src/plan/observation.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ControlPlane } from '../../../../src/ports/control-plane.ts';
import type { Engine } from '../../../../src/ports/engine.ts';
import type { LoadGenerator, ProbeAnswer } from '../../../../src/ports/load.ts';
import type { StopSignal } from '../../../../src/ports/stop-signal.ts';
import type { Instance, InstanceStatus } from '../../../../src/protocol/instances.ts';
import type { System } from '../../../../src/protocol/system.ts';
import type { WatchState } from '../../../../src/protocol/watch.ts';

/** How the simulated system takes a kill. Times are milliseconds after it; Infinity: never. */
export interface Behaviour {
  readonly instances: Readonly<Record<string, InstanceStatus>>;
  readonly detectedAfterMs: number;
  readonly restartedAfterMs: number;
  readonly upAfterMs: number;
  /** Requests that reach the victim while it is away fail, as they would without retries. */
  readonly failsWhileAway: boolean;
  /** Given to the path of a request; undefined: it is fine. */
  readonly failureOf: (path: string, nowMs: number) => string | undefined;
  readonly crash: () => void;
  /** The registry ends its stream so long after the kill. */
  readonly registryGoneAfterMs: number;
  readonly gatewayRuns: boolean;
}

const usual: Behaviour = {
  instances: { 'orders-1': 'up', 'orders-2': 'up', 'payments-1': 'up' },
  detectedAfterMs: 250,
  restartedAfterMs: 400,
  upAfterMs: 900,
  failsWhileAway: false,
  failureOf: () => undefined,
  crash: () => undefined,
  registryGoneAfterMs: Infinity,
  gatewayRuns: true,
};

export const options: KillOptions = {
  target: 'orders',
  instance: undefined,
  paths: [],
  ratePerSecond: 50,
  afterMs: 3000,
  durationMs: 10_000,
  timeoutMs: 30_000,
  seed: 1,
  replay: 'msa chaos kill orders --seed 1',
};

const system: System = {
  workspace: 'shop-123456',
  name: 'shop',
  version: 'v1',
  services: ['orders', 'payments', 'users'].map((name) => ({ name, health: { kind: 'tcp' } })),
  routes: [{ path: '/orders', service: 'orders', timeoutMs: 2000, retryAttempts: 1 }],
  edges: [{ caller: 'orders', callee: 'payments', port: 20_001, timeoutMs: 2000, retryAttempts: 1, checkCaller: true }],
};

/**
 * A system in which time passes only while somebody sleeps: in steps of 10 ms, with everything that is due in between.
 * Two instances of orders answer in turn, one request each 20 ms.
 */
export function simulate(changes: Partial<Behaviour> = {}) {
  const behaviour = { ...usual, ...changes };
  const epochMs = Date.parse('2026-01-31T12:00:00.000Z');
  let nowMs = 1000;
  let killed: { readonly id: string; readonly atMs: number } | undefined;
  let sends: (() => void) | undefined;
  let isDisconnected = false;
  const said: string[] = [];
  const interrupt = new AbortController();

  const sinceKillMs = (): number => (killed === undefined ? -1 : nowMs - killed.atMs);
  const statusOf = (id: string): InstanceStatus => {
    const usualStatus = behaviour.instances[id] ?? 'down';
    if (id !== killed?.id || sinceKillMs() < behaviour.detectedAfterMs) return usualStatus;
    return sinceKillMs() < behaviour.upAfterMs ? 'down' : 'up';
  };
  const rows = (): readonly Instance[] =>
    Object.keys(behaviour.instances).map((id) => ({
      id,
      service: id.replace(/-\d+$/, ''),
      address: '10.0.0.2',
      port: 3000,
      draining: false,
      status: statusOf(id),
      since: new Date(epochMs).toISOString(),
      source: 'engine',
      problem: '',
    }));

  const clock: Clock = {
    now: () => nowMs,
    date: () => new Date(epochMs + nowMs),
    sleep: async (durationMs, signal) => {
      for (let slept = 0; slept < durationMs; slept += 10) {
        await turn();
        signal.throwIfAborted();
        nowMs += 10;
        sends?.();
      }
      await turn();
    },
  };

  const control: Pick<ControlPlane, 'watch'> = {
    watch: async function* (signal) {
      let last = '';
      for (let revision = 1; !signal.aborted;) {
        const instances = rows();
        if (sinceKillMs() >= behaviour.registryGoneAfterMs)
          throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry does not answer');
        if (JSON.stringify(instances) !== last) {
          const state: WatchState = { type: 'state', epoch: 'e', revision, system, instances };
          yield state;
          revision += 1;
        }
        last = JSON.stringify(instances);
        await turn();
      }
    },
  };

  const answerOf = (path: string, id: string): ProbeAnswer => {
    const isAway = id === killed?.id && sinceKillMs() >= 0 && sinceKillMs() < behaviour.upAfterMs;
    const other = Object.keys(behaviour.instances).find((each) => each.startsWith('orders-') && each !== id);
    const failure = behaviour.failureOf(path, nowMs) ?? (isAway && behaviour.failsWhileAway ? 'status 502' : undefined);
    const instance = isAway ? other : id;
    return { status: failure === undefined ? 200 : 502, failure, instance, requestId: undefined };
  };
  const load: LoadGenerator & { isRunning: boolean } = {
    isRunning: false,
    probe: async ({ path }) => answerOf(path, 'orders-1'),
    start: (plan, record, signal) => {
      let sent = 0;
      load.isRunning = true;
      signal.addEventListener('abort', () => (load.isRunning = false));
      const answering = Object.keys(behaviour.instances).filter((id) => id.startsWith('orders-'));
      sends = () => {
        if (nowMs % 20 !== 0 || !load.isRunning) return;
        const path = plan.paths[sent % plan.paths.length] ?? '';
        const times = { intendedMs: nowMs - 5, sentMs: nowMs - 5, endedMs: nowMs };
        const entry: RequestEntry = { path, ...times, ...answerOf(path, answering[sent % answering.length] ?? '') };
        sent += 1;
        record(entry);
      };
      return {
        stop: async () => {
          load.isRunning = false;
          return 0;
        },
      };
    },
  };

  const observed = (id: string): ObservedInstance => {
    const isNew = id === killed?.id && sinceKillMs() >= behaviour.restartedAfterMs;
    return {
      id,
      unit: id.replace(/-\d+$/, ''),
      role: id.startsWith('gateway') ? 'gateway' : 'service',
      index: 1,
      hash: 'h',
      state: 'running',
      restarts: isNew ? 1 : 0,
      exitCode: undefined,
      startedAt: new Date(epochMs + (isNew ? (killed?.atMs ?? 0) + behaviour.restartedAfterMs : -60_000)).toISOString(),
      address: '10.0.0.2',
      port: 3000,
      published: id.startsWith('gateway') ? '127.0.0.1:8080' : undefined,
      pid: undefined,
    };
  };
  const observation = async () => ({
    ground: true,
    instances: [...(behaviour.gatewayRuns ? ['gateway-1'] : []), ...Object.keys(behaviour.instances)].map(observed),
    artefacts: new Set<string>(),
    systemVersion: 'v1',
  });
  const engine = {
    kind: 'docker',
    control: async () => control,
    observe: observation,
    disconnect: () => {
      isDisconnected = true;
    },
    crash: async (id: string) => {
      behaviour.crash();
      killed = { id, atMs: nowMs };
    },
  } as unknown as Engine;

  return {
    deps: {
      load,
      clock,
      createStopper,
      signal: interrupt.signal as StopSignal,
      say: (line: string) => void said.push(line),
    },
    running: async () => ({ engine, observation: await observation() }),
    killed: () => killed?.id,
    isDisconnected: () => isDisconnected,
    isLoaded: () => load.isRunning,
    interrupt: () => interrupt.abort(),
    clock,
    said,
  };
}
