import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { workspaceIn } from '../../../src/app/open-workspace.ts';
import { createFileStore } from '../../../src/io/file-store/file-store.ts';
import { testWorkspace } from '../../support/workspace.ts';

const keysFile = 'gateway:\n  auth: { keysFile: gateway/keys.yaml }\n';

async function workspaceWithKeys(): Promise<Awaited<ReturnType<typeof testWorkspace>>> {
  const workspace = await testWorkspace();
  await workspace.write('msa.yaml', `name: shop\n${keysFile}`);
  return workspace;
}

test('a key is shown once; its hash is what stays', async () => {
  await using workspace = await workspaceWithKeys();
  const { stdout } = await workspace.done('keys', 'add', 'cron', '--role', 'clerk', '--scope', 'orders:read');
  const key = /^msa_[\w-]{43}$/m.exec(stdout)?.[0] ?? '';
  const file = await workspace.read('gateway/keys.yaml');
  expect(file).not.toContain(key);
  const sha256 = createHash('sha256').update(key).digest('hex');
  expect(file).toMatch(`cron:\n  sha256: ${sha256}\n  roles:\n    - clerk\n  scopes:\n    - orders:read\n`);
  const list = await workspace.done('keys', 'list', '--json');
  expect(list.json()).toEqual({ keys: [{ name: 'cron', roles: ['clerk'], scopes: ['orders:read'] }] });
  expect(list.stdout).not.toContain(sha256);
});

test('keys come and go, and what people wrote beside them stays', async () => {
  await using workspace = await workspaceWithKeys();
  await workspace.done('keys', 'add', 'cron');
  await workspace.edit('gateway/keys.yaml', (text) => `${text}# of the team in Graz\n`);
  const added = (await workspace.done('keys', 'add', 'web', '--json')).json();
  expect(added).toMatchObject({ name: 'web', written: true });
  expect(added['key']).toMatch(/^msa_/);
  await workspace.done('keys', 'remove', 'cron');
  const file = await workspace.read('gateway/keys.yaml');
  expect(file).toMatch(/^# Who holds/);
  expect(file).toContain('# of the team in Graz');
  expect(file).not.toContain('cron');
  await workspace.done('keys', 'remove', 'web');
  expect((await workspace.done('keys', 'list')).stdout).toContain('Nobody has an API key.');
  await workspace.done('keys', 'add', 'cron');
});

test('who looks at a running system sees the keys too, or that they cannot be read', async () => {
  await using workspace = await workspaceWithKeys();
  await workspace.done('keys', 'add', 'cron');
  const files = createFileStore();
  expect((await workspaceIn(files, workspace.root))?.gateway.policy?.auth?.keys).toHaveLength(1);
  await workspace.write('gateway/keys.yaml', 'cron: {}\n');
  expect(await workspaceIn(files, workspace.root)).toBeUndefined();
});

test('with --dry-run there is no key', async () => {
  await using workspace = await workspaceWithKeys();
  const { stdout } = await workspace.done('keys', 'add', 'cron', '--dry-run');
  expect(stdout).not.toContain('msa_');
  expect((await workspace.done('keys', 'list')).stdout).toContain('Nobody');
});

test.each([
  [['keys', 'add', 'a b'], 'the name "a b" must consist of'],
  [['keys', 'add', 'cron'], 'cron has a key already'],
  [['keys', 'add', 'web', '--scope', 'a b'], 'would not be valid any more'],
  [['keys', 'remove', 'web'], 'nobody called "web" has a key'],
])('%j is refused', async (argv, message) => {
  await using workspace = await workspaceWithKeys();
  await workspace.done('keys', 'add', 'cron');
  const { exitCode, stderr } = await workspace.run(...argv);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test('keys need a file that msa.yaml names, and one that can be read', async () => {
  await using workspace = await testWorkspace();
  expect((await workspace.run('keys', 'add', 'cron')).stderr).toContain('msa.yaml does not say where API keys are');
  await workspace.write('msa.yaml', `name: shop\n${keysFile}`);
  await workspace.write('gateway/keys.yaml', 'cron: { sha256: secret }\n');
  const { exitCode, stderr } = await workspace.run('validate');
  expect(stderr).toContain('gateway/keys.yaml:1:17 `sha256` must be the SHA-256 of a key');
  expect(exitCode).toBe(2);
});
