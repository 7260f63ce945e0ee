import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';

import { bundleOptions, external } from '../../../scripts/bundle-options.js';
import { tempDir } from '../../support/temp-dir.ts';
import { driveTerminal, root, type Step } from './terminal.ts';

// Inside the repository, so that the packages outside the bundle are found.
const program = join(root, '.build/test/ask-everything.mjs');

beforeAll(async () => {
  await build({
    ...bundleOptions,
    entryPoints: [fileURLToPath(new URL('./ask-everything.ts', import.meta.url))],
    outfile: program,
    external,
  });
});

async function ask(steps: readonly Step[], ...words: readonly string[]): Promise<ReturnType<typeof driveTerminal>> {
  await using dir = await tempDir();
  return driveTerminal({ argv: [process.execPath, program, 'ask', ...words], cwd: dir.path, steps });
}

const down = '\u001B[B';

describe('on a terminal', () => {
  test('questions are asked, answers are checked, defaults are offered', async () => {
    const { shown, exitCode } = await ask([
      { expect: 'Name?', send: 'UP\r' },
      { expect: 'must be small letters', send: '\u007F\u007Flamp\r' },
      { expect: 'Store?', send: `${down}\r` },
      { expect: 'Calls?', send: ` ${down} \r` },
      { expect: 'Sure?', send: 'y\r' },
    ]);
    expect(shown).toContain('{"name":"lamp","store":"redis","calls":["users","payments"],"sure":true}');
    expect(exitCode).toBe(0);
  });

  test('Enter takes the defaults', async () => {
    const { shown } = await ask([
      { expect: '(shop)', send: '\r' },
      { expect: 'Store?', send: '\r' },
      { expect: 'Calls?', send: '\r' },
      { expect: 'Sure?', send: '\r' },
    ]);
    expect(shown).toContain('{"name":"shop","store":"memory","calls":[],"sure":false}');
  });

  test('Ctrl-C ends with 130 and one sentence', async () => {
    const { shown, exitCode } = await ask([{ expect: 'Name?', send: '\u0003' }], '--no-color');
    expect(exitCode).toBe(130);
    expect(shown).toContain('error: interrupted (MSA_INTERRUPTED)');
    expect(shown).not.toContain('    at ');
  });

  test('the end of the input, Ctrl-D, ends the same way instead of with silence', async () => {
    const { shown, exitCode } = await ask([{ expect: 'Name?', send: '\u0004' }], '--no-color');
    expect(exitCode).toBe(130);
    expect(shown).toContain('MSA_INTERRUPTED');
  });

  test('a signal from outside ends an open question', async () => {
    const { shown, exitCode } = await ask([{ expect: 'Name?', send: '', signal: 'SIGTERM' }], '--no-color');
    expect(shown).toContain('Stopping');
    expect(exitCode).toBe(130);
  });

  test('the second Ctrl-C ends a command that does not stop for the first', async () => {
    await using dir = await tempDir();
    const { shown, exitCode } = driveTerminal({
      argv: [process.execPath, program, 'stubborn'],
      cwd: dir.path,
      steps: [
        { expect: 'begun', send: '\u0003' },
        { expect: 'press Ctrl-C again', send: '\u0003' },
      ],
    });
    expect(exitCode).toBe(130);
    expect(shown.match(/Stopping/g)).toHaveLength(1);
  });

  test('questions have no colours with --no-color, nor with NO_COLOR', async () => {
    await using dir = await tempDir();
    const argv = [process.execPath, program, 'ask'];
    const steps = [{ expect: 'Name?', send: '\u0003' }];
    // Cursor movements stay; colours are what ends in m.
    // oxlint-disable-next-line no-control-regex -- an escape sequence begins with one
    const color = /\u001B\[\d+m/;
    expect(driveTerminal({ argv, cwd: dir.path, steps }).shown).toMatch(color);
    expect(driveTerminal({ argv, cwd: dir.path, steps, env: { NO_COLOR: '1' } }).shown).not.toMatch(color);
    expect(driveTerminal({ argv: [...argv, '--no-color'], cwd: dir.path, steps }).shown).not.toMatch(color);
  });

  test('a result that is piped away holds no question', async () => {
    await using dir = await tempDir();
    const argv = ['bash', '-c', '"$0" "$1" ask > result.txt', process.execPath, program];
    const { shown } = driveTerminal({
      argv,
      cwd: dir.path,
      steps: [
        { expect: 'Name?', send: '\r' },
        { expect: 'Store?', send: '\r' },
        { expect: 'Calls?', send: '\r' },
        { expect: 'Sure?', send: '\r' },
      ],
    });
    expect(shown).toContain('asked');
    expect(await readFile(join(dir.path, 'result.txt'), 'utf8')).toBe(
      '{"name":"shop","store":"memory","calls":[],"sure":false}\n',
    );
  });

  test('--yes asks nothing', async () => {
    const { shown, exitCode } = await ask([], '--yes', '--no-color');
    expect(exitCode).toBe(2);
    expect(shown).toContain('"Store?" has no answer: there is no default for --yes to take (MSA_ANSWER_MISSING)');
  });
});

test('off a terminal nothing is asked and nothing waits, also when the input is open', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'ask'], {
    encoding: 'utf8',
    input: 'shop\n',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('hint: add --store <store>');
});
