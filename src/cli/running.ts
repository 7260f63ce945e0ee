import { openWorkspace, type OpenWorkspace } from '../app/open-workspace.ts';
import { findPlace } from '../app/system/find-place.ts';
import { requireRunning, type RunningSystem } from '../app/system/find-running.ts';
import { placeOf } from '../app/system/place-of.ts';
import { MsaError } from '../model/errors.ts';
import type { Place } from '../ports/engine.ts';
import type { Deps } from './deps.ts';

/** A system that runs. */
export interface Running extends RunningSystem {
  readonly place: Place;
  /** Names of the services in msa.yaml; empty where it cannot be used. */
  readonly services: readonly string[];
}

/** A system that runs, with its workspace. */
export interface RunningWorkspace extends Running {
  readonly opened: OpenWorkspace;
}

/** Does something with the running system of the workspace, and lets go of its engine whatever comes of it. */
export async function withRunning<Result>(
  deps: Deps,
  use: (running: RunningWorkspace) => Promise<Result>,
): Promise<Result> {
  const opened = await openWorkspace(deps.files, deps.directory);
  return usingSystem(deps, await placeOf(deps, opened), (system) =>
    use({ ...system, opened, services: namesIn(opened) }),
  );
}

/** The same for what concerns only what runs: it goes on where msa.yaml cannot be used any more, and says so. */
export async function withSystem<Result>(deps: Deps, use: (running: Running) => Promise<Result>): Promise<Result> {
  const opened = await openIfPossible(deps);
  const { directory } = deps;
  const place =
    opened instanceof MsaError
      ? await findPlace(deps, { directory, workspace: undefined })
      : await placeOf(deps, opened);
  if (opened instanceof MsaError) deps.say(`${opened.message}; this is about what runs`);
  const services = opened instanceof MsaError ? [] : namesIn(opened);
  return usingSystem(deps, place, (system) => use({ ...system, services }));
}

async function openIfPossible({ files, directory }: Deps): Promise<OpenWorkspace | MsaError> {
  try {
    return await openWorkspace(files, directory);
  } catch (error) {
    if (error instanceof MsaError) return error;
    throw error;
  }
}

async function usingSystem<Result>(
  { engines }: Deps,
  place: Place,
  use: (system: RunningSystem & { readonly place: Place }) => Promise<Result>,
): Promise<Result> {
  const running = await requireRunning(engines, place);
  try {
    return await use({ ...running, place });
  } finally {
    running.engine.disconnect();
  }
}

function namesIn({ workspace }: OpenWorkspace): readonly string[] {
  return workspace.services.map(({ name }) => name);
}
