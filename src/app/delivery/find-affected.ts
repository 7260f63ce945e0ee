import type { Affected, AffectedService } from '../../delivery/affected.ts';
import type { Stacks } from '../../delivery/stacks.ts';
import { concludeAffected } from '../../delivery/affected/conclude-affected.ts';
import { findTouched, type Touched } from '../../delivery/affected/find-touched.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Git } from '../../ports/git.ts';
import { findWorkspace, requireValid } from '../open-workspace.ts';
import { contractStates } from './contract-states.ts';
import { resolveRange, type Range } from './resolve-range.ts';
import { findStacks, foldersOf } from './find-stacks.ts';
import {
  formerWorkspace,
  fromWorkspace,
  prefixOf,
  versionAt,
  versionOnDisk,
  workspaceAt,
  type Repository,
  type Version,
} from './workspace-at.ts';

export interface AffectedDeps {
  readonly files: FileStore;
  readonly git: Git;
  /** Where the command works; absolute. */
  readonly directory: string;
}

export interface AffectedRequest {
  /** As git writes it; undefined: from where this branch left the default branch to what stands on disk. */
  readonly range: string | undefined;
  /** Everything is taken as changed, and git is not asked. */
  readonly all: boolean;
}

export interface AffectedReport {
  /** The folder with msa.yaml. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly affected: Affected;
  /** The stacks of all services, affected or not; asked for by those who list what there could be. */
  readonly stacks: () => Promise<Stacks>;
}

/** Finds what a range of commits touches. */
export async function findAffected(deps: AffectedDeps, { range, all }: AffectedRequest): Promise<AffectedReport> {
  const { root, text } = await findWorkspace(deps.files, deps.directory);
  const found = all
    ? allOf({ workspace: requireValid(text), end: versionOnDisk(deps.files, root) })
    : await changedIn(deps, root, range);
  const { workspace, end, touched, contracts } = found;
  const { services, system } = concludeAffected(workspace, touched, contracts);
  const stacks = await findStacks(end, services);
  return {
    root,
    workspace,
    affected: {
      range: found.range,
      services: services.map((service): AffectedService => ({ ...service, stack: stacks.of(service.name) })),
      system,
    },
    stacks: () => findStacks(end, foldersOf(workspace)),
  };
}

interface End {
  readonly workspace: Workspace;
  readonly end: Version;
}

interface Found extends End {
  readonly range: Range;
  readonly touched: Touched;
  readonly contracts: Awaited<ReturnType<typeof contractStates>>;
}

function allOf({ workspace, end }: End, range: Range = { from: undefined, to: undefined }): Found {
  const reason = range.to === undefined ? 'everything is taken as changed' : 'nothing stands before this commit';
  const touched: Touched = { everything: [reason], gateway: [], services: new Map(), programs: new Set() };
  return { workspace, end, range, touched, contracts: new Map() };
}

async function changedIn({ files, git }: AffectedDeps, root: string, asked: string | undefined): Promise<Found> {
  const { repository, range } = await resolveRange(git, root, asked);
  const { from, to } = range;
  const place: Repository = { git, root: repository, prefix: await prefixOf(files, repository, root) };
  const end = to === undefined ? versionOnDisk(files, root) : versionAt(place, to);
  if (from === undefined) return allOf({ workspace: await workspaceAt(end, to), end }, range);
  // git has begun when the file is there to be parsed, which takes as long.
  const [paths, workspace] = await Promise.all([
    git.changedFiles({ root: repository, from, to }),
    workspaceAt(end, to),
  ]);
  const changed = paths.map((path) => fromWorkspace(place.prefix, path));
  const start = versionAt(place, from);
  const before = changed.includes('msa.yaml') ? await formerWorkspace(start) : workspace;
  const touched = findTouched({ now: workspace, before, files: changed });
  const contracts = await contractStates({ workspace, before, touched, changed: new Set(changed), start, end });
  return { workspace, end, range, touched, contracts };
}
