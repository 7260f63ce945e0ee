import { MsaError } from '../../model/errors.ts';
import type { EngineChoice } from '../../model/workspace.ts';
import type { Engine, EngineKind, Place } from '../../ports/engine.ts';
import type { Engines } from '../../ports/engines.ts';
import type { Observation } from '../../plan/observation.ts';
import { isPresent, lookAtEngines, type Look } from './find-running.ts';

export interface ChosenEngine {
  readonly engine: Engine;
  readonly observation: Observation;
  /** Why this one, as the rest of a sentence that begins with its name. */
  readonly why: string;
}

interface Wishes {
  /** What `--engine` said. */
  readonly flag: EngineChoice | undefined;
  /** What msa.yaml says. */
  readonly file: EngineChoice;
}

/**
 * Chooses the engine: where the system runs already, else the one that was asked for, else Docker if it answers. A
 * workspace runs in one engine at a time.
 */
export async function chooseEngine(engines: Engines, place: Place, wishes: Wishes): Promise<ChosenEngine> {
  const looks = await lookAtEngines(engines, place);
  const running = looks.find(({ found }) => found !== undefined && isPresent(found))?.kind;
  if (running !== undefined && isEngine(wishes.flag) && wishes.flag !== running) throw conflict(place, running);
  const docker = looks.find(({ kind }) => kind === 'docker');
  const kind = running ?? [wishes.flag, wishes.file].find(isEngine) ?? automatic(docker);
  for (const look of looks) if (look.kind !== kind) look.found?.engine.disconnect();
  const why = reasonFor({ ...wishes, kind, isRunning: running !== undefined, docker: docker?.facts.detail ?? '' });
  const chosen = looks.find((look) => look.kind === kind)?.found;
  if (chosen !== undefined) return { ...chosen, why };
  // Opening it says why it cannot be used, and what helps.
  const engine = await engines.open(kind, place);
  return { engine, observation: await engine.observe(), why };
}

function automatic(docker: Look | undefined): EngineKind {
  return docker?.found === undefined ? 'process' : 'docker';
}

function isEngine(wish: EngineChoice | undefined): wish is EngineKind {
  return wish === 'docker' || wish === 'process';
}

interface Reasons extends Wishes {
  readonly kind: EngineKind;
  readonly isRunning: boolean;
  readonly docker: string;
}

function reasonFor({ kind, isRunning, flag, file, docker }: Reasons): string {
  if (flag === kind) return '--engine says so';
  if (isRunning) return 'it runs there';
  if (file === kind) return 'msa.yaml says so';
  return kind === 'docker' ? `${docker} answers` : `Docker cannot be used: ${docker}`;
}

function conflict({ name }: Place, kind: EngineKind): MsaError {
  const where = kind === 'docker' ? 'in Docker' : 'as processes';
  return new MsaError('MSA_ENGINE_CONFLICT', `${name} already runs ${where}`, {
    hint: 'Stop it first: msa down',
    data: { engine: kind },
  });
}
