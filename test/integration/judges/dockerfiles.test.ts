import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { expect, test } from 'vitest';

import { platformDockerfile } from '../../../src/engines/docker/images/images.ts';
import { hadolint, shellcheck } from '../../support/judges.ts';
import { testWorkspace, type TestWorkspace } from '../../support/workspace.ts';

const stores = ['memory', 'redis', 'postgres'] as const;

/** The generated files of a workspace with one service for each store, and with the folder that Compose runs. */
async function generated(workspace: TestWorkspace, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  for (const store of stores) await workspace.done('new', 'service', `with-${store}`, '--store', store, '--yes');
  await workspace.done('export', 'compose');
  const paths = Object.keys(await workspace.snapshot()).filter((path) => !path.startsWith('.msa/'));
  return paths.filter((path) => isWanted(basename(path))).map((path) => join(workspace.root, path));
}

test('no rule of hadolint finds anything in a Dockerfile that msa writes', async () => {
  await using workspace = await testWorkspace('--example', 'shop');
  const files = await generated(workspace, (name) => name === 'Dockerfile');
  const own = join(workspace.root, 'Dockerfile');
  await writeFile(own, platformDockerfile);
  expect(files).toHaveLength(stores.length + ['users', 'payments', 'orders', 'platform'].length);
  expect(await hadolint([own, ...files])).toEqual([]);
});

test('no check of shellcheck finds anything in a script that msa writes', async () => {
  await using workspace = await testWorkspace('--example', 'shop');
  const providers = ['github', '--registry', 'ghcr.io/acme/shop', '--environments', 'production', '--delivery'];
  await workspace.done('new', 'workflow', ...providers, '--yes');
  const files = await generated(workspace, (name) => name.endsWith('.sh'));
  expect(files.map((file) => basename(file))).toContain('compose.sh');
  expect(await shellcheck(files)).toEqual([]);
});

test('what reaches the builder of a service is named one by one', async () => {
  await using workspace = await testWorkspace();
  await workspace.done('new', 'service', 'orders', '--yes');
  const text = await workspace.read('services/orders/.dockerignore');
  const [first, ...others] = text.split('\n').filter((line) => /^[^#]/.test(line));
  expect(first).toBe('*');
  expect(others.every((rule) => rule.startsWith('!'))).toBe(true);
});

test.each([
  ['tells new builders to take every warning for an error', /^# check=error=true\n/],
  ['runs as nobody of this machine, by number', /^USER (\d{4,}):\1$/m],
  ['can be asked how it is', /^HEALTHCHECK --interval/m],
  ['says what it was made from', /org\.opencontainers\.image\.revision/],
])('the image of a service %s', async (_what, pattern) => {
  await using workspace = await testWorkspace();
  await workspace.done('new', 'service', 'orders', '--yes');
  expect(await workspace.read('services/orders/Dockerfile')).toMatch(pattern);
});
