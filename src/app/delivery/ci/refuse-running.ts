import { MsaError } from '../../../model/errors.ts';
import type { Engines } from '../../../ports/engines.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { OpenWorkspace } from '../../open-workspace.ts';
import { isPresent, lookAtEngines } from '../../system/find-running.ts';
import { placeOf } from '../../system/place-of.ts';

interface Deps {
  readonly files: FileStore;
  readonly engines: Engines;
  readonly sha256: (text: string) => string;
}

/** A system test ends by stopping the system, which must not be one that somebody is using. */
export async function refuseRunning(deps: Deps, opened: OpenWorkspace): Promise<void> {
  const looks = await lookAtEngines(deps.engines, await placeOf(deps, opened));
  const found = looks.flatMap((look) => look.found ?? []);
  const running = found.some((system) => isPresent(system));
  for (const { engine } of found) engine.disconnect();
  if (!running) return;
  throw new MsaError(
    'MSA_ENGINE_CONFLICT',
    `${opened.workspace.name} runs already, and the system test would stop it`,
    {
      hint: 'Stop it first: msa down. Or leave that job out: msa ci run check',
    },
  );
}
