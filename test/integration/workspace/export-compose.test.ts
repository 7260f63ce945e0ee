import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { runMsaWith } from '../../support/run-msa.ts';
import { snapshot, testWorkspace } from '../../support/workspace.ts';

/** A workspace with one service, and programs to export beside it. */
async function withPrograms() {
  const workspace = await testWorkspace();
  const { root } = workspace;
  const programs = join(root, '../programs');
  const deps = { programsDirectory: programs };
  await mkdir(programs);
  await writeFile(join(programs, 'gateway.js'), '// the gateway\n');
  await writeFile(join(programs, 'registry.js'), '// the registry\n');
  await mkdir(join(root, 'users'));
  await writeFile(join(root, 'users/Dockerfile'), 'FROM node:24-slim\nUSER node\n');
  await writeFile(join(root, 'msa.yaml'), 'name: shop\nservices:\n  users: { path: users }\n');
  return {
    ...workspace,
    programs,
    /** Runs `msa export compose` somewhere below the workspace. */
    exportIn: (directory: string, ...argv: readonly string[]) =>
      runMsaWith({ deps }, join(root, directory), 'export', 'compose', ...argv),
    exported: (...argv: readonly string[]) => runMsaWith({ deps }, root, 'export', 'compose', ...argv),
  };
}

const allFiles = [
  '.env',
  '.gitignore',
  '.msa-export.json',
  'compose.yaml',
  'platform/Dockerfile',
  'platform/check-gateway.js',
  'platform/gateway.js',
  'platform/registry.js',
];

describe('msa export compose', () => {
  test('writes a folder with the Compose file, our programs, and a secret for its owner alone', async () => {
    await using workspace = await withPrograms();
    const run = await workspace.exported();
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('cd compose\ndocker compose up -d --wait --build');
    expect(Object.keys(await snapshot(join(workspace.root, 'compose')))).toEqual(allFiles);
    expect(await workspace.read('compose/platform/gateway.js')).toBe('// the gateway\n');
    expect(await workspace.read('compose/.env')).toMatch(/^REGISTRY_TOKEN=[0-9a-f]{48}\n$/);
    expect((await stat(join(workspace.root, 'compose/.env'))).mode & 0o777).toBe(0o600);
    expect(await workspace.read('compose/.gitignore')).toMatch(/^\.env$/m);
    expect(parse(await workspace.read('compose/compose.yaml')).services.users.build).toBe('../users');
  });

  test('again with nothing changed it writes nothing, and the secret stays', async () => {
    await using workspace = await withPrograms();
    await workspace.exported();
    const before = await workspace.snapshot();
    const run = await workspace.exported('--json');
    expect(run.json()).toMatchObject({ written: false, changes: [] });
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('follows msa.yaml and the programs where nobody has edited its files', async () => {
    await using workspace = await withPrograms();
    await workspace.exported();
    const secret = await workspace.read('compose/.env');
    await workspace.edit('msa.yaml', (text) => text.replace('path: users', 'path: users, replicas: 3'));
    await writeFile(join(workspace.programs, 'gateway.js'), '// a later gateway\n');
    expect((await workspace.exported()).exitCode).toBe(0);
    expect(await workspace.read('compose/compose.yaml')).toContain('replicas: 3');
    expect(await workspace.read('compose/platform/gateway.js')).toBe('// a later gateway\n');
    expect(await workspace.read('compose/.env')).toBe(secret);
  });

  test('never replaces an edited file unless told, and says which', async () => {
    await using workspace = await withPrograms();
    await workspace.exported();
    await workspace.edit('compose/compose.yaml', (text) => `${text}# mine\n`);
    const kept = await workspace.exported('--json');
    expect(kept.json()).toMatchObject({ written: false, changes: [{ action: 'keep', path: 'compose/compose.yaml' }] });
    await workspace.edit('msa.yaml', (text) => text.replace('path: users', 'path: users, replicas: 3'));
    const before = await workspace.snapshot();
    const refused = await workspace.exported();
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('MSA_FILES_EXIST');
    expect(refused.stderr).toContain('compose/compose.yaml  (edited by you)');
    expect(await workspace.snapshot()).toEqual(before);
    expect((await workspace.exported('--force')).exitCode).toBe(0);
    expect(await workspace.read('compose/compose.yaml')).not.toContain('# mine');
  });

  test("never replaces somebody else's file unless told", async () => {
    await using workspace = await withPrograms();
    await workspace.write('deploy/compose.yaml', 'services: {}\n');
    const refused = await workspace.exported('--output', 'deploy');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('deploy/compose.yaml  (not made by msa)');
    expect(Object.keys(await snapshot(join(workspace.root, 'deploy')))).toEqual(['compose.yaml']);
    expect((await workspace.exported('--output', 'deploy', '--force')).exitCode).toBe(0);
  });

  test('shows with --dry-run what it would write, and writes nothing', async () => {
    await using workspace = await withPrograms();
    const before = await workspace.snapshot();
    const run = await workspace.exported('--dry-run');
    expect(run.stdout).toMatch(/^create {3}compose\/compose\.yaml$/m);
    expect(run.stdout).toContain('Nothing was written.');
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('takes the name of a file, and puts the rest beside it', async () => {
    await using workspace = await withPrograms();
    const run = await workspace.exportIn('users', '--output', '../deploy/prod.yml');
    const start = 'docker compose -f prod.yml up -d --wait --build';
    expect(run.stdout).toContain(`cd ../deploy\n${start}`);
    expect(await workspace.read('deploy/prod.yml')).toContain(`# ${start} `);
    expect(Object.keys(await snapshot(join(workspace.root, 'deploy')))).toEqual([
      ...allFiles.slice(0, 3),
      ...allFiles.slice(4),
      'prod.yml',
    ]);
  });

  test('says how to get to it as a shell takes it', async () => {
    await using workspace = await withPrograms();
    expect((await workspace.exported('--output', 'my dir')).stdout).toContain("cd 'my dir'\n");
  });

  test('writes outside of the workspace, through links too, and still knows its own files', async () => {
    await using workspace = await withPrograms();
    await mkdir(join(workspace.root, '../far/away'), { recursive: true });
    await symlink('../far/away', join(workspace.root, 'link'));
    for (const output of ['../far/away', 'link']) {
      expect(await workspace.exported('--output', output)).toMatchObject({ exitCode: 0, stderr: '' });
      const text = await readFile(join(workspace.root, '../far/away/compose.yaml'), 'utf8');
      expect(parse(text).services.users.build).toBe('../../shop/users');
    }
    expect(Object.keys(await snapshot(join(workspace.root, '../far/away')))).toEqual(allFiles);
  });

  test('writes beside msa.yaml, and takes a service whose folder that is', async () => {
    await using workspace = await withPrograms();
    await workspace.write('msa.yaml', 'name: shop\nservices:\n  users: { path: . }\n');
    await workspace.write('Dockerfile', 'FROM node:24-slim\n');
    expect((await workspace.exported('--output', '.')).stdout).toContain('shop runs without msa from here');
    expect(parse(await workspace.read('compose.yaml')).services.users.build).toBe('.');
  });

  test('leaves the secrets and the .gitignore that are there, and adds what is missing', async () => {
    await using workspace = await withPrograms();
    await workspace.write('compose/.env', 'GATEWAY_PORT=9000');
    await workspace.write('compose/.gitignore', 'node_modules\n');
    const run = await workspace.exported();
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('compose/.gitignore does not list .env, which holds secrets');
    expect(await workspace.read('compose/.env')).toMatch(/^GATEWAY_PORT=9000\nREGISTRY_TOKEN=[0-9a-f]{48}\n$/);
    expect(await workspace.read('compose/.gitignore')).toBe('node_modules\n');
    const [, token] = /REGISTRY_TOKEN=(.*)/.exec(await workspace.read('compose/.env')) ?? [];
    await workspace.edit('msa.yaml', (text) => text.replace('path: users', 'path: users, store: postgres'));
    await workspace.exported();
    expect(await workspace.read('compose/.env')).toMatch(
      new RegExp(`^GATEWAY_PORT=9000\nREGISTRY_TOKEN=${token}\nPOSTGRES_PASSWORD=[0-9a-f]{48}\n$`),
    );
  });

  test('prints the file it would write with --output -', async () => {
    await using workspace = await withPrograms();
    const before = await workspace.snapshot();
    const printed = await workspace.exported('--output', '-');
    expect(await workspace.snapshot()).toEqual(before);
    const asJson = await workspace.exported('--output', '-', '--json');
    await workspace.exported();
    const written = await workspace.read('compose/compose.yaml');
    expect(printed).toMatchObject({ exitCode: 0, stderr: '', stdout: written });
    expect(asJson.json()).toEqual({ compose: written });
  });

  test('tells what Compose does otherwise', async () => {
    await using workspace = await withPrograms();
    await workspace.write(
      'msa.yaml',
      'name: shop\ngateway: { port: auto }\nservices:\n  users: { path: users, envFile: a.env }\n  other: { image: x, envFile: b.env }\n',
    );
    await workspace.write('a.env', 'PRICE=5$\n');
    const { stderr, exitCode } = await workspace.exported();
    expect(exitCode).toBe(0);
    expect(stderr.trim().split('\n')).toEqual([
      'a.env has a $: Compose puts a variable in its place, except between single quotes',
      'b.env is missing: Compose will not start other without it',
      'the gateway is published on 8080; GATEWAY_PORT moves it',
    ]);
  });

  test('refuses a service that Compose could not build', async () => {
    await using workspace = await withPrograms();
    await rm(join(workspace.root, 'users/Dockerfile'));
    const run = await workspace.exported();
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('MSA_SERVICE_UNRUNNABLE');
    expect(run.stderr).toContain('there is no users/Dockerfile');
  });

  test('refuses a file where a folder must be', async () => {
    await using workspace = await withPrograms();
    await workspace.write('taken', '');
    const run = await workspace.exported('--output', 'taken');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('taken is a file, not a folder');
  });
});
