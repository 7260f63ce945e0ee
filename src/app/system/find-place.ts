import { MsaError } from '../../model/errors.ts';
import type { Place, SystemOnMachine } from '../../ports/engine.ts';
import type { Engines } from '../../ports/engines.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { openWorkspace } from '../open-workspace.ts';
import { parentOf } from '../paths.ts';
import { placeOf } from './place-of.ts';

interface Deps {
  readonly files: FileStore;
  readonly engines: Engines;
  readonly sha256: (text: string) => string;
}

interface Question {
  readonly directory: string;
  /** What `--workspace` said: an identity, or a name that only one system has. */
  readonly workspace: string | undefined;
}

/**
 * Which workspace is meant, also where its `msa.yaml` cannot be read any more or its folder has vanished: then the systems
 * on this machine say where they were started from.
 */
export async function findPlace(deps: Deps, { directory, workspace }: Question): Promise<Place> {
  if (workspace !== undefined) return placeNamed(await deps.engines.list(), workspace);
  try {
    return await placeOf(deps, await openWorkspace(deps.files, directory));
  } catch (error) {
    if (!(error instanceof MsaError)) throw error;
    const found = startedFrom(await deps.engines.list(), (await deps.files.realPath(directory)) ?? directory);
    if (found === undefined) throw error;
    return placeOfSystem(found);
  }
}

function placeNamed(systems: readonly SystemOnMachine[], wanted: string): Place {
  const found = systems.filter(({ workspace }) => workspace === wanted || nameIn(workspace) === wanted);
  const [first] = found;
  const ids = new Set(found.map(({ workspace }) => workspace));
  if (first !== undefined && ids.size === 1) return placeOfSystem(first);
  const known = [...new Set((first === undefined ? systems : found).map(({ workspace }) => workspace))];
  throw new MsaError(
    'MSA_USAGE',
    first === undefined
      ? `no system called ${JSON.stringify(wanted)} runs here`
      : `several systems are called ${wanted}`,
    {
      hint: 'msa ps --all shows all of them.',
      details: known.length === 0 ? [] : [`There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}`],
    },
  );
}

/** The system of the nearest folder above, as git finds its repository. */
function startedFrom(systems: readonly SystemOnMachine[], from: string): SystemOnMachine | undefined {
  for (let at = from; ; at = parentOf(at)) {
    const found = systems.find((system) => system.directory === at);
    if (found !== undefined || at === '/') return found;
  }
}

function placeOfSystem({ workspace, directory }: SystemOnMachine): Place {
  return { workspace, name: nameIn(workspace), root: directory };
}

/** An identity is a name and six digits. */
function nameIn(workspace: string): string {
  return workspace.replace(/-[0-9a-f]{6}$/, '');
}
