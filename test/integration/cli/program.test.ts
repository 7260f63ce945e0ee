import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { tempDir } from '../../support/temp-dir.ts';
import { tinyWorkspace } from '../../support/tiny-workspace.ts';
import { bin, driveTerminal, root, spawnMsa } from './terminal.ts';

function neededForHelp(path: string): boolean {
  return !/dist.chunks.(?!chunk-)/.test(path);
}

describe('bin/msa.js', () => {
  test('prints results on stdout and ends with the exit code', () => {
    expect(spawnMsa(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
    expect(spawnMsa(['completion', 'bahs'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining("error: <shell> cannot be 'bahs'; did you mean bash?"),
    });
  });

  test('works through a link, as npm installs it', async () => {
    await using dir = await tempDir();
    await symlink(bin, join(dir.path, 'msa'));
    const { status, stdout } = spawnSync(join(dir.path, 'msa'), ['--help'], { encoding: 'utf8' });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: msa') });
  });

  test('ends quietly when its reader goes first', () => {
    const line = 'set -o pipefail; "$0" "$1" --help | true';
    const { stdout, stderr, status } = spawnSync('bash', ['-c', line, process.execPath, bin], { encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  test('ends with a terminal that is closed over a question, and aborts with no core dump', async () => {
    await using dir = await tempDir();
    const steps = [{ expect: 'Name of the workspace', send: '' }];
    const { exitCode } = driveTerminal({ argv: [process.execPath, bin, 'init'], cwd: dir.path, steps, hangUp: true });
    const sigkill = -9;
    expect(exitCode).toBe(sigkill);
  });

  test('says that its directory is gone, where that matters', () => {
    const line = 'cd "$(mktemp -d)" && rmdir "$PWD" && "$0" "$1" "${@:2}"';
    const runGone = (...argv: string[]) =>
      spawnSync('bash', ['-c', line, process.execPath, bin, ...argv], { encoding: 'utf8' });
    expect(runGone('--version')).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout } = runGone('validate', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'MSA_READ_FAILED', message: 'the current directory does not exist any more' },
    });
  });

  test.runIf(existsSync('/dev/full'))('does its work also when none of its output can be written', async () => {
    await using workspace = await tinyWorkspace({ api: {} });
    const line = '"$0" "$1" up --engine process > /dev/full 2>&1';
    const up = spawnSync('sh', ['-c', line, process.execPath, bin], { cwd: workspace.root, encoding: 'utf8' });
    expect(up.status).toBe(1);
    expect((await workspace.done('wait')).stdout).toContain('Healthy: api (1)');
  });

  test.runIf(existsSync('/dev/full'))('says that its output could not be written', () => {
    const line = '"$0" "$1" --help > /dev/full';
    const { status, stderr } = spawnSync('bash', ['-c', line, process.execPath, bin], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('the output could not be written: ENOSPC');
  });

  test('says which command builds it when it is not built', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, 'bin'));
    await cp(bin, join(dir.path, 'bin/msa.js'));
    await cp(join(root, 'package.json'), join(dir.path, 'package.json'));
    const { status, stderr } = spawnSync(process.execPath, [join(dir.path, 'bin/msa.js')], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('npm run build');
  });

  test('refuses a Node that is too old before it loads anything', () => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, bin, '--version'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(3);
    expect(stderr).toContain('msa needs Node 20.19 or newer, and this is Node 18.20.4.');
  });

  test('shows help without the code of any command, prompts or colours', async () => {
    await using dir = await tempDir();
    for (const part of ['bin', 'dist', 'package.json']) {
      await cp(join(root, part), join(dir.path, part), { recursive: true, filter: neededForHelp });
    }
    const { status, stderr } = spawnSync(process.execPath, [join(dir.path, 'bin/msa.js'), '--help'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('scripts/build.js', () => {
  test('lists the licence of every package in the bundle', async () => {
    const text = await readFile(join(root, 'dist/third-party-licenses.txt'), 'utf8');
    for (const name of ['chalk', 'commander', 'yaml'])
      expect(text).toMatch(new RegExp(`^${name} \\d.*\\((MIT|ISC)\\)$`, 'm'));
  });

  test('may run while msa runs', async () => {
    const builds = [1, 2, 3].map(
      () => new Promise((resolve) => spawn(process.execPath, [join(root, 'scripts/build.js')]).once('exit', resolve)),
    );
    const over = Promise.all(builds);
    const codes: unknown[] = [];
    do codes.push(spawnMsa(['completion', 'bash']).exitCode);
    while ((await Promise.race([over, setImmediate('tick')])) === 'tick');
    expect(await over).toEqual([0, 0, 0]);
    expect(new Set(codes)).toEqual(new Set([0]));
  });
});
