import type { Affected, AffectedService } from '../../../delivery/affected/affected.ts';
import type { Stacks } from '../../../delivery/stacks.ts';
import { concludeAffected } from '../../../delivery/affected/conclude-affected.ts';
import { findTouched, type Touched } from '../../../delivery/affected/find-touched.ts';
import { noDifference, type WorkspaceDifference } from '../../../delivery/affected/workspace-difference.ts';
import { readOutline, type Outline } from '../../../model/outline.ts';
import type { Workspace } from '../../../model/workspace.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { Git } from '../../../ports/git.ts';
import { findWorkspace, workspaceFile } from '../../find-workspace.ts';
import { contractStates } from './contract-states.ts';
import { resolveRange, type Range } from '../range/resolve-range.ts';
import { findStacks, foldersOf } from '../range/find-stacks.ts';
import {
  fromWorkspace,
  prefixOf,
  textAt,
  versionAt,
  versionOnDisk,
  type Repository,
  type Version,
} from '../range/workspace-at.ts';

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
  readonly outline: Outline;
  readonly affected: Affected;
  /** The stacks of all services, affected or not; asked for by those who list what there could be. */
  readonly stacks: () => Promise<Stacks>;
  /** The whole meaning of msa.yaml at the end of the range. */
  readonly workspace: () => Promise<Workspace>;
}

/** Finds what a range of commits touches. */
export async function findAffected(deps: AffectedDeps, { range, all }: AffectedRequest): Promise<AffectedReport> {
  const { root, text } = await findWorkspace(deps.files, deps.directory);
  const found = all
    ? allOf({ outline: await parsed(text), end: versionOnDisk(deps.files, root) })
    : await changedIn(deps, root, range);
  const { outline, end, touched, contracts } = found;
  const { services, system } = concludeAffected(outline, touched, contracts);
  let ofAll: Promise<Stacks> | undefined;
  const allStacks = (): Promise<Stacks> => (ofAll ??= findStacks(end, foldersOf(outline)));
  // git lists many folders as quickly as one; on disk each is a look of its own.
  const stacks = await (found.range.to === undefined ? findStacks(end, services) : allStacks());
  return {
    root,
    outline,
    affected: {
      range: found.range,
      services: services.map((service): AffectedService => ({ ...service, stack: stacks.of(service.name) })),
      system,
    },
    stacks: allStacks,
    workspace: async () => {
      const { workspaceAt } = await import('../range/workspace-of.ts');
      return workspaceAt(end, found.range.to);
    },
  };
}

interface End {
  readonly outline: Outline;
  readonly end: Version;
}

interface Found extends End {
  readonly range: Range;
  readonly touched: Touched;
  readonly contracts: Awaited<ReturnType<typeof contractStates>>;
}

function allOf({ outline, end }: End, range: Range = { from: undefined, to: undefined }): Found {
  const reason = range.to === undefined ? 'everything is taken as changed' : 'nothing stands before this commit';
  const touched: Touched = { everything: [reason], gateway: [], services: new Map(), programs: new Set() };
  return { outline, end, range, touched, contracts: new Map() };
}

async function changedIn({ files, git }: AffectedDeps, root: string, asked: string | undefined): Promise<Found> {
  const { repository, range } = await resolveRange(git, root, asked);
  const { from, to } = range;
  const place: Repository = { git, root: repository, prefix: await prefixOf(files, repository, root) };
  const end = to === undefined ? versionOnDisk(files, root) : versionAt(place, to);
  if (from === undefined) return allOf({ outline: await parsed(await textAt(end, to)), end }, range);
  // git has begun when the file is there to be read, which takes as long.
  const changing = git.changedFiles({ root: repository, from, to });
  const [paths, text] = await Promise.all([changing, textAt(end, to).then(asOutlined)]);
  const changed = paths.map((path) => fromWorkspace(place.prefix, path));
  const start = versionAt(place, from);
  const { now, former, difference } = await compare(text, changed.includes(workspaceFile) ? start : undefined);
  const touched = findTouched({ now, former, difference, files: changed });
  const contracts = await contractStates({ now, former, touched, changed: new Set(changed), start, end });
  return { outline: now, end, range, touched, contracts };
}

interface OutlinedText {
  readonly text: string;
  readonly outline: Outline | undefined;
}

function asOutlined(text: string): OutlinedText {
  return { text, outline: readOutline(text) };
}

interface Compared {
  readonly now: Outline;
  readonly former: Outline;
  readonly difference: WorkspaceDifference | undefined;
}

/** What msa.yaml says at both ends; one that is the same at both has been judged when it came, and is only read. */
async function compare({ text, outline }: OutlinedText, start: Version | undefined): Promise<Compared> {
  if (start === undefined) {
    const now = outline ?? (await parsed(text));
    return { now, former: now, difference: noDifference };
  }
  const { compareTexts } = await import('./compare-texts.ts');
  return compareTexts((await start.read(workspaceFile)) ?? '', text);
}

/** Loaded when it is needed: to know all of YAML and every key takes longer than all that git is asked. */
async function parsed(text: string): Promise<Outline> {
  const { requireValid } = await import('../../open-workspace.ts');
  return requireValid(text);
}
