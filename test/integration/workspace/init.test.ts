import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { runMsa } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { snapshot, testWorkspace } from '../../support/workspace.ts';

describe('msa init', () => {
  test('makes an empty workspace that is valid', async () => {
    await using workspace = await testWorkspace();
    expect(Object.keys(await workspace.snapshot()).filter((path) => !path.startsWith('.msa/base/'))).toEqual([
      '.gitignore',
      '.msa/.gitignore',
      '.msa/msa.schema.json',
      'README.md',
      'msa.yaml',
      'package.json',
    ]);
    expect((await workspace.done('validate', '--json')).json()).toMatchObject({
      workspace: { name: 'shop', services: [] },
    });
  });

  test('brings the shop, whose services call each other through typed clients', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    const { workspace: shop } = (await workspace.done('validate', '--json')).json() as {
      workspace: { services: { name: string; calls: string[]; store: string }[] };
    };
    expect(shop.services.map(({ name, calls, store }) => [name, calls, store])).toEqual([
      ['users', [], 'redis'],
      ['payments', [], 'redis'],
      ['orders', ['users', 'payments'], 'redis'],
    ]);
    const rules = await workspace.read('services/orders/src/rules.ts');
    expect(rules).toContain("from './clients/users.ts'");
    expect(await workspace.read('services/orders/src/clients/payments.ts')).toContain('createPayment');
  });

  test('the schema that msa.yaml names lies beside it', async () => {
    await using workspace = await testWorkspace();
    const [, path = ''] = /^# yaml-language-server: \$schema=(.+)$/m.exec(await workspace.read('msa.yaml')) ?? [];
    expect(JSON.parse(await workspace.read(path))).toMatchObject({ type: 'object' });
  });

  test('keeps what the directory has, and says so', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'README.md'), 'mine');
    await mkdir(join(dir.path, 'src'));
    const run = await runMsa(dir.path, 'init', '--name', 'mine');
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('README.md is there already') });
    expect((await snapshot(dir.path))['README.md']).toBe('mine');
  });

  test('--dry-run lists every file and writes none', async () => {
    await using dir = await tempDir();
    const run = await runMsa(dir.path, 'init', 'shop', '--example', 'shop', '--dry-run');
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^create {3}msa\.yaml$/m) });
    expect(run.stdout).toMatch(/^create {3}services\/orders\/src\/resources\/order\.ts$/m);
    expect(await snapshot(dir.path)).toEqual({});
  });

  test.each([
    { name: 'a name that is no DNS label', argv: ['shop', '--name', 'My Shop'], code: 'MSA_USAGE' },
    { name: 'an example that does not exist', argv: ['shop', '--example', 'shpo'], code: 'MSA_USAGE' },
    { name: 'a directory no name can be made of', argv: ['1234'], code: 'MSA_ANSWER_MISSING' },
    { name: 'a file where the directory should be', argv: ['file', '--name', 'shop'], code: 'MSA_USAGE' },
  ])('refuses $name and writes nothing', async ({ argv, code }) => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'file'), '');
    const run = await runMsa(dir.path, 'init', ...argv, '--json');
    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ error: { code } });
    expect(Object.keys(await snapshot(dir.path))).toEqual(['file']);
  });

  test('refuses a directory that is a workspace, or has files of a service in the way', async () => {
    await using workspace = await testWorkspace();
    expect((await workspace.run('init', '--json')).json()).toMatchObject({ error: { code: 'MSA_WORKSPACE_EXISTS' } });
    await using dir = await tempDir();
    await mkdir(join(dir.path, 'services/orders'), { recursive: true });
    await writeFile(join(dir.path, 'services/orders/Dockerfile'), 'FROM mine');
    const run = await runMsa(dir.path, 'init', '--name', 'shop', '--example', 'shop');
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/services\/orders\/Dockerfile.*not made by msa/),
    });
    expect(await snapshot(dir.path)).toEqual({ 'services/orders/Dockerfile': 'FROM mine' });
  });

  test('what was killed is taken back by whatever command comes next', async () => {
    await using dir = await tempDir();
    await expect(runMsa(dir.path, 'init', 'shop')).resolves.toMatchObject({ exitCode: 0 });
    const root = join(dir.path, 'shop');
    const complete = await snapshot(root);
    const killInit = async (): Promise<void> => {
      await rm(join(root, 'msa.yaml'), { force: true });
      const journal = join(root, '.msa/run/change');
      await mkdir(journal, { recursive: true });
      await writeFile(join(journal, 'owner'), '999999999');
      await writeFile(join(journal, 'new-0'), complete['README.md'] ?? '');
      await writeFile(
        join(journal, 'steps'),
        `${JSON.stringify({ did: 'create', path: 'README.md', aside: 'new-0' })}\n`,
      );
    };
    await killInit();
    await expect(runMsa(dir.path, 'init', 'shop')).resolves.toMatchObject({ exitCode: 0 });
    expect(await snapshot(root)).toEqual(complete);
    await killInit();
    await expect(runMsa(root, 'validate')).resolves.toMatchObject({ stderr: expect.stringContaining('msa init') });
    expect(Object.keys(await snapshot(root))).toEqual(
      Object.keys(complete).filter((path) => !['README.md', 'msa.yaml'].includes(path)),
    );
  });

  test('a file system that takes no files leaves nothing half-written', async () => {
    const run = await runMsa('/', 'init', '/proc/shop', '--name', 'shop');
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('MSA_WRITE_FAILED') });
  });
});
