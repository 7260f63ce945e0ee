import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  findRuntimeFiles,
  makeRuntimeDirectory,
  runtimeDirectories,
  trustedDirectories,
} from '../../../../src/engines/process/supervisor/runtime-directory.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const isRoot = userInfo().uid === 0;

describe('the directory of sockets', () => {
  test('is made for its user alone', async () => {
    await using dir = await tempDir();
    const wanted = join(dir.path, 'msa');
    expect(makeRuntimeDirectory([wanted])).toBe(wanted);
    expect((await stat(wanted)).mode & 0o777).toBe(0o700);
    expect(makeRuntimeDirectory([wanted])).toBe(wanted);
  });

  test.each([
    ['a link to a directory', (at: string, inside: string) => symlink(inside, at), 'it is a link'],
    ['a link that leads nowhere', (at: string) => symlink('/nowhere', at), 'it is a link'],
    ['a file', (at: string) => writeFile(at, ''), 'it is not a directory'],
    [
      'a directory that others may enter',
      (at: string) => mkdir(at).then(() => chmod(at, 0o755)),
      'others may enter it',
    ],
  ])('is not %s that somebody has put there', async (_what, put, reason) => {
    await using dir = await tempDir();
    const taken = join(dir.path, 'msa');
    await put(taken, dir.path);
    const failing = (): string => makeRuntimeDirectory([taken]);
    expect(failing).toThrow(
      expect.objectContaining({ code: 'MSA_ENGINE_UNAVAILABLE', details: [`${taken}: ${reason}`] }),
    );
    expect(trustedDirectories([taken])).toEqual([]);
    expect(makeRuntimeDirectory([taken, join(dir.path, 'other')])).toBe(join(dir.path, 'other'));
  });

  test.skipIf(!isRoot)("is not another user's", async () => {
    await using dir = await tempDir();
    const taken = join(dir.path, 'msa');
    await mkdir(taken, { mode: 0o700 });
    await chown(taken, 65_534, 65_534);
    expect(() => makeRuntimeDirectory([taken])).toThrow(
      expect.objectContaining({ details: [`${taken}: it belongs to another user (65534)`] }),
    );
  });

  test("of a session is the second choice, and none when it is not a path, too long, or another user's", async () => {
    await using dir = await tempDir();
    const fixed = `/tmp/msa-${userInfo().uid}`;
    expect(runtimeDirectories({})).toEqual([fixed]);
    expect(runtimeDirectories({ XDG_RUNTIME_DIR: dir.path })).toEqual([fixed, join(dir.path, 'msa')]);
    const long = join(dir.path, 'x'.repeat(60));
    await mkdir(long);
    for (const session of ['relative', long, '/nowhere', ...(isRoot ? [] : ['/'])])
      expect(runtimeDirectories({ XDG_RUNTIME_DIR: session })).toEqual([fixed]);
  });

  test('what lies in one that is not ours is not looked at', async () => {
    await using dir = await tempDir();
    const taken = join(dir.path, 'msa');
    await mkdir(taken);
    await chmod(taken, 0o755);
    await writeFile(join(taken, 'shop-123456.json'), '{}');
    expect(findRuntimeFiles([taken], 'shop-123456')).toBeUndefined();
    await chmod(taken, 0o700);
    expect(findRuntimeFiles([taken], 'shop-123456')?.stateFile).toBe(join(taken, 'shop-123456.json'));
    expect(existsSync(join(taken, 'shop-123456.json'))).toBe(true);
  });
});
