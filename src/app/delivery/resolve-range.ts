import { parseRange, type RangeRequest } from '../../delivery/affected/parse-range.ts';
import { MsaError } from '../../model/errors.ts';
import type { Git } from '../../ports/git.ts';

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
  // Asked from the workspace's folder, both at once: starting git is what takes the time.
  const [repository, range] = await Promise.all([git.root(directory), namesOf(git, directory, parseRange(text))]);
  if (repository === undefined) {
    throw new MsaError('MSA_GIT_UNAVAILABLE', `${directory} is in no git repository, or git is not installed`, {
      hint: 'git init, or take everything as changed: msa affected --all',
    });
  }
  return { repository, range: await range(repository) };
}

/** What is left to be asked once it is known that there is a repository. */
type Rest = (repository: string) => Promise<Range>;

async function namesOf(git: Git, directory: string, request: RangeRequest): Promise<Rest> {
  const commit = (revision: string): Promise<string | undefined> => git.commit(directory, revision);
  if (request.kind === 'branch') {
    const [branch, head] = await Promise.all([git.defaultBranch(directory), commit('HEAD')]);
    return (repository) => sinceBranch(git, repository, { branch, head });
  }
  if (request.kind === 'disk') {
    const from = await commit(request.from);
    return async () => ({ from: known(from, request.from), to: undefined });
  }
  if (request.kind === 'everything') {
    const to = request.to === undefined ? undefined : await commit(request.to);
    return async () => ({ from: undefined, to: request.to === undefined ? undefined : known(to, request.to) });
  }
  const found = await Promise.all([commit(request.from), commit(request.to)]);
  return async (repository) => {
    const [from, to] = [known(found[0], request.from), known(found[1], request.to)];
    if (!request.fromMergeBase) return { from, to };
    return { from: parted(await git.mergeBase(repository, from, to), request), to };
  };
}

interface Start {
  readonly branch: string | undefined;
  readonly head: string | undefined;
}

async function sinceBranch(git: Git, repository: string, { branch, head }: Start): Promise<Range> {
  // Nothing is committed yet, so everything is new.
  if (head === undefined) return { from: undefined, to: undefined };
  if (branch === undefined) {
    throw new MsaError('MSA_RANGE_UNKNOWN', 'it cannot be told which branch is the default one of this clone', {
      hint: 'Name what to compare with: msa affected HEAD~1, or: git remote set-head origin --auto',
    });
  }
  return { from: parted(await git.mergeBase(repository, branch, head), { from: branch, to: 'HEAD' }), to: undefined };
}

const remedy =
  'Fetch the whole history: git fetch --unshallow (fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab).';

function known(commit: string | undefined, revision: string): string {
  if (commit !== undefined) return commit;
  throw new MsaError('MSA_RANGE_UNKNOWN', `there is no commit ${JSON.stringify(revision)} in this clone`, {
    hint: remedy,
  });
}

function parted(commit: string | undefined, { from, to }: { readonly from: string; readonly to: string }): string {
  if (commit !== undefined) return commit;
  throw new MsaError('MSA_RANGE_UNKNOWN', `${from} and ${to} have no common past in this clone`, { hint: remedy });
}
