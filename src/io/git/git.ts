import type { ChangedRange, Git } from '../../ports/git.ts';
import { locate } from './locate.ts';
import { gitFailed, runGit } from './run-git.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** git as the program of that name. It is asked only for what it gives without regard to the user's settings. */
export function createGit(env: Env): Git {
  /** Gives what git writes; undefined when it ends with one of these codes to say that there is no such thing. */
  const ask = async (root: string, argv: readonly string[], no: readonly number[]): Promise<string | undefined> => {
    const outcome = await runGit(env, root, argv);
    if (outcome?.exitCode === 0) return outcome.output;
    if (outcome === undefined || no.includes(outcome.exitCode)) return undefined;
    throw gitFailed(argv, outcome.complaint);
  };
  return {
    locate: (directory, revisions) => locate(env, directory, revisions),
    mergeBase: async (root, one, other) =>
      (await ask(root, ['merge-base', '--end-of-options', one, other], [1]))?.trim(),
    defaultBranch: async (root) => {
      const format = '--format=%(refname)%00%(refname:short)%00%(symref:short)';
      return chooseDefaultBranch((await ask(root, ['for-each-ref', format, ...defaultBranches], [128])) ?? '');
    },
    changedFiles: async (range) => {
      const lists = await Promise.all([
        ask(range.root, diffArguments(range), []),
        range.to === undefined ? ask(range.root, untracked, []) : '',
      ]);
      return [...new Set(lists.flatMap((list) => splitNul(list ?? '')))];
    },
    readAt: (root, commit, path) => ask(root, ['cat-file', 'blob', '--end-of-options', `${commit}:${path}`], [128]),
    listAt: async (root, commit, folders) => {
      if (folders.length === 0) return [];
      // Without the slash it would be the folder itself, of which nothing but its name were listed.
      const paths = folders.map((folder) => (folder === '.' ? '.' : `${folder}/`));
      const argv = ['--literal-pathspecs', 'ls-tree', '-z', '--name-only', '--full-tree', '--end-of-options', commit];
      return splitNul((await ask(root, [...argv, '--', ...paths], [])) ?? '');
    },
    trailers: async ({ root, from, to = 'HEAD' }, key) => {
      const format = `--format=%(trailers:key=${key},valueonly,unfold)`;
      const argv = ['-c', 'log.showSignature=false', 'log', format, '--end-of-options', `${from}..${to}`, '--'];
      const lines = ((await ask(root, argv, [])) ?? '').split('\n').map((line) => line.trim());
      return lines.filter((line) => line !== '');
    },
  };
}

const untracked = ['ls-files', '-z', '--others', '--exclude-standard'];

/** Two commits are compared as trees; what stands on disk is first compared by times, then by content. */
function diffArguments({ from, to }: ChangedRange): readonly string[] {
  const common = ['-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  return to === undefined
    ? ['-c', 'diff.autoRefreshIndex=true', 'diff', '--no-relative', ...common, '--end-of-options', from, '--']
    : ['diff-tree', '-r', ...common, '--end-of-options', from, to, '--'];
}

/** In the order in which they are believed. */
const defaultBranches = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/*/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
];

function chooseDefaultBranch(output: string): string | undefined {
  const found = output.split('\n').map((line) => line.split('\0'));
  const matches = defaultBranches.flatMap((pattern) => {
    const isMatch = new RegExp(`^${pattern.replace('*', '[^/]+')}$`);
    return found.filter(([name = '']) => isMatch.test(name));
  });
  const [best] = matches;
  // One that points to a branch stands for it.
  return best === undefined ? undefined : best[2] || best[1];
}

function splitNul(list: string): readonly string[] {
  return list.split('\0').filter((name) => name !== '');
}
