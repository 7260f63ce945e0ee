import { MsaError } from '../../model/errors.ts';
import type { Observation } from '../../plan/observation.ts';
import type { Engine, EngineKind, Place } from '../../ports/engine.ts';
import type { EngineFacts, Engines } from '../../ports/engines.ts';

/** A system that runs, or of which something is left. */
export interface RunningSystem {
  readonly engine: Engine;
  readonly observation: Observation;
}

/** What one engine has of a workspace. */
export interface Look {
  readonly kind: EngineKind;
  readonly facts: EngineFacts;
  /** Undefined when the engine cannot be used: then it runs nothing we could speak of. */
  readonly found: RunningSystem | undefined;
}

const engineKinds = ['docker', 'process'] as const;

/** Looks at both engines. Whoever looks disconnects the engines, too. */
export function lookAtEngines(engines: Engines, place: Place): Promise<readonly Look[]> {
  return Promise.all(engineKinds.map((kind) => lookAt(engines, place, kind)));
}

/** Whether anything is there. */
export function isPresent({ observation }: RunningSystem): boolean {
  return observation.ground || observation.instances.length > 0;
}

/** A system is where something of it is; only its engine stays connected. Undefined when there is nothing. */
export function keepRunning(looks: readonly Look[]): RunningSystem | undefined {
  const found = looks.flatMap((look) => look.found ?? []);
  const running = found.find((system) => isPresent(system));
  for (const system of found) if (system !== running) system.engine.disconnect();
  return running;
}

/** For commands that need it to run. */
export async function requireRunning(engines: Engines, place: Place): Promise<RunningSystem> {
  const looks = await lookAtEngines(engines, place);
  const running = keepRunning(looks);
  if (running !== undefined) return running;
  throw new MsaError('MSA_NOT_RUNNING', `${place.name} does not run`, {
    details: unseenIn(looks),
    hint: 'Start it: msa up',
  });
}

/** Why Docker could not be looked into, as a sentence: that nothing runs is half of the truth then. */
export function unseenIn(looks: readonly Look[]): readonly string[] {
  const blind = looks.find(({ kind, found }) => kind === 'docker' && found === undefined);
  return blind === undefined ? [] : [`What may run in Docker is not seen. ${blind.facts.detail}.`];
}

async function lookAt(engines: Engines, place: Place, kind: EngineKind): Promise<Look> {
  const facts = await engines.probe(kind);
  if (!facts.available) return { kind, facts, found: undefined };
  const engine = await engines.open(kind, place);
  return { kind, facts, found: { engine, observation: await engine.observe() } };
}
