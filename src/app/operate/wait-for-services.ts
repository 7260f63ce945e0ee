import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine } from '../../ports/engine.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';
import type { Instance } from '../../protocol/instances.ts';
import type { WatchState } from '../../protocol/watch.ts';

export interface WaitDeps {
  readonly engine: Pick<Engine, 'control' | 'diagnose'>;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly signal: StopSignal;
}

export interface WaitRequest {
  readonly services: readonly string[];
  readonly timeoutMs: number;
}

const betweenLooksMs = 50;

/**
 * Waits until every instance of the services is healthy and every gateway knows it, so that the next request finds them.
 * Another command may be changing the system meanwhile. Throws MSA_UNHEALTHY with what each of the others lacks when the
 * time is up.
 */
export async function waitForServices(deps: WaitDeps, request: WaitRequest): Promise<WatchState> {
  const { engine, clock, signal } = deps;
  const waiting = deps.createStopper(signal);
  const timer = clock.sleep(request.timeoutMs, waiting.signal).then(() => waiting.stop('the time is up'), ignore);
  const latest: Latest = { state: undefined, control: undefined };
  const listening = listen(latest, { engine, clock, signal: waiting.signal });
  try {
    while (!waiting.signal.aborted) {
      const { state, control } = latest;
      if (state !== undefined && isHealthy(state, request) && (await isApplied(state, control))) return state;
      await clock.sleep(betweenLooksMs, waiting.signal).catch(ignore);
    }
  } finally {
    waiting.stop('done');
    await Promise.all([timer, listening]);
  }
  signal.throwIfAborted();
  throw await unhealthy(deps, latest.state, request);
}

function ignore(): void {
  // A sleep that is not slept to its end.
}

interface Latest {
  state: WatchState | undefined;
  control: ControlPlane | undefined;
}

/** Keeps the newest state of the registry, which may only be about to start, or to start again. */
async function listen(
  latest: Latest,
  { engine, clock, signal }: Pick<WaitDeps, 'engine' | 'clock' | 'signal'>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      latest.control = await engine.control();
      for await (const state of latest.control?.watch(signal) ?? []) latest.state = state;
    } catch (error) {
      if (!signal.aborted && !(error instanceof MsaError)) latest.state = undefined;
    }
    await clock.sleep(betweenLooksMs, signal).catch(ignore);
  }
}

function isHealthy(state: WatchState, { services }: WaitRequest): boolean {
  return services.every((service) => isServiceHealthy(state, service));
}

function isServiceHealthy(state: WatchState, service: string): boolean {
  const present = presentOf(state, service);
  return present.length > 0 && present.every(({ status }) => status === 'up');
}

/** Those that are to stay. */
function presentOf({ instances }: WatchState, service: string): readonly Instance[] {
  return instances.filter((instance) => instance.service === service && instance.status !== 'draining');
}

/** True when every gateway has applied a state at least that new. */
async function isApplied({ epoch, revision }: WatchState, control: ControlPlane | undefined): Promise<boolean> {
  const gateways = (await control?.gateways().catch(() => [])) ?? [];
  return gateways.length > 0 && gateways.every((gateway) => gateway.epoch === epoch && gateway.revision >= revision);
}

async function unhealthy({ engine }: WaitDeps, last: WatchState | undefined, request: WaitRequest): Promise<MsaError> {
  const time = `within ${request.timeoutMs / 1000} s`;
  if (last === undefined) {
    return new MsaError('MSA_UNHEALTHY', `the registry did not answer ${time}`, { hint: 'msa logs registry' });
  }
  const sick = request.services.filter((service) => !isServiceHealthy(last, service));
  if (sick.length === 0) {
    return new MsaError('MSA_UNHEALTHY', `every instance is healthy, but the gateway did not get to know ${time}`, {
      hint: 'msa logs gateway registry',
    });
  }
  const reports = await Promise.all(sick.map((service) => reportOf(engine, last, service)));
  return new MsaError('MSA_UNHEALTHY', `not healthy ${time}: ${sick.join(', ')}`, {
    details: reports.flat(),
    hint: `msa logs ${sick.join(' ')}`,
    data: { services: sick },
  });
}

async function reportOf(
  { diagnose }: WaitDeps['engine'],
  last: WatchState,
  service: string,
): Promise<readonly string[]> {
  const present = presentOf(last, service);
  if (present.length === 0) return [`${service} has no instance`];
  const sick = present.filter(({ status }) => status !== 'up');
  return Promise.all(
    sick.map(async ({ id, status, problem }) => {
      const reasons = await diagnose(id).catch(() => []);
      return `${id} is ${[status, ...[problem].filter(Boolean), ...reasons].join('; ')}`;
    }),
  );
}
