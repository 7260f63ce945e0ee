import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { runMsaWith } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testWorkspace, type TestWorkspace } from '../../support/workspace.ts';

const shipped = join(import.meta.dirname, '../../../templates');

/** The shipped templates, changed as a later version of msa might have changed them. */
async function laterTemplates(changes: Readonly<Record<string, (text: string) => string>>) {
  const dir = await tempDir();
  const templates = join(dir.path, 'templates');
  await cp(shipped, templates, { recursive: true });
  await cp(join(shipped, '../schema'), join(dir.path, 'schema'), { recursive: true });
  for (const [path, change] of Object.entries(changes)) {
    const { readFile } = await import('node:fs/promises');
    const before = await readFile(join(templates, path), 'utf8').catch(() => '');
    const after = change(before);
    if (after === '') await rm(join(templates, path));
    else await writeFile(join(templates, path), after);
  }
  return {
    upgrade: (workspace: TestWorkspace, ...argv: readonly string[]) =>
      runMsaWith({ deps: { templatesDirectory: templates } }, workspace.root, 'upgrade', ...argv),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

const dockerfile = 'rest/base/Dockerfile';
const replaceIn = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the template no longer has ${from}`);
  return text.replace(from, to);
};

describe('msa upgrade', () => {
  test('with the templates a workspace was made from there is nothing to do', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    const before = await workspace.snapshot();
    expect((await workspace.done('upgrade')).stdout).toContain('Everything generated is current.');
    expect((await workspace.done('upgrade', '--dry-run')).stdout).toBe('There is nothing to change.\n');
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('replaces what the user left alone, merges what both changed, keeps what only the user changed', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders', '--states', 'created>paid');
    await workspace.edit('services/orders/Dockerfile', (text) => text.replace('EXPOSE 3000', 'EXPOSE 3000 9229'));
    await workspace.edit('services/orders/src/rules.ts', (text) => `${text}// mine\n`);
    await rm(join(workspace.root, 'services/orders/README.md'));
    await using later = await laterTemplates({
      [dockerfile]: replaceIn('FROM node:24-slim AS build', 'FROM node:26-slim AS build'),
      'rest/base/__dot__dockerignore': (text) => `${text}*.log\n`,
      'rest/base/README.md.hbs': (text) => `${text}\nMore.\n`,
      'rest/base/src/added.ts': () => 'export const added = true;\n',
      'rest/base/src/trace.ts': () => '',
    });
    const run = await later.upgrade(workspace);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const merged = await workspace.read('services/orders/Dockerfile');
    expect(merged).toContain('FROM node:26-slim AS build');
    expect(merged).toContain('EXPOSE 3000 9229');
    expect(await workspace.read('services/orders/.dockerignore')).toMatch(/\*\.log\n$/);
    expect(await workspace.read('services/orders/src/added.ts')).toBe('export const added = true;\n');
    expect(await workspace.read('services/orders/src/rules.ts')).toMatch(/\/\/ mine\n$/);
    const files = await workspace.snapshot();
    expect(files).not.toHaveProperty(['services/orders/README.md']);
    expect(files).not.toHaveProperty(['services/orders/src/trace.ts']);
    expect((await later.upgrade(workspace)).stdout).toContain('Everything generated is current.');
  });

  test('marks lines that both changed, writes everything else, and ends with 1', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders');
    await workspace.edit('services/orders/Dockerfile', (text) => text.replaceAll('node:24-slim', 'node:22-slim'));
    await using later = await laterTemplates({
      [dockerfile]: (text) => text.replaceAll('node:24-slim', 'node:26-slim'),
      'rest/base/__dot__dockerignore': (text) => `${text}*.log\n`,
    });
    const run = await later.upgrade(workspace, '--json');
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      written: true,
      error: { code: 'MSA_MERGE_CONFLICTS', data: { conflicts: ['services/orders/Dockerfile'] } },
    });
    const text = await workspace.read('services/orders/Dockerfile');
    expect(text).toContain(
      '<<<<<<< yours\nFROM node:22-slim AS build\n||||||| generated before\nFROM node:24-slim AS build\n=======\nFROM node:26-slim AS build\n>>>>>>> generated now\n',
    );
    expect(await workspace.read('services/orders/.dockerignore')).toMatch(/\*\.log\n$/);
  });

  test('--dry-run says what would happen to each file and writes nothing', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders');
    await workspace.edit('services/orders/src/rules.ts', (text) => `${text}// mine\n`);
    const before = await workspace.snapshot();
    await using later = await laterTemplates({ [dockerfile]: (text) => text.replaceAll('24', '26') });
    const run = await later.upgrade(workspace, '--dry-run');
    expect(run.stdout).toContain('update   services/orders/Dockerfile  (generated anew)');
    expect(run.stdout).toContain('keep     services/orders/src/rules.ts  (edited by you)');
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('never puts markers into a lock file', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders');
    await workspace.edit('services/orders/package-lock.json', (text) =>
      text.replace('"lockfileVersion": 3', '"lockfileVersion": 2'),
    );
    await using later = await laterTemplates({
      'rest/store-memory/package-lock.json.hbs': (text) => text.replace('"lockfileVersion": 3', '"lockfileVersion": 4'),
    });
    const run = await later.upgrade(workspace, '--dry-run');
    expect(run.stdout).toContain('package-lock.json  (taken from the template: run npm install)');
  });

  test('clients follow the contract of their callee', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('services/users/openapi.json', (text) => text.replaceAll('listUsers', 'searchUsers'));
    await workspace.done('upgrade');
    expect(await workspace.read('services/orders/src/clients/users.ts')).toContain('async searchUsers(');
  });

  test('line endings stay the users', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders');
    await workspace.edit('services/orders/Dockerfile', (text) =>
      text.replaceAll('\n', '\r\n').replace('EXPOSE 3000', 'EXPOSE 3001'),
    );
    await using later = await laterTemplates({
      [dockerfile]: replaceIn('FROM node:24-slim AS build', 'FROM node:26-slim AS build'),
    });
    await later.upgrade(workspace);
    const text = await workspace.read('services/orders/Dockerfile');
    expect(text).toContain('FROM node:26-slim AS build\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test.each([
    { record: 'of another form', damage: () => '{"format": 1, "calls": "x"}' },
    {
      record: 'with values no service can have',
      damage: (text: string) => text.replace(/"store": "\w+"/, '"store": "toString"'),
    },
    { record: 'that is empty', damage: () => '' },
  ])('a damaged record $record stops nothing but its own service', async ({ damage }) => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('.msa/base/users/answers.json', damage);
    await using later = await laterTemplates({ [dockerfile]: (text) => text.replaceAll('24', '26') });
    const run = await later.upgrade(workspace);
    expect(run.stderr).toContain('users is not upgraded, because its record .msa/base/users/answers.json is damaged: ');
    expect(await workspace.read('services/users/Dockerfile')).toContain('node:24');
    expect(await workspace.read('services/orders/Dockerfile')).toContain('node:26');
  });

  test('a record without its service is named, and follows a service that was renamed by hand', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await workspace.edit('msa.yaml', (text) => text.replace('  users:', '  people:'));
    const run = await workspace.done('upgrade');
    expect(run.stderr).toContain('.msa/base/users is the record of no service');
    await rename(join(workspace.root, '.msa/base/users'), join(workspace.root, '.msa/base/people'));
    expect((await workspace.done('upgrade', '--dry-run')).stdout).toContain('services/users/package.json');
  });
});
