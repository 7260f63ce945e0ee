import { MsaError } from '../../model/errors.ts';
import type { Desired } from '../../plan/desired.ts';
import { planDown } from '../../plan/plan-down.ts';
import type { Engine, EngineKind, Place } from '../../ports/engine.ts';
import { createHealthMonitor } from './health-monitor.ts';
import { executePlan } from './execute.ts';
import { isPresent, lookAtEngines, unseenIn, type RunningSystem } from './find-running.ts';
import { formerSystems } from './former-systems.ts';
import type { SystemDeps } from './system-deps.ts';
import { failureLines } from './up-failure.ts';

export interface DownResult {
  /** The engines in which something was; empty when nothing ran. */
  readonly engines: readonly EngineKind[];
  readonly stopped: readonly string[];
  /** What may still run, as sentences. */
  readonly remarks: readonly string[];
}

/** Stops and removes everything of a workspace, in whichever engine it is; with `data` also what its stores keep. */
export function down(deps: SystemDeps, place: Place, { data }: { readonly data: boolean }): Promise<DownResult> {
  return deps.locks.hold(place.workspace, async () => {
    const looks = await lookAtEngines(deps.engines, place);
    const found = looks.flatMap((look) => look.found ?? []);
    try {
      const present = found.filter((system) => isPresent(system));
      const stopped = await Promise.all(found.map((system) => stopSystem(deps, place, { system, data })));
      const problems = stopped.flatMap((each) => each.problems);
      if (problems.length > 0) throw downFailed(place, problems);
      return {
        engines: present.map(({ engine }) => engine.kind),
        stopped: present.flatMap(({ observation }) => observation.instances.map(({ id }) => id)),
        remarks: [...(present.length === 0 ? unseenIn(looks) : []), ...(await formerSystems(deps.engines, place))],
      };
    } finally {
      for (const { engine } of found) engine.disconnect();
    }
  });
}

interface Stop {
  readonly system: RunningSystem;
  readonly data: boolean;
}

async function stopSystem(
  deps: SystemDeps,
  place: Place,
  { system: { engine, observation }, data }: Stop,
): Promise<{ readonly problems: readonly string[] }> {
  const plan = planDown(observation, { data });
  if (plan.operations.length === 0) return { problems: [] };
  const monitor = createHealthMonitor({ ...deps, engine });
  // Where nothing runs only data go, and that nobody has to watch.
  const report = isPresent({ engine, observation }) ? deps.report : () => undefined;
  const outcomes = await executePlan(plan, { ...deps, report, engine, monitor, timeoutMs: 0, desired: nothing(place) });
  monitor.end();
  deps.signal.throwIfAborted();
  const problems = failureLines(outcomes);
  return { problems: problems.length === 0 ? [] : [...problems, ...(await leftIn(engine))] };
}

async function leftIn(engine: Engine): Promise<readonly string[]> {
  const { instances } = await engine.observe();
  return instances.map(({ id, state }) => `left: ${id} (${state})`);
}

/** What should run after it. */
function nothing({ workspace, name }: Place): Desired {
  return { workspace, name, units: [], system: { workspace, name, version: '', services: [], routes: [], edges: [] } };
}

function downFailed({ name }: Place, problems: readonly string[]): MsaError {
  return new MsaError('MSA_DOWN_FAILED', `not everything of ${name} could be stopped and removed`, {
    details: problems,
    hint: 'msa down',
    data: { problems },
  });
}
