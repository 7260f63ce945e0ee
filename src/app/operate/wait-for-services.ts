import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine } from '../../ports/engine.ts';
import type { CreateStopper, Stopper, StopSignal } from '../../ports/stop-signal.ts';
import type { Instance } from '../../protocol/instances.ts';
import type { GatewayState, WatchState } from '../../protocol/watch.ts';

export interface WaitDeps {
  readonly engine: Pick<Engine, 'diagnose'>;
  readonly control: Pick<ControlPlane, 'watch' | 'gateways'>;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly signal: StopSignal;
}

/**
 * Waits until every instance of the services is healthy and every gateway knows it, so that the next request finds them.
 * Throws MSA_UNHEALTHY with what each of the others lacks when the time is up.
 */
export async function waitForServices(
  deps: WaitDeps,
  { services, timeoutMs }: { readonly services: readonly string[]; readonly timeoutMs: number },
): Promise<WatchState> {
  const { control, clock, signal } = deps;
  const waiting = deps.createStopper(signal);
  const timer = clock.sleep(timeoutMs, waiting.signal).then(() => waiting.stop('the time is up'), ignore);
  const latest = follow(control, waiting);
  try {
    while (!waiting.signal.aborted) {
      const { state } = latest;
      const healthy = state !== undefined && services.every((service) => isHealthy(state, service));
      if (healthy && isApplied(await control.gateways(), state)) return state;
      await clock.sleep(betweenLooksMs, waiting.signal).catch(ignore);
    }
  } finally {
    waiting.stop('done');
    await timer;
  }
  if (latest.failure !== undefined) throw latest.failure;
  signal.throwIfAborted();
  throw await unhealthy(deps, { last: latest.state, services, timeoutMs });
}

const betweenLooksMs = 50;

interface Latest {
  state: WatchState | undefined;
  failure: Error | undefined;
}

/** Holds the newest state of the registry; stops the waiting when there will be no more. */
function follow(control: WaitDeps['control'], waiting: Stopper): Latest {
  const latest: Latest = { state: undefined, failure: undefined };
  const read = async (): Promise<void> => {
    try {
      for await (const state of control.watch(waiting.signal)) latest.state = state;
    } catch (error) {
      if (waiting.signal.aborted) return;
      latest.failure = error instanceof Error ? error : new Error(String(error));
      waiting.stop(error);
    }
  };
  void read();
  return latest;
}

function ignore(): void {
  // A sleep that is not slept to its end.
}

function isHealthy(state: WatchState, service: string): boolean {
  const present = presentOf(state, service);
  return present.length > 0 && present.every(({ status }) => status === 'up');
}

/** Those that are to stay. */
function presentOf({ instances }: WatchState, service: string): readonly Instance[] {
  return instances.filter((instance) => instance.service === service && instance.status !== 'draining');
}

/** True when every gateway has applied a state at least that new. */
function isApplied(gateways: readonly GatewayState[], { epoch, revision }: WatchState): boolean {
  return gateways.length > 0 && gateways.every((gateway) => gateway.epoch === epoch && gateway.revision >= revision);
}

interface Outcome {
  readonly last: WatchState | undefined;
  readonly services: readonly string[];
  readonly timeoutMs: number;
}

async function unhealthy({ engine }: WaitDeps, { last, services, timeoutMs }: Outcome): Promise<MsaError> {
  const sick = services.filter((service) => last === undefined || !isHealthy(last, service));
  const reports = sick.map((service) => reportOf(engine, service, last));
  const details = (await Promise.all(reports)).flat();
  const time = `within ${timeoutMs / 1000} s`;
  if (sick.length === 0) {
    return new MsaError('MSA_UNHEALTHY', `every instance is healthy, but the gateway did not get to know ${time}`, {
      hint: 'msa logs gateway registry',
    });
  }
  return new MsaError('MSA_UNHEALTHY', `not healthy ${time}: ${sick.join(', ')}`, {
    details,
    hint: `msa logs ${sick.join(' ')}`,
    data: { services: sick },
  });
}

async function reportOf(
  { diagnose }: Pick<Engine, 'diagnose'>,
  service: string,
  last: WatchState | undefined,
): Promise<readonly string[]> {
  const present = last === undefined ? [] : presentOf(last, service);
  if (present.length === 0) return [`${service} has no instance`];
  const sick = present.filter(({ status }) => status !== 'up');
  return Promise.all(
    sick.map(async ({ id, status, problem }) => {
      const reasons = await diagnose(id).catch(() => []);
      return `${id} is ${[status, ...[problem].filter(Boolean), ...reasons].join('; ')}`;
    }),
  );
}
