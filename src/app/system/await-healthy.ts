import type { ObservedInstance } from '../../plan/observation.ts';
import type { Operation } from '../../plan/operation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine } from '../../ports/engine.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { explainUnhealthy, type Trouble } from './explain-unhealthy.ts';
import type { Health, HealthMonitor } from './health-monitor.ts';

export interface WaitDeps {
  readonly engine: Engine;
  readonly monitor: HealthMonitor;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly timeoutMs: number;
}

type Await = Extract<Operation, { readonly kind: 'await' }>;

/** So often it may crash while it waits to become healthy: what it needs may only be starting itself. */
const toleratedRestarts = 4;
const askGatewaysEveryMs = 25;

/**
 * Waits until instances are healthy and every gateway knows it. Throws MSA_UNHEALTHY with what is seen of the first one
 * that cannot become healthy any more, or that is not when the time is up.
 */
export async function awaitHealthy(deps: WaitDeps, operation: Await, signal: StopSignal): Promise<void> {
  const { clock, createStopper, timeoutMs, engine } = deps;
  const late = createStopper(signal);
  const judge = createJudge(operation, clock.now());
  const timer = createStopper(signal);
  void clock.sleep(timeoutMs, timer.signal).then(
    () => late.stop(new Late()),
    () => undefined,
  );
  try {
    await untilGatewaysKnow(deps, { operation, judge, signal: late.signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Late) throw await explainUnhealthy(engine, judge.trouble(timeoutMs), signal);
    throw error instanceof Hopeless ? await explainUnhealthy(engine, error.trouble, signal) : error;
  } finally {
    timer.stop(undefined);
    late.stop(undefined);
  }
}

class Late extends Error {}

class Hopeless extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.what);
    this.trouble = trouble;
  }
}

interface Ready {
  readonly state: WatchState;
  readonly control: ControlPlane;
}

interface Judge {
  /** Undefined as long as there is hope; throws Hopeless. */
  readonly verdict: (health: Health) => Ready | undefined;
  /** What was wrong when the time was up. */
  readonly trouble: (timeoutMs: number) => Trouble;
}

function createJudge({ instances, unit }: Await, sinceMs: number): Judge {
  const restartsAtFirst = new Map<string, number>();
  let problem = { instance: instances[0] ?? unit, what: 'the registry does not answer' };
  const inspect = (instance: ObservedInstance): void => {
    const { id, restarts, state } = instance;
    if (state === 'gone') throw new Hopeless({ instance: id, what: `${id} ${endOf(instance)}` });
    const before = restartsAtFirst.get(id) ?? restarts;
    restartsAtFirst.set(id, before);
    if (restarts - before <= toleratedRestarts) return;
    throw new Hopeless({ instance: id, what: `${id} keeps crashing: it was started again ${restarts} times` });
  };
  return {
    verdict: ({ state, control, observation, lost }) => {
      if (lost !== undefined) throw lost;
      // What was seen before says nothing: an instance of the same name may have been replaced since.
      const seen = observation === undefined || observation.askedAtMs < sinceMs ? [] : observation.seen.instances;
      for (const instance of seen)
        if (instances.includes(instance.id) || instance.role === 'registry') inspect(instance);
      if (state === undefined || control === undefined) return undefined;
      const sick = instances.find((id) => isKnownToRegistry(unit) && statusIn(state, id) !== 'up');
      if (sick === undefined) return { state, control };
      problem = { instance: sick, what: problemIn(state, sick) };
      return undefined;
    },
    trouble: (timeoutMs) => ({
      instance: problem.instance,
      what: `${problem.instance} did not become healthy within ${timeoutMs / 1000} s: ${problem.what}`,
    }),
  };
}

/** The registry's table has everything but itself and the gateways. */
function isKnownToRegistry(unit: string): boolean {
  return unit !== 'registry' && unit !== 'gateway';
}

function statusIn({ instances }: WatchState, id: string): string | undefined {
  return instances.find((instance) => instance.id === id)?.status;
}

function problemIn({ instances }: WatchState, id: string): string {
  const row = instances.find((instance) => instance.id === id);
  if (row === undefined) return 'the registry does not know it';
  return row.problem === '' ? `it is ${row.status}` : row.problem;
}

function endOf({ exitCode }: ObservedInstance): string {
  return exitCode === undefined ? 'does not run' : `ended with exit code ${exitCode}`;
}

interface Known {
  readonly operation: Await;
  readonly judge: Judge;
  readonly signal: StopSignal;
}

/** Healthy, and known to be by every gateway: from then on requests go there. A gateway that is awaited must have spoken. */
async function untilGatewaysKnow({ monitor, clock }: WaitDeps, { operation, judge, signal }: Known): Promise<void> {
  const wanted = operation.unit === 'gateway' ? operation.instances : [];
  let goal: WatchState | undefined;
  for (;;) {
    const { state, control } = await monitor.first(judge.verdict, signal);
    // Others change the state meanwhile; only a registry that was started anew counts from the beginning.
    goal = goal?.epoch === state.epoch ? goal : state;
    const { epoch, revision } = goal;
    const gateways = await control.gateways().catch(() => undefined);
    const doKnow = gateways?.every((gateway) => gateway.epoch === epoch && gateway.revision >= revision) === true;
    if (doKnow && wanted.every((id) => gateways?.some((gateway) => gateway.id === id))) return;
    await clock.sleep(askGatewaysEveryMs, signal);
  }
}
