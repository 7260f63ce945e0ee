import { MsaError } from '../../model/errors.ts';
import type { Observation } from '../../plan/observation.ts';
import type { Engine, EngineKind, Place } from '../../ports/engine.ts';
import type { Engines } from '../../ports/engines.ts';

/** A system that runs, or of which something is left. */
export interface RunningSystem {
  readonly engine: Engine;
  readonly observation: Observation;
}

/**
 * Looks at both engines: a system is where something of it is. Undefined when there is nothing. An engine that cannot be
 * used runs nothing we could speak of.
 */
export async function findRunning(engines: Engines, place: Place): Promise<RunningSystem | undefined> {
  const found = await Promise.all((['docker', 'process'] as const).map((kind) => lookAt(engines, place, kind)));
  const [running, ...others] = found.filter((system) => system !== undefined);
  for (const { engine } of others) engine.disconnect();
  return running;
}

/** The same for commands that need it to run. */
export async function requireRunning(engines: Engines, place: Place): Promise<RunningSystem> {
  const running = await findRunning(engines, place);
  if (running !== undefined) return running;
  throw new MsaError('MSA_NOT_RUNNING', `${place.name} does not run`, { hint: 'Start it: msa up' });
}

async function lookAt(engines: Engines, place: Place, kind: EngineKind): Promise<RunningSystem | undefined> {
  const { available } = await engines.probe(kind);
  if (!available) return undefined;
  const engine = await engines.open(kind, place);
  const observation = await engine.observe();
  if (observation.ground || observation.instances.length > 0) return { engine, observation };
  engine.disconnect();
  return undefined;
}
