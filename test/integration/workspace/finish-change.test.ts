import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Prompter } from '../../../src/ports/prompter.ts';
import { runMsa, runMsaWith } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testWorkspace, withoutReceipts } from '../../support/workspace.ts';

function refuse(): never {
  throw new Error('nobody should have been asked that');
}

/** Somebody at the terminal who answers yes or no; what was asked is kept. */
function somebody(answer: boolean) {
  const asked: { message: string; default: boolean }[] = [];
  const prompter: Prompter = {
    text: refuse,
    choose: refuse,
    chooseMany: refuse,
    confirm: async (question) => {
      asked.push(question);
      return answer;
    },
  };
  return { asked, deps: { prompter, interactive: true } };
}

describe('a change of the workspace', () => {
  test('is made by every one of many commands at once', async () => {
    await using workspace = await testWorkspace();
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const runs = await Promise.all(names.map((name) => workspace.run('new', 'service', name)));
    expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(names.map(() => [0, '']));
    const { workspace: valid } = (await workspace.done('validate', '--json')).json() as {
      workspace: { services: { name: string }[] };
    };
    expect(valid.services.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test('is shown and asked about on a terminal, and not made after a no', async () => {
    await using workspace = await testWorkspace();
    const { asked, deps } = somebody(false);
    const run = await runMsaWith({ deps }, workspace.root, 'add', 'redis:8', '--name', 'cache');
    expect(run).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('update   msa.yaml  (adds cache)') });
    expect(asked).toMatchObject([{ message: 'Write these files?', default: true }]);
    expect(await workspace.read('msa.yaml')).not.toContain('cache');
  });

  test('that deletes is asked about with no as the answer of whoever only presses Enter', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('msa.yaml', withoutReceipts);
    const { asked, deps } = somebody(true);
    const run = await runMsaWith({ deps }, workspace.root, 'rm', 'service', 'users');
    expect(run.exitCode).toBe(0);
    expect(asked).toMatchObject([{ message: 'Delete all of this?', default: false }]);
    expect(existsSync(join(workspace.root, 'services/users'))).toBe(false);
  });

  test('is not made once Ctrl-C was pressed', async () => {
    await using workspace = await testWorkspace();
    const before = await workspace.snapshot();
    const signals = new EventEmitter();
    const running = runMsaWith({ signals }, workspace.root, 'new', 'service', 'orders');
    while (signals.listenerCount('SIGINT') === 0) await new Promise((resolve) => setImmediate(resolve));
    signals.emit('SIGINT');
    expect(await running).toMatchObject({ exitCode: 130, stdout: '' });
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('names directories as a shell must read them', async () => {
    await using dir = await tempDir();
    const odd = "it's $HOME";
    await mkdir(join(dir.path, odd));
    const run = await runMsa(dir.path, 'init', odd, '--name', 'shop');
    expect(run.stdout).toContain(String.raw`cd 'it'\''s $HOME'`);
  });

  test('goes where it is meant to, also where a name has a backslash', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, String.raw`a\b`));
    await runMsa(join(dir.path, String.raw`a\b`), 'init', '--name', 'shop');
    expect(existsSync(join(dir.path, String.raw`a\b`, 'msa.yaml'))).toBe(true);
    expect(existsSync(join(dir.path, 'a'))).toBe(false);
  });
});

test.each([
  { name: 'that is a file', path: 'msa.yaml', says: 'is no directory' },
  { name: 'that does not exist', path: 'nowhere', says: 'there is no directory' },
  { name: 'that is too long to exist', path: 'x'.repeat(100_000), says: 'ENAMETOOLONG' },
])('-C with something $name is a usage error', async ({ path, says }) => {
  await using workspace = await testWorkspace();
  const run = await workspace.run('-C', path, 'validate');
  expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) });
  expect(run.stderr.length).toBeLessThan(1000);
});
