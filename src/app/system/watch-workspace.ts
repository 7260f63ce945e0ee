import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Fingerprints } from '../../ports/fingerprints.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import { filterFolder } from '../../protocol/policies/filters.ts';
import { usedFilters } from '../filters/compile-filters.ts';
import { openWorkspace, workspaceFile, type OpenWorkspace } from '../open-workspace.ts';
import { joinPath } from '../paths.ts';

export interface WatchDeps {
  readonly files: FileStore;
  readonly fingerprints: Fingerprints;
  readonly clock: Clock;
}

/** Something was changed, and has been left alone for a moment since. */
export type WorkspaceChange =
  | { readonly paths: readonly string[]; readonly opened: OpenWorkspace }
  /** msa.yaml cannot be used as it is now. */
  | { readonly paths: readonly string[]; readonly problem: MsaError };

export interface WorkspaceWatch {
  /** Every change since the watch began, until the signal is aborted, which throws its reason. */
  readonly changes: (signal: StopSignal) => AsyncIterable<WorkspaceChange>;
}

const pauseMs = 300;
/** Looking must never take more than this part of the time. */
const idleShare = 20;

/** Begins to watch msa.yaml and everything that services are made from, as they are at this moment. */
export async function watchWorkspace(deps: WatchDeps, opened: OpenWorkspace): Promise<WorkspaceWatch> {
  const first = await deps.fingerprints.of(watchedPaths(opened));
  return { changes: (signal) => changesSince(deps, { opened, first, look: createLook(deps, signal) }) };
}

type Look = (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;

interface Beginning {
  readonly opened: OpenWorkspace;
  readonly first: ReadonlyMap<string, string>;
  readonly look: Look;
}

async function* changesSince(deps: WatchDeps, { opened, first, look }: Beginning): AsyncGenerator<WorkspaceChange> {
  let known = first;
  for (;;) {
    const now = await look([...known.keys()]);
    const changed = differences(known, now);
    if (changed.length === 0) continue;
    known = await settled(look, now);
    const current = await reopen(deps.files, opened.root);
    if (current instanceof MsaError) {
      yield { paths: changed, problem: current };
      continue;
    }
    const seen = known;
    const added = watchedPaths(current).filter((path) => !seen.has(path));
    const all = new Map([...known, ...(await deps.fingerprints.of(added))]);
    known = new Map(watchedPaths(current).map((path) => [path, all.get(path) ?? '']));
    yield { paths: changed, opened: current };
  }
}

/** Looks after a pause, which is the longer the longer the look before took. */
function createLook({ fingerprints, clock }: WatchDeps, signal: StopSignal): Look {
  let tookMs = 0;
  return async (paths) => {
    await clock.sleep(Math.max(pauseMs, tookMs * idleShare), signal);
    const startedMs = clock.now();
    const found = await fingerprints.of(paths);
    tookMs = clock.now() - startedMs;
    return found;
  };
}

/** An editor or a checkout writes many files; half of them would be a service that nobody wants. */
async function settled(look: Look, seen: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const again = await look([...seen.keys()]);
  return differences(seen, again).length === 0 ? again : settled(look, again);
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...after].flatMap(([path, fingerprint]) => (before.get(path) === fingerprint ? [] : [path]));
}

function watchedPaths({ root, workspace }: OpenWorkspace): readonly string[] {
  const ofServices = workspace.services.flatMap(({ source, envFile }) => [
    ...(source.kind === 'folder' ? [joinPath(root, source.path)] : []),
    ...(envFile === undefined ? [] : [joinPath(root, envFile)]),
  ]);
  const ofFilters = usedFilters(workspace).length === 0 ? [] : [joinPath(root, filterFolder)];
  const { keysFile } = workspace.gateway;
  const keys = keysFile === undefined ? [] : [joinPath(root, keysFile)];
  return [...new Set([joinPath(root, workspaceFile), ...keys, ...ofServices, ...ofFilters])];
}

async function reopen(files: FileStore, root: string): Promise<OpenWorkspace | MsaError> {
  try {
    return await openWorkspace(files, root);
  } catch (error) {
    if (error instanceof MsaError) return error;
    throw error;
  }
}
