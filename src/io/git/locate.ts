import type { LocatedRepository } from '../../ports/git.ts';
import { gitFailed, runGit } from './run-git.ts';

type Env = Readonly<Record<string, string | undefined>>;

const isCommit = /^[\da-f]{40,64}$/;

/** Asks for everything at once, since starting git is what takes the time; one by one where that gives no clear answer. */
export async function locate(
  env: Env,
  directory: string,
  revisions: readonly string[],
): Promise<LocatedRepository | undefined> {
  // No name of a commit begins with a dash, and here it would be taken for an option.
  const isClear = revisions.every((revision) => !revision.startsWith('-'));
  const found = isClear ? await locateAtOnce(env, directory, revisions) : undefined;
  if (found !== undefined) return found;
  const root = await findRoot(env, directory);
  if (root === undefined) return undefined;
  return { root, commits: await Promise.all(revisions.map((revision) => findCommit(env, root, revision))) };
}

async function locateAtOnce(
  env: Env,
  directory: string,
  revisions: readonly string[],
): Promise<LocatedRepository | undefined> {
  const argv = ['rev-parse', '--show-toplevel', '--revs-only', ...revisions.map((revision) => `${revision}^{commit}`)];
  const outcome = await runGit(env, directory, argv);
  if (outcome?.exitCode !== 0) return undefined;
  // What it does not know is left out, and nothing says which it was.
  const [root = '', ...commits] = outcome.output.replace(/\n$/, '').split('\n');
  const isWhole = commits.length === revisions.length && commits.every((commit) => isCommit.test(commit));
  return root !== '' && isWhole ? { root, commits } : undefined;
}

async function findRoot(env: Env, directory: string): Promise<string | undefined> {
  const argv = ['rev-parse', '--show-toplevel'];
  const outcome = await runGit(env, directory, argv);
  if (outcome?.exitCode === 0) return outcome.output.replace(/\r?\n$/, '');
  // To say that there is no repository where git only dislikes its owner would send the user the wrong way.
  if (outcome?.complaint.includes('safe.directory') === true) throw gitFailed(argv, outcome.complaint);
  return undefined;
}

async function findCommit(env: Env, root: string, revision: string): Promise<string | undefined> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const outcome = await runGit(env, root, argv);
  const commit = outcome?.output.trim() ?? '';
  // To `^main` it would say `^` and the commit.
  return outcome?.exitCode === 0 && isCommit.test(commit) ? commit : undefined;
}
