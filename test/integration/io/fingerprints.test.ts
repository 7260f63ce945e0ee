import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fingerprints } from '../../../src/io/fingerprints.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('a fingerprint changes with every change of a folder that matters, and with no other', async () => {
  await using dir = await tempDir();
  const path = (...words: readonly string[]): string => join(dir.path, ...words);
  const now = async (): Promise<string | undefined> => (await fingerprints.of([dir.path])).get(dir.path);
  await mkdir(path('src'));
  await writeFile(path('src', 'a.js'), 'one');
  const changes: readonly [string, () => Promise<unknown>][] = [
    ['other text', () => writeFile(path('src', 'a.js'), 'two!')],
    ['the same length', () => writeFile(path('src', 'a.js'), '2two')],
    ['a new file', () => writeFile(path('src', 'b.js'), '')],
    ['another name', () => rename(path('src', 'b.js'), path('src', 'c.js'))],
    ['a file replaced', () => writeFile(path('new'), '2two').then(() => rename(path('new'), path('src', 'a.js')))],
    ['an empty folder', () => mkdir(path('deep'))],
    ['a file in it', () => writeFile(path('deep', 'd'), '')],
    ['a link that leads nowhere', () => symlink('/nowhere', path('deep', 'link'))],
    ['a file removed', () => rm(path('src', 'c.js'))],
    ['the folder removed', () => rm(path('deep'), { recursive: true })],
  ];
  let before = await now();
  for (const [what, change] of changes) {
    await change();
    const after = await now();
    expect(after, what).not.toBe(before);
    expect(await now(), what).toBe(after);
    before = after;
  }
  for (const name of ['node_modules', '.git', '.msa']) {
    await mkdir(path(name));
    await writeFile(path(name, 'x'), 'x');
  }
  expect(await now()).toBe(before);
});

test('what is not there has an empty one, and a single file one of its own', async () => {
  await using dir = await tempDir();
  const file = join(dir.path, '.env');
  expect((await fingerprints.of([file])).get(file)).toBe('');
  await writeFile(file, 'A=1');
  expect((await fingerprints.of([file])).get(file)).not.toBe('');
});
