import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { createGit } from '../../../src/io/git/git.ts';
import { git as runGit, gitRepository } from '../../support/git-repository.ts';
import { tempDir } from '../../support/temp-dir.ts';

const git = createGit(env);

const rootOf = async (directory: string, asked = git): Promise<string | undefined> =>
  (await asked.locate(directory, []))?.root;
const commitIn = async (root: string, revision: string): Promise<string | undefined> =>
  (await git.locate(root, [revision]))?.commits[0];

const oddNames = [
  'with blank/a b.txt',
  'quote"s/it\'s.txt',
  'new\nline.txt',
  'tab\there.txt',
  'ümlaut/日本.txt',
  '-rf',
  '--output=x',
  'back\\slash',
  '$(touch pwned)',
  '*',
];

describe('root', () => {
  test('is found from a folder deep inside', async () => {
    await using repository = await gitRepository();
    await repository.write('deep/er/file', '');
    expect(await rootOf(join(repository.root, 'deep/er'))).toBe(repository.root);
  });

  test('is undefined outside of any repository', async () => {
    await using dir = await tempDir();
    expect(await rootOf(dir.path)).toBeUndefined();
  });

  test('is undefined where there is no git', async () => {
    await using repository = await gitRepository();
    await using dir = await tempDir();
    expect(await rootOf(repository.root, createGit({ PATH: dir.path }))).toBeUndefined();
  });

  test('is that of the folder, whatever a hook of another repository says', async () => {
    await using repository = await gitRepository();
    await using other = await gitRepository();
    const inHook = createGit({ ...env, GIT_DIR: join(other.root, '.git'), GIT_WORK_TREE: other.root });
    expect(await rootOf(repository.root, inHook)).toBe(repository.root);
  });

  test('of somebody else is an error with the command that trusts it', async () => {
    await using repository = await gitRepository();
    const distrusting = createGit({
      ...env,
      GIT_TEST_ASSUME_DIFFERENT_OWNER: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    });
    await expect(rootOf(repository.root, distrusting)).rejects.toMatchObject({
      code: 'MSA_GIT_FAILED',
      hint: `git config --global --add safe.directory ${repository.root}`,
    });
  });
});

describe('commit', () => {
  test('is given for any name of it', async () => {
    await using repository = await gitRepository();
    const first = await repository.commit({ a: '1' });
    const second = await repository.commit({ a: '2' });
    await repository.git('tag', '--annotate', '--message', 'one', 'v1', first);
    expect(await commitIn(repository.root, 'HEAD')).toBe(second);
    expect(await commitIn(repository.root, 'HEAD~1')).toBe(first);
    expect(await commitIn(repository.root, 'v1')).toBe(first);
    expect(await commitIn(repository.root, second.slice(0, 10))).toBe(second);
  });

  test.each(['nowhere', 'HEAD~9', '--all', '-n1', 'HEAD:a', '', 'a b', 'a\nb', '0'.repeat(40)])(
    'is undefined for %j',
    async (revision) => {
      await using repository = await gitRepository();
      await repository.commit({ a: '1' });
      expect(await commitIn(repository.root, revision)).toBeUndefined();
    },
  );

  test('is given for each of several, whichever is not there', async () => {
    await using repository = await gitRepository();
    const first = await repository.commit({ a: '1' });
    const second = await repository.commit({ a: '2' });
    const commits = async (...revisions: readonly string[]): Promise<unknown> =>
      (await git.locate(repository.root, revisions))?.commits;
    expect(await commits('HEAD', 'HEAD~1', 'main')).toEqual([second, first, second]);
    expect(await commits('nowhere', 'HEAD~1', '--all', '^HEAD', 'HEAD..main', first)).toEqual([
      undefined,
      first,
      undefined,
      undefined,
      undefined,
      first,
    ]);
  });

  test('is given in a folder with a name of several lines', async () => {
    await using repository = await gitRepository();
    const root = repository.beside('a\nb');
    await repository.commit({ a: '1' });
    await runGit(repository.root, 'clone', '--quiet', repository.root, root);
    expect(await git.locate(root, ['HEAD'])).toEqual({ root, commits: [await repository.git('rev-parse', 'HEAD')] });
  });

  test('is undefined in a repository without commits', async () => {
    await using repository = await gitRepository();
    expect(await commitIn(repository.root, 'HEAD')).toBeUndefined();
  });

  test('is undefined for what a shallow clone leaves out', async () => {
    await using repository = await gitRepository();
    const first = await repository.commit({ a: '1' });
    const second = await repository.commit({ a: '2' });
    const clone = repository.beside('clone');
    await runGit(repository.root, 'clone', '--quiet', '--depth=1', `file://${repository.root}`, clone);
    expect(await commitIn(clone, second)).toBe(second);
    expect(await commitIn(clone, first)).toBeUndefined();
    expect(await commitIn(clone, 'HEAD~1')).toBeUndefined();
  });
});

describe('mergeBase', () => {
  test('is where two branches parted', async () => {
    await using repository = await gitRepository();
    const base = await repository.commit({ a: '1' });
    await repository.git('switch', '--quiet', '--create', 'feature');
    const feature = await repository.commit({ b: '1' });
    await repository.git('switch', '--quiet', 'main');
    const main = await repository.commit({ a: '2' });
    expect(await git.mergeBase(repository.root, main, feature)).toBe(base);
  });

  test('is undefined for histories that have nothing in common', async () => {
    await using repository = await gitRepository();
    const main = await repository.commit({ a: '1' });
    await repository.git('switch', '--quiet', '--orphan', 'other');
    const other = await repository.commit({ b: '1' });
    expect(await git.mergeBase(repository.root, main, other)).toBeUndefined();
  });
});

describe('defaultBranch', () => {
  test('is what the remote calls its own', async () => {
    await using repository = await gitRepository();
    await repository.commit({ a: '1' });
    await repository.git('branch', '--move', 'trunk');
    const clone = repository.beside('clone');
    await runGit(repository.root, 'clone', '--quiet', repository.root, clone);
    expect(await git.defaultBranch(clone)).toBe('origin/trunk');
  });

  test('is main of the remote where the remote has not said', async () => {
    await using repository = await gitRepository();
    await repository.commit({ a: '1' });
    await repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect(await git.defaultBranch(repository.root)).toBe('origin/main');
  });

  test('is main where there is no remote', async () => {
    await using repository = await gitRepository();
    await repository.commit({ a: '1' });
    await repository.git('branch', 'master');
    expect(await git.defaultBranch(repository.root)).toBe('main');
  });

  test('is undefined where nothing is called so', async () => {
    await using repository = await gitRepository();
    await repository.commit({ a: '1' });
    await repository.git('branch', '--move', 'trunk');
    expect(await git.defaultBranch(repository.root)).toBeUndefined();
  });
});

describe('trailers', () => {
  test('are what commits of the range say at the end of their messages, the newest first', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ a: '' });
    for (const message of [
      'One\n\nAllow-Breaking: orders,\n users',
      'Two\n\nAllow-Breaking: x\n\nno end',
      'Three\n\nallow-breaking: y',
    ]) {
      await repository.git('commit', '--quiet', '--allow-empty', '--message', message);
    }
    const found = await git.trailers({ root: repository.root, from, to: undefined }, 'Allow-Breaking');
    expect(found).toEqual(['y', 'orders, users']);
    expect(await git.trailers({ root: repository.root, from, to: from }, 'Allow-Breaking')).toEqual([]);
  });
});

describe('changedFiles', () => {
  test('between commits has added, edited and removed ones, by whatever name', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ same: '1', edited: '1', 'dir/removed': '1' });
    await repository.remove('dir/removed');
    const added = Object.fromEntries(oddNames.map((name) => [name, name]));
    const to = await repository.commit({ ...added, edited: '2' });
    await repository.write('later', '');
    const files = await git.changedFiles({ root: repository.root, from, to });
    expect(files.toSorted()).toEqual([...oddNames, 'edited', 'dir/removed'].toSorted());
  });

  test('has both names of a renamed one, also for a user who wants renames found', async () => {
    await using repository = await gitRepository();
    const text = 'a line\n'.repeat(50);
    const from = await repository.commit({ 'orders/app.ts': text });
    await repository.git('config', 'diff.renames', 'copies');
    await repository.git('mv', 'orders', 'purchases');
    const expected = ['orders/app.ts', 'purchases/app.ts'];
    expect((await git.changedFiles({ root: repository.root, from, to: undefined })).toSorted()).toEqual(expected);
    const to = await repository.commit();
    expect((await git.changedFiles({ root: repository.root, from, to })).toSorted()).toEqual(expected);
  });

  test('to the disk has what is staged, what is not, and what git does not know, without what it ignores', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ '.gitignore': 'node_modules\n', staged: '1', edited: '1', gone: '1' });
    await repository.commit({ committed: '1' });
    await repository.write('staged', '2');
    await repository.git('add', 'staged');
    await repository.write('edited', '2');
    await repository.remove('gone');
    await repository.write('node_modules/a/index.js', '');
    for (const name of oddNames) await repository.write(name, name);
    const files = await git.changedFiles({ root: repository.root, from, to: undefined });
    expect(files.toSorted()).toEqual([...oddNames, 'committed', 'staged', 'edited', 'gone'].toSorted());
  });

  test('says nothing of a file that was only written anew', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ a: '1' });
    await repository.git('config', 'diff.autoRefreshIndex', 'false');
    await repository.remove('a');
    await repository.write('a', '1');
    expect(await git.changedFiles({ root: repository.root, from, to: undefined })).toEqual([]);
  });

  test('runs no program that the settings or attributes of a repository name', async () => {
    await using repository = await gitRepository();
    const marker = repository.beside('was-run');
    const program = repository.beside('program');
    await writeFile(program, `#!/bin/sh\ntouch ${marker}\n`);
    await chmod(program, 0o755);
    const from = await repository.commit({ a: '1', '.gitattributes': 'a diff=custom\n' });
    await repository.git('config', 'diff.external', program);
    await repository.git('config', 'diff.custom.textconv', program);
    const to = await repository.commit({ a: '2' });
    await repository.write('a', '3');
    const other = createGit({ ...env, GIT_EXTERNAL_DIFF: program });
    expect(await other.changedFiles({ root: repository.root, from, to: undefined })).toEqual(['a']);
    expect(await other.changedFiles({ root: repository.root, from, to })).toEqual(['a']);
    expect(await readdir(repository.beside('.'))).not.toContain('was-run');
  });

  test('looks into no submodule, but at which commit of it is used', async () => {
    await using library = await gitRepository();
    await library.commit({ a: '1' });
    await using repository = await gitRepository();
    await repository.git('submodule', '--quiet', 'add', library.root, 'library');
    const from = await repository.commit({ b: '1' });
    await repository.write('library/untracked', '');
    await repository.write('library/a', '9');
    await repository.write('b', '2');
    expect(await git.changedFiles({ root: repository.root, from, to: undefined })).toEqual(['b']);
    const later = await library.commit({ a: '2' });
    await runGit(join(repository.root, 'library'), 'fetch', '--quiet');
    await runGit(join(repository.root, 'library'), 'checkout', '--quiet', '--force', later);
    const expected = ['b', 'library'];
    expect(await git.changedFiles({ root: repository.root, from, to: undefined })).toEqual(expected);
    const to = await repository.commit();
    expect(await git.changedFiles({ root: repository.root, from, to })).toEqual(expected);
  });

  test('names files from the root of the repository, also for a user who wants them from where they stand', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ 'deep/a': '1' });
    await repository.git('config', 'diff.relative', 'true');
    await repository.write('deep/a', '2');
    await repository.write('deep/b', '1');
    const root = await rootOf(join(repository.root, 'deep'));
    expect(await git.changedFiles({ root: root ?? '', from, to: undefined })).toEqual(['deep/a', 'deep/b']);
  });

  test('leaves the index to a commit that is being made', async () => {
    await using repository = await gitRepository();
    const from = await repository.commit({ a: '1' });
    await repository.write('a', '2');
    await repository.write('.git/index.lock', '');
    expect(await git.changedFiles({ root: repository.root, from, to: undefined })).toEqual(['a']);
  });

  test('fails with the words of git for a commit that is not there', async () => {
    await using repository = await gitRepository();
    await repository.commit({ a: '1' });
    await expect(
      git.changedFiles({ root: repository.root, from: 'f'.repeat(40), to: undefined }),
    ).rejects.toMatchObject({ code: 'MSA_GIT_FAILED', message: expect.stringContaining('bad object') });
  });
});

describe('a commit', () => {
  test('gives the text of a file, whatever stands on disk', async () => {
    await using repository = await gitRepository();
    const commit = await repository.commit({ 'a b/ü".yaml': 'wörds\n\n' });
    await repository.remove('a b');
    expect(await git.readAt(repository.root, commit, 'a b/ü".yaml')).toBe('wörds\n\n');
  });

  test('has no text for a folder, nor for what is not there', async () => {
    await using repository = await gitRepository();
    const commit = await repository.commit({ 'a/b': '1' });
    expect(await git.readAt(repository.root, commit, 'a')).toBeUndefined();
    expect(await git.readAt(repository.root, commit, 'a/c')).toBeUndefined();
  });

  test('gives what lies directly in folders, whatever they are called', async () => {
    await using repository = await gitRepository();
    const commit = await repository.commit({
      'a/b': '1',
      'a/c/d': '1',
      'a/new\nline': '1',
      '*/e': '1',
      ':(top)x/f': '1',
      'other/g': '1',
      h: '1',
    });
    const list = (...folders: readonly string[]): Promise<readonly string[]> =>
      git.listAt(repository.root, commit, folders);
    expect(await list('a', 'nowhere')).toEqual(['a/b', 'a/c', 'a/new\nline']);
    expect(await list('*', ':(top)x')).toEqual(['*/e', ':(top)x/f']);
    expect(await list('.')).toEqual(['*', ':(top)x', 'a', 'h', 'other']);
    expect(await list()).toEqual([]);
  });
});

test('the language of the user is not that of what is read', async () => {
  await using dir = await tempDir();
  await mkdir(join(dir.path, 'bin'));
  await writeFile(join(dir.path, 'bin/git'), '#!/bin/sh\necho "$LC_ALL $LANG"\n');
  await chmod(join(dir.path, 'bin/git'), 0o755);
  const path = [join(dir.path, 'bin'), env['PATH']].join(delimiter);
  const foreign = createGit({ ...env, PATH: path, LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' });
  expect(await rootOf(dir.path, foreign)).toBe('C de_DE.UTF-8');
});
