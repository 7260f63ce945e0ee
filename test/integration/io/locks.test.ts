import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';
import { expect, test } from 'vitest';

import { createLocks } from '../../../src/io/locks/locks.ts';
import { identityOf } from '../../../src/io/locks/process-identity.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A process that lives until the scope ends or it is killed. */
function idleProcess(): ChildProcess & Disposable {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  return Object.assign(child, { [Symbol.dispose]: () => void child.kill('SIGKILL') });
}

function numberOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('it did not start');
  return pid;
}

async function ended(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.once('close', resolve));
}

test('a lock is held while the work lasts, and then by nobody', async () => {
  await using dir = await tempDir();
  const locks = createLocks(join(dir.path, 'locks'));
  const result = await locks.hold('shop', async () => {
    await expect(locks.hold('shop', async () => 'never')).rejects.toMatchObject({
      code: 'MSA_BUSY',
      data: { pid: process.pid },
    });
    await expect(locks.hold('other', async () => 'beside')).resolves.toBe('beside');
    return 'done';
  });
  expect(result).toBe('done');
  expect(await readdir(join(dir.path, 'locks'))).toEqual([]);
});

test('work that fails gives its lock back', async () => {
  await using dir = await tempDir();
  const locks = createLocks(dir.path);
  await expect(locks.hold('shop', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(dir.path)).toEqual([]);
});

test('the holder is named as long as it lives, and holds nothing when it was killed', async () => {
  await using dir = await tempDir();
  using holder = idleProcess();
  const pid = numberOf(holder);
  await symlink(identityOf(pid) ?? '', join(dir.path, 'shop.lock'));
  const locks = createLocks(dir.path);
  await expect(locks.hold('shop', async () => 'never')).rejects.toMatchObject({
    message: `another call of msa (process ${pid}) is changing this system`,
  });
  holder.kill('SIGKILL');
  await ended(holder);
  await expect(locks.hold('shop', async () => 'mine')).resolves.toBe('mine');
  expect(await readdir(dir.path)).toEqual([]);
});

test('a process that was given the number of a dead holder holds nothing', async () => {
  await using dir = await tempDir();
  using other = idleProcess();
  await symlink(`${numberOf(other)}@earlier`, join(dir.path, 'shop.lock'));
  await expect(createLocks(dir.path).hold('shop', async () => 'mine')).resolves.toBe('mine');
});

test('what a killed takeover left does not stand in the way', async () => {
  await using dir = await tempDir();
  await symlink('999999999@then', join(dir.path, 'shop.lock'));
  await symlink('999999998@then', join(dir.path, 'shop.lock.after-999999999'));
  await expect(createLocks(dir.path).hold('shop', async () => 'mine')).resolves.toBe('mine');
  expect(await readdir(dir.path)).toEqual([]);
});

test('where no lock can be made, work goes on', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'file'), '');
  await expect(createLocks(join(dir.path, 'file')).hold('shop', async () => 'done')).resolves.toBe('done');
});

const contender = `
import { createLocks } from './locks.ts';
const [directory] = process.argv.slice(2);
process.stdin.once('data', () => {
  createLocks(directory)
    .hold('shop', () => new Promise(() => process.stdout.write('held ')))
    .catch((error) => process.stdout.write(error.code + ' '));
});
process.stdout.write('ready ');
`;

test('of many processes that find a holder dead, one takes its place', async () => {
  await using dir = await tempDir();
  const outfile = join(dir.path, 'contender.mjs');
  const resolveDir = join(import.meta.dirname, '../../../src/io/locks');
  const bundle = { bundle: true, platform: 'node', format: 'esm' } as const;
  await build({ ...bundle, stdin: { contents: contender, resolveDir, loader: 'ts' }, outfile, logLevel: 'error' });
  await symlink('999999999@then', join(dir.path, 'shop.lock'));
  const contenders = Array.from({ length: 8 }, () => {
    const child = spawn(process.execPath, [outfile, dir.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8');
    const said = (word: RegExp) =>
      new Promise<void>((resolve) => {
        child.stdout.on('data', () => word.test(text) && resolve());
      });
    child.stdout.on('data', (chunk: string) => (text += chunk));
    return { child, ready: said(/ready/), decided: said(/held|MSA_BUSY/), text: () => text };
  });
  try {
    await Promise.all(contenders.map(({ ready }) => ready));
    for (const { child } of contenders) child.stdin.write('go\n');
    await Promise.all(contenders.map(({ decided }) => decided));
    expect(contenders.filter(({ text }) => text().includes('held'))).toHaveLength(1);
  } finally {
    for (const { child } of contenders) child.kill('SIGKILL');
  }
});
