import { parseRange } from '../../../delivery/affected/parse-range.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Git, LocatedRepository } from '../../../ports/git.ts';

/** Two commits; `from` undefined: there was nothing before, `to` undefined: what stands on disk. */
export interface Range {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface ResolvedRange {
  /** The repository, absolute. */
  readonly repository: string;
  readonly range: Range;
}

/** Asks git what a range means; throws when there is no repository or it lacks what the range names. */
export async function resolveRange(git: Git, directory: string, text: string | undefined): Promise<ResolvedRange> {
  const request = parseRange(text);
  if (request.kind === 'branch') return sinceBranch(git, directory);
  const { from, to } = { from: undefined, to: undefined, ...request };
  const named = [from, to].filter((revision) => revision !== undefined);
  const { root: repository, commits } = required(await git.locate(directory, named), directory);
  const commitOf = (revision: string | undefined): string | undefined =>
    revision === undefined ? undefined : known(commits[named.indexOf(revision)], revision);
  const range = { from: commitOf(from), to: commitOf(to) };
  if (request.kind !== 'commits' || !request.fromMergeBase) return { repository, range };
  const base = await git.mergeBase(repository, range.from ?? '', range.to ?? '');
  return { repository, range: { from: parted(base, request), to: range.to } };
}

async function sinceBranch(git: Git, directory: string): Promise<ResolvedRange> {
  const [located, branch] = await Promise.all([git.locate(directory, ['HEAD']), git.defaultBranch(directory)]);
  const {
    root: repository,
    commits: [head],
  } = required(located, directory);
  // Nothing is committed yet, so everything is new.
  if (head === undefined) return { repository, range: { from: undefined, to: undefined } };
  if (branch === undefined) {
    throw new MsaError('MSA_RANGE_UNKNOWN', 'it cannot be told which branch is the default one of this clone', {
      hint: 'Name what to compare with: msa affected HEAD~1, or: git remote set-head origin --auto',
    });
  }
  const base = await git.mergeBase(repository, branch, head);
  return { repository, range: { from: parted(base, { from: branch, to: 'HEAD' }), to: undefined } };
}

function required(located: LocatedRepository | undefined, directory: string): LocatedRepository {
  if (located !== undefined) return located;
  throw new MsaError('MSA_GIT_UNAVAILABLE', `${directory} is in no git repository, or git is not installed`, {
    hint: 'git init. Commands with --all take everything as changed instead.',
  });
}

const remedy =
  'Fetch the whole history: git fetch --unshallow (fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab).';

function known(commit: string | undefined, revision: string): string {
  if (commit !== undefined) return commit;
  // As a script gives it whose variable is not set.
  if (revision === '') throw new MsaError('MSA_USAGE', 'the range is empty', { hint: 'msa affected main...HEAD' });
  throw new MsaError('MSA_RANGE_UNKNOWN', `there is no commit ${JSON.stringify(revision)} in this clone`, {
    hint: `Check the name. ${remedy}`,
  });
}

function parted(commit: string | undefined, { from, to }: { readonly from: string; readonly to: string }): string {
  if (commit !== undefined) return commit;
  throw new MsaError('MSA_RANGE_UNKNOWN', `${from} and ${to} have no common past in this clone`, { hint: remedy });
}
