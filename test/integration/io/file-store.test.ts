import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import { createFileStore } from '../../../src/io/file-store/file-store.ts';
import type { FileChange } from '../../../src/ports/file-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const store = createFileStore();

async function tree(root: string): Promise<Record<string, string>> {
  const files = await store.listFiles(root);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')])),
  );
}

async function write(root: string, files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), text);
  }
}

/** Lets another process die by SIGKILL when the third of its changes is due. */
async function killHalfway(root: string): Promise<void> {
  const script = join(import.meta.dirname, '../../fixtures/killed-change.mjs');
  const child = spawn(process.execPath, [script, root], { stdio: 'inherit' });
  await new Promise((resolve) => child.once('exit', resolve));
}

describe('applying changes', () => {
  test('creates, updates and deletes in one go and leaves nothing of its own behind', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'a.txt': 'old', 'b/c.txt': 'gone', 'd/e/f.txt': 'gone too' });
    await store.apply(dir.path, [
      { kind: 'create', path: 'x/y/z.sh', content: 'new', executable: true },
      { kind: 'update', path: 'a.txt', content: 'changed', was: 'old' },
      { kind: 'delete', path: 'b/c.txt' },
      { kind: 'delete-directory', path: 'd' },
    ]);
    expect(await tree(dir.path)).toEqual({ 'x/y/z.sh': 'new', 'a.txt': 'changed' });
    expect((await readdir(dir.path)).sort()).toEqual(['a.txt', 'b', 'x']);
    expect((await stat(join(dir.path, 'x/y/z.sh'))).mode & 0o100).toBe(0o100);
  });

  test('makes the root when it does not exist yet', async () => {
    await using dir = await tempDir();
    await store.apply(join(dir.path, 'new/shop'), [{ kind: 'create', path: 'msa.yaml', content: 'name: shop\n' }]);
    expect(await tree(dir.path)).toEqual({ 'new/shop/msa.yaml': 'name: shop\n' });
  });

  const failures: readonly { name: string; last: FileChange; reason: RegExp; code?: string }[] = [
    {
      name: 'a file that is there already',
      last: { kind: 'create', path: 'taken.txt', content: 'x' },
      reason: /EEXIST/,
    },
    {
      name: 'a file in the way of a directory',
      last: { kind: 'create', path: 'taken.txt/x', content: 'x' },
      reason: /taken\.txt/,
    },
    { name: 'a file to delete that is gone', last: { kind: 'delete', path: 'nothing' }, reason: /ENOENT/ },
    {
      name: 'a file changed in the meantime',
      last: { kind: 'update', path: 'taken.txt', content: 'x', was: 'something else' },
      reason: /changed by someone else/,
      code: 'MSA_CHANGED_MEANWHILE',
    },
  ];
  test.each(failures)('takes everything back on $name', async ({ last, reason, code = 'MSA_WRITE_FAILED' }) => {
    await using dir = await tempDir();
    const before = { 'a.txt': 'old', 'b.txt': 'b', 'd/e.txt': 'e', 'taken.txt': 'mine' };
    await write(dir.path, before);
    const changes: FileChange[] = [
      { kind: 'create', path: 'n/e/w.txt', content: 'new' },
      { kind: 'update', path: 'a.txt', content: 'changed' },
      { kind: 'delete', path: 'b.txt' },
      { kind: 'delete-directory', path: 'd' },
      last,
    ];
    await expect(store.apply(dir.path, changes)).rejects.toMatchObject({ code, message: reason });
    expect(await tree(dir.path)).toEqual(before);
    expect((await readdir(dir.path)).sort()).toEqual(['a.txt', 'b.txt', 'd', 'taken.txt']);
  });

  test('refuses paths that leave the root, by words or through a link', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, 'root'));
    await symlink(dir.path, join(dir.path, 'root/out'));
    for (const path of ['../x', '/etc/x', 'a/../../x', 'a//x', './x', 'out/x']) {
      await expect(store.apply(join(dir.path, 'root'), [{ kind: 'create', path, content: '' }])).rejects.toMatchObject({
        code: 'MSA_WRITE_FAILED',
      });
    }
    expect(await readdir(dir.path)).toEqual(['root']);
    expect(await readdir(join(dir.path, 'root'))).toEqual(['out']);
  });

  test('says why on a directory that cannot be written, and writes nothing', async () => {
    const error = await store
      .apply('/proc/msa-test', [{ kind: 'create', path: 'x', content: '' }])
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'MSA_WRITE_FAILED', message: expect.stringContaining('/proc/msa-test') });
  });

  test('a link stays a link: the file it leads to is changed, and taken back when something fails', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'shared/real.yaml': 'old' });
    await symlink('shared/real.yaml', join(dir.path, 'msa.yaml'));
    const change: FileChange = { kind: 'update', path: 'msa.yaml', content: 'new', was: 'old' };
    await expect(store.apply(dir.path, [change, { kind: 'delete', path: 'nothing' }])).rejects.toThrow(/ENOENT/);
    expect(await readFile(join(dir.path, 'shared/real.yaml'), 'utf8')).toBe('old');
    await store.apply(dir.path, [change]);
    expect(await readlink(join(dir.path, 'msa.yaml'))).toBe('shared/real.yaml');
    expect(await readFile(join(dir.path, 'shared/real.yaml'), 'utf8')).toBe('new');
  });

  test('a link that leads out of the workspace is neither replaced nor followed', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'outside.yaml': 'old', 'root/other.txt': '' });
    await symlink('../outside.yaml', join(dir.path, 'root/msa.yaml'));
    const change: FileChange = { kind: 'update', path: 'msa.yaml', content: 'new', was: 'old' };
    await expect(store.apply(join(dir.path, 'root'), [change])).rejects.toMatchObject({
      code: 'MSA_WRITE_FAILED',
      message: expect.stringContaining('is a link that leads out of the workspace'),
    });
    expect(await readlink(join(dir.path, 'root/msa.yaml'))).toBe('../outside.yaml');
    expect(await readFile(join(dir.path, 'outside.yaml'), 'utf8')).toBe('old');
  });

  test('a file where a directory is needed is named as that', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'services/orders': 'a file' });
    await expect(
      store.apply(dir.path, [{ kind: 'create', path: 'services/orders/package.json', content: '' }]),
    ).rejects.toMatchObject({
      message: expect.stringContaining('services/orders is a file, and a directory is needed'),
      hint: 'Move the file away, or choose another name.',
    });
  });

  test('a finished change never takes the lock of the next one with it', async () => {
    await using dir = await tempDir();
    // What the next holder does between two removals of the one before: it takes the directory while that is empty.
    const lock = join(dir.path, '.msa/run/change');
    const next = join(dir.path, '.msa/run/next');
    await write(next, { owner: String(process.pid) });
    const { rmSync } = fs;
    const removal = vi.spyOn(fs, 'rmSync').mockImplementation((path, options) => {
      if (String(path) === lock) {
        for (const name of fs.readdirSync(lock)) rmSync(join(lock, name));
        fs.renameSync(next, lock);
      } else if (fs.existsSync(next)) fs.renameSync(next, lock);
      rmSync(path, options);
    });
    syncBuiltinESMExports();
    try {
      await store.apply(dir.path, [{ kind: 'create', path: 'a.txt', content: 'a' }]);
    } finally {
      removal.mockRestore();
      syncBuiltinESMExports();
    }
    expect(await readFile(join(lock, 'owner'), 'utf8')).toBe(String(process.pid));
  });

  test('two processes that change the same workspace come one after the other', async () => {
    await using dir = await tempDir();
    const names = Array.from({ length: 12 }, (_, index) => `file-${index}`);
    await Promise.all(names.map((path) => store.apply(dir.path, [{ kind: 'create', path, content: path }])));
    expect(Object.keys(await tree(dir.path))).toEqual(names.toSorted());
  });
});

describe('a change that was killed', () => {
  test('is taken back by the next command', async () => {
    await using dir = await tempDir();
    const before = { 'a.txt': 'old', 'b.txt': 'b' };
    await write(dir.path, before);
    await killHalfway(dir.path);
    expect(await tree(dir.path)).toMatchObject({ 'a.txt': 'changed', 'n/w.txt': 'new' });
    expect(await store.recover(dir.path)).toBe(true);
    expect(await tree(dir.path)).toEqual(before);
    expect((await readdir(dir.path)).sort()).toEqual(['a.txt', 'b.txt']);
  });

  test('keeps what the user has written into a new file since', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'a.txt': 'old', 'b.txt': 'b' });
    await killHalfway(dir.path);
    await rm(join(dir.path, 'n/w.txt'));
    await writeFile(join(dir.path, 'n/w.txt'), 'edited');
    await store.recover(dir.path);
    expect(await tree(dir.path)).toEqual({ 'a.txt': 'old', 'b.txt': 'b', 'n/w.txt': 'edited' });
  });

  test('is still taken back when the command that did so was killed too', async () => {
    await using dir = await tempDir();
    const before = { 'a.txt': 'old', 'b.txt': 'b' };
    await write(dir.path, before);
    await killHalfway(dir.path);
    await rename(join(dir.path, '.msa/run/change'), join(dir.path, '.msa/run/change-999999999-x'));
    expect(await store.recover(dir.path)).toBe(true);
    expect(await tree(dir.path)).toEqual(before);
    expect((await readdir(dir.path)).sort()).toEqual(['a.txt', 'b.txt']);
  });

  test('stays when it was complete and only its journal was not yet removed', async () => {
    await using dir = await tempDir();
    await write(dir.path, {
      'a.txt': 'new',
      '.msa/run/done-999999999-x/owner': '999999999',
      '.msa/run/done-999999999-x/old-0': 'old',
      '.msa/run/done-999999999-x/steps': `${JSON.stringify({ did: 'replace', path: 'a.txt', aside: 'old-0' })}\n`,
      '.msa/run/change-999999999-y/owner': '999999999',
    });
    await store.recover(dir.path);
    expect(await tree(dir.path)).toEqual({ 'a.txt': 'new' });
    expect(await readdir(dir.path)).toEqual(['a.txt']);
  });

  test('whose holder a crash has lost is taken back as soon as nobody can be writing it down', async () => {
    await using dir = await tempDir();
    const before = { 'a.txt': 'old', 'b.txt': 'b' };
    await write(dir.path, before);
    await killHalfway(dir.path);
    const journal = join(dir.path, '.msa/run/change');
    await writeFile(join(journal, 'owner'), '');
    expect(await store.recover(dir.path)).toBe(false);
    await utimes(journal, 1, 1);
    expect(await store.recover(dir.path)).toBe(true);
    expect(await tree(dir.path)).toEqual(before);
  });

  test('and whose number is another process by now says what to do', async () => {
    await using dir = await tempDir();
    await write(dir.path, { '.msa/run/change/owner': String(process.ppid) });
    await expect(store.apply(dir.path, [{ kind: 'create', path: 'x', content: '' }])).rejects.toMatchObject({
      message: expect.stringContaining(`(process ${process.ppid}) is changing the same workspace`),
      hint: expect.stringContaining(`delete ${join(dir.path, '.msa/run/change/owner')}`),
    });
  }, 15_000);

  test('of which only the empty directory is left leaves nothing', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, '.msa/run'), { recursive: true });
    await write(dir.path, { '.msa/.gitignore': 'run\n' });
    expect(await store.recover(dir.path)).toBe(false);
    expect(await readdir(join(dir.path, '.msa'))).toEqual(['.gitignore']);
  });

  test('nothing is looked for below what is no directory', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'file.txt': '' });
    expect(await store.recover(join(dir.path, 'file.txt'))).toBe(false);
    expect(await store.recover(join(dir.path, 'none'))).toBe(false);
  });

  test('a forged journal reaches nothing outside the workspace', async () => {
    await using dir = await tempDir();
    await write(dir.path, {
      'victim.txt': 'precious',
      'root/.msa/run/change/owner': '999999999',
      'root/.msa/run/change/new-0': 'precious',
      'root/.msa/run/change/steps': `${JSON.stringify({ did: 'create', path: '../victim.txt', aside: 'new-0' })}\nnonsense\n`,
    });
    await store.recover(join(dir.path, 'root')).catch(() => false);
    expect(await readFile(join(dir.path, 'victim.txt'), 'utf8')).toBe('precious');
  });
});

describe('reading', () => {
  test('what is not UTF-8 is refused with the likely encoding', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'latin.yaml'), Buffer.from([0x6e, 0xe4]));
    await writeFile(join(dir.path, 'utf16.yaml'), Buffer.from([0xff, 0xfe, 0x61, 0x00]));
    await expect(store.read(join(dir.path, 'latin.yaml'))).rejects.toMatchObject({
      code: 'MSA_READ_FAILED',
      hint: /Latin-1/,
    });
    await expect(store.read(join(dir.path, 'utf16.yaml'))).rejects.toMatchObject({ hint: /UTF-16/ });
  });

  test('what is absent is undefined, also below a file', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'a'), '');
    expect(await store.read(join(dir.path, 'b'))).toBeUndefined();
    expect(await store.kindOf(join(dir.path, 'a/b'))).toBeUndefined();
    expect(await store.listFiles(join(dir.path, 'b'))).toEqual([]);
  });

  test('files below a directory that is a link are not listed', async () => {
    await using dir = await tempDir();
    await write(dir.path, { 'real/a.txt': '' });
    await symlink('real', join(dir.path, 'link'));
    expect(await store.listFiles(join(dir.path, 'link'))).toEqual([]);
    expect(await store.listFiles(dir.path)).toEqual(['link', 'real/a.txt']);
  });

  test('a link to nothing is an error, not an absent file', async () => {
    await using dir = await tempDir();
    await symlink('nowhere', join(dir.path, 'msa.yaml'));
    await expect(store.read(join(dir.path, 'msa.yaml'))).rejects.toMatchObject({
      code: 'MSA_READ_FAILED',
      message: expect.stringContaining('is a link to a file that does not exist'),
    });
  });

  test('what cannot be read is an error that names it', async () => {
    await using dir = await tempDir();
    await expect(store.read(dir.path)).rejects.toMatchObject({ code: 'MSA_READ_FAILED', message: /EISDIR/ });
  });
});
