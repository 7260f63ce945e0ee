import { openWorkspace, type OpenWorkspace } from '../app/open-workspace.ts';
import { requireRunning, type RunningSystem } from '../app/system/find-running.ts';
import { placeOf } from '../app/system/place-of.ts';
import type { Place } from '../ports/engine.ts';
import type { Deps } from './deps.ts';

/** A workspace whose system runs. */
export interface Running extends RunningSystem {
  readonly opened: OpenWorkspace;
  readonly place: Place;
  /** Names of the services in msa.yaml. */
  readonly services: readonly string[];
}

/** Does something with the running system of the workspace, and lets go of its engine whatever comes of it. */
export async function withRunning<Result>(deps: Deps, use: (running: Running) => Promise<Result>): Promise<Result> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const place = await placeOf(deps, opened);
  const running = await requireRunning(deps.engines, place);
  const services = opened.workspace.services.map(({ name }) => name);
  try {
    return await use({ ...running, opened, place, services });
  } finally {
    running.engine.disconnect();
  }
}
