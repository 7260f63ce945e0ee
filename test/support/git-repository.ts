import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { execa } from 'execa';

import { tempDir } from './temp-dir.ts';

export type GitRepository = Awaited<ReturnType<typeof gitRepository>>;

/** Nothing of the settings of whoever runs the tests. */
const settings = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Runs git in a folder and gives what it writes; fails the test when it does not succeed. */
export async function git(directory: string, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await execa('git', ['-c', 'protocol.file.allow=always', ...argv], {
    cwd: directory,
    env: settings,
  });
  return stdout;
}

/** A repository with the branch `main` and no commit yet, gone at the end of its `await using` scope. */
export async function gitRepository() {
  const dir = await tempDir();
  const root = join(dir.path, 'repository');
  await mkdir(root);
  await git(root, 'init', '--quiet', '--initial-branch=main');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  return {
    root,
    /** A place beside the repository. */
    beside: (name: string) => join(dir.path, name),
    write,
    remove: (path: string) => rm(join(root, path), { recursive: true }),
    git: (...argv: readonly string[]) => git(root, ...argv),
    /** Writes files, commits everything there is, and gives the commit. */
    commit: async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
      for (const [path, text] of Object.entries(files)) await write(path, text);
      await git(root, 'add', '--all');
      await git(root, 'commit', '--quiet', '--allow-empty', '--message', 'Change something');
      return git(root, 'rev-parse', 'HEAD');
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
