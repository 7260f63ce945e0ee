import { createReport, type KillReport } from '../../chaos/report.ts';
import { MsaError } from '../../model/errors.ts';
import { schemeOf } from '../../plan/public-host.ts';
import type { Observation } from '../../plan/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LoadGenerator } from '../../ports/load.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';
import { requireControl } from '../operate/first-state.ts';
import type { RunningSystem } from '../system/find-running.ts';
import { chooseVictim } from './choose-victim.ts';
import { findPaths } from './find-paths.ts';
import { recordTable } from './record-table.ts';
import { runKill, type KillTimes } from './run-kill.ts';

export interface KillOptions extends KillTimes {
  /** A service or one of its instances. */
  readonly target: string;
  readonly instance: string | undefined;
  readonly paths: readonly string[];
  readonly ratePerSecond: number;
  readonly seed: number;
  /** The command that does the same again. */
  readonly replay: string;
}

interface Deps {
  readonly load: LoadGenerator;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly signal: StopSignal;
  readonly say: (line: string) => void;
}

const maxInFlight = 256;
/** Longer than the gateway waits for a service by default, so that the gateway's own answer is seen. */
const requestTimeoutMs = 15_000;

/** Kills one instance of a service while requests run, and says what they and the registry's table showed. */
export async function killUnderLoad(
  deps: Deps,
  { engine, observation }: RunningSystem,
  options: KillOptions,
): Promise<KillReport> {
  const control = await requireControl(engine);
  const stopper = deps.createStopper(deps.signal);
  try {
    const table = await recordTable(control, { clock: deps.clock, signal: stopper.signal });
    const { service, instance: victim, instancesUp } = chooseVictim(table.first, options);
    const { system } = table.first;
    if (system === null) throw noSystem();
    const origin = findOrigin(observation);
    const found = await findPaths(deps, { system, service, given: options.paths, origin });
    const { ratePerSecond, afterMs, timeoutMs } = options;
    const plan = { origin, paths: found.paths, ratePerSecond, maxInFlight, requestTimeoutMs };
    deps.say(`Sending ${ratePerSecond} requests per second to ${plan.paths.join(', ')} at ${origin}`);
    if (instancesUp === 1)
      deps.say(`${victim} is the only instance of ${service}: requests will fail while it is away.`);
    deps.say(`Killing ${victim} in ${afterMs / 1000} s`);
    const { isDirect, leftOut } = found;
    const journal = await runKill({ ...deps, engine }, { service, victim, isDirect, plan, table, times: options });
    const { seed, replay } = options;
    return createReport(journal, { engine: engine.kind, instancesUp, seed, load: plan, timeoutMs, leftOut, replay });
  } finally {
    stopper.stop(new Error('the experiment is over'));
  }
}

/** How this machine reaches the gateway. */
function findOrigin({ instances }: Observation): string {
  const gateway = instances.find(({ role, published }) => role === 'gateway' && published !== undefined);
  if (gateway !== undefined) return `${schemeOf(gateway.secure)}://${gateway.published}`;
  throw new MsaError('MSA_GATEWAY_UNREACHABLE', 'the gateway does not run, and the load goes through it', {
    hint: 'msa up',
  });
}

function noSystem(): MsaError {
  return new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry holds no system yet', { hint: 'msa up' });
}
