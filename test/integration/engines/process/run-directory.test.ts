import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { makeRunDirectory, runDirectoryOf } from '../../../../src/engines/process/run-directory.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const tidying = `
const { rmdirSync } = require('node:fs');
const pause = new Int32Array(new SharedArrayBuffer(4));
process.stdout.write('tidying');
for (;;) {
  try { rmdirSync(process.argv[1]) } catch {}
  // As commands do, and unlike an attack, it comes again and again but not all the time.
  Atomics.wait(pause, 0, 0, 0.1);
}
`;

test('a directory can be made while another command clears empty ones away', async () => {
  await using dir = await tempDir();
  const { logs } = runDirectoryOf(dir.path);
  const run = join(dir.path, '.msa', 'run');
  const tidier = spawn(process.execPath, ['-e', tidying, run], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(tidier.stdout, 'data');
    for (let round = 0; round < 2000; round += 1) {
      makeRunDirectory(dir.path, logs);
      expect(existsSync(logs)).toBe(true);
      // The other may be the one that removes it.
      rmSync(run, { recursive: true, force: true });
    }
  } finally {
    tidier.kill('SIGKILL');
  }
});

test('a workspace that has vanished is not made again', async () => {
  await using dir = await tempDir();
  const root = join(dir.path, 'gone');
  expect(() => makeRunDirectory(root, runDirectoryOf(root).logs)).toThrow(/cannot be made: ENOENT/);
  expect(existsSync(root)).toBe(false);
});
