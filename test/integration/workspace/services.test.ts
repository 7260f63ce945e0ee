import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';

import type { Prompter } from '../../../src/ports/prompter.ts';
import { runMsaWith } from '../../support/run-msa.ts';
import { testWorkspace, withoutReceipts } from '../../support/workspace.ts';

describe('msa new service', () => {
  test('adds the service, its record and its entry, and keeps the comments of msa.yaml', async () => {
    await using workspace = await testWorkspace();
    await workspace.edit('msa.yaml', (text) => `# our shop\n${text.replace('port: 8080', 'port: 9090')}# the end\n`);
    await workspace.done(
      'new',
      'service',
      'orders',
      '--fields',
      'item:string qty:int',
      '--states',
      'created>paid',
      '--replicas',
      '2',
    );
    const yaml = await workspace.read('msa.yaml');
    expect(yaml).toMatch(/^# our shop\n/);
    expect(yaml).toMatch(/port: 9090 # or auto/);
    expect(yaml).toContain(
      '  orders:\n    path: services/orders\n    replicas: 2\n    routes:\n      - path: /orders\n',
    );
    expect(await workspace.read('services/orders/src/resources/order.ts')).toContain("rel: 'pay'");
    expect(JSON.parse(await workspace.read('services/orders/openapi.json'))).toMatchObject({ openapi: '3.1.1' });
    expect(JSON.parse(await workspace.read('.msa/base/orders/answers.json'))).toMatchObject({ states: 'created>paid' });
  });

  test('whatever is typed at a question is checked there and then, with an example', async () => {
    await using workspace = await testWorkspace();
    const complaints = new Map<string, string | undefined>();
    const prompter: Prompter = {
      text: async ({ flag, check, default: preset = '' }) => {
        complaints.set(flag, check?.('Order Line!'));
        return preset;
      },
      choose: async ({ choices }) => choices[0]?.value as never,
      chooseMany: async () => [],
      confirm: async () => true,
    };
    await runMsaWith({ deps: { prompter } }, workspace.root, 'new', 'service', 'orders');
    expect([...complaints.keys()]).toEqual(['--resource <name>', '--fields <fields>', '--states <states>']);
    for (const [, complaint] of complaints) expect(complaint).toMatch(/Order.*for example \S/);
    expect(complaints.get('--resource <name>')).toContain('for example order-line');
  });

  test('finds the workspace from below, and -C from outside', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await workspace.done('-C', 'services/users/src', 'new', 'service', 'orders');
    expect(existsSync(join(workspace.root, 'services/orders/package.json'))).toBe(true);
  });

  test('gives a caller the typed client of a callee that has a contract', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await workspace.done('new', 'service', 'orders', '--calls', 'users');
    expect(await workspace.read('services/orders/src/clients/users.ts')).toContain('USERS_URL');
  });

  const hostile = '`${process.exit(1)}` */ "quoted" \'single\' <script> $(id)';
  test('text of the user ends up as text wherever it is put', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders', '--description', hostile);
    const json = JSON.parse(await workspace.read('services/orders/package.json')) as { description: string };
    expect(json.description).toBe(hostile);
    expect(JSON.parse(await workspace.read('services/orders/openapi.json'))).toMatchObject({
      info: { description: hostile },
    });
    expect((await workspace.done('validate', '--json')).json()).toMatchObject({
      workspace: { services: [{ description: hostile }] },
    });
  });

  test.each([
    { name: 'a reserved name', argv: ['gateway'], says: 'msa uses this one itself' },
    { name: 'a name of which no variable can be made', argv: ['user--profile'], says: 'on both sides of each hyphen' },
    { name: 'the name of an instance', argv: ['users-2'], says: 'that of an instance of `users`' },
    { name: 'a path as a name', argv: ['../evil'], says: 'lower-case' },
    { name: 'a name that is taken', argv: ['users'], says: 'already has a service' },
    {
      name: 'an unknown type, with the nearest',
      argv: ['orders', '--fields', 'item:strng'],
      says: 'did you mean string',
    },
    { name: 'a hole between states, with its place', argv: ['orders', '--states', 'a>b>>c'], says: '> (character 5)' },
    { name: 'a state nothing leads to', argv: ['orders', '--states', 'a>b, c>d'], says: 'can never be reached' },
    { name: 'an unknown callee, with the nearest', argv: ['orders', '--calls', 'user'], says: 'Did you mean users' },
    { name: 'an unknown store', argv: ['orders', '--store', 'mysql'], says: 'mysql' },
    { name: 'a route that is taken', argv: ['orders', '--route', '/users'], says: '/users' },
    { name: 'a route that is no path', argv: ['orders', '--route', 'orders'], says: 'must begin with `/`' },
    {
      name: 'an enum value that is code',
      argv: ['orders', '--fields', 'size:enum(a`${1}`)'],
      says: 'value of an enum',
    },
    {
      name: 'a plural that every service serves already',
      argv: ['metrics', '--plural', 'metrics'],
      says: 'has already',
    },
    { name: 'too many replicas', argv: ['orders', '--replicas', '51'], says: '--replicas 2' },
    { name: 'an unknown template, with those there are', argv: ['orders', '--template', 'soap'], says: 'rest' },
    { name: 'a description of several lines', argv: ['orders', '--description', 'a\nb'], says: 'one line' },
  ])('refuses $name and writes nothing', async ({ argv, says }) => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    const before = await workspace.snapshot();
    const run = await workspace.run('new', 'service', ...argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(says) });
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('refuses files that stand in the way, all of them named, unless forced', async () => {
    await using workspace = await testWorkspace();
    await workspace.write('services/orders/Dockerfile', 'FROM mine\n');
    await workspace.write('services/orders/tsconfig.json', '{}\n');
    const before = await workspace.snapshot();
    const run = await workspace.run('new', 'service', 'orders');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/orders\/Dockerfile[^]*orders\/tsconfig\.json/);
    expect(await workspace.snapshot()).toEqual(before);
    await workspace.done('new', 'service', 'orders', '--force');
    expect(await workspace.read('services/orders/Dockerfile')).toContain('FROM node:24-slim');
  });

  test('refuses a folder of services that is a link out of the workspace', async () => {
    await using workspace = await testWorkspace();
    await symlink('/tmp', join(workspace.root, 'services'));
    const run = await workspace.run('new', 'service', 'orders');
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not stay below') });
    expect(existsSync('/tmp/orders')).toBe(false);
  });

  test('outside of a workspace it says how to make one', async () => {
    await using workspace = await testWorkspace();
    const run = await workspace.run('-C', '..', 'new', 'service', 'orders');
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('msa init') });
  });
});

describe('msa rm service', () => {
  test('takes away the entry, the calls to it, the folder and the record', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('msa.yaml', withoutReceipts);
    const run = await workspace.done('rm', 'service', 'users', '--yes');
    expect(run.stderr).toContain('orders no longer declares that it calls users');
    expect(existsSync(join(workspace.root, 'services/users'))).toBe(false);
    expect(existsSync(join(workspace.root, '.msa/base/users'))).toBe(false);
    expect(await workspace.read('msa.yaml')).toMatch(/calls:\n {6}- payments\n {4}routes/);
    await workspace.done('validate');
  });

  test('keeps the folder when asked to, and then needs no yes', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('msa.yaml', withoutReceipts);
    await workspace.done('rm', 'service', 'users', '--keep-files');
    expect(existsSync(join(workspace.root, 'services/users/package.json'))).toBe(true);
  });

  test('takes calls with rules of their own away, but refuses when something else still names it', async () => {
    await using workspace = await testWorkspace();
    const calls = '[{ service: users, timeout: 1s }, b]';
    const services = (routes: string): string =>
      `name: shop\nservices:\n  users: { path: u }\n  b: { path: b }\n  a: { path: a, calls: ${calls}${routes} }\n`;
    await workspace.write('msa.yaml', services(', routes: [{ path: /a, fallback: { service: users } }]'));
    expect(await workspace.run('rm', 'service', 'users', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /services\.a\.routes\[0\]\.fallback\.service: There is no service `users`\..*hint: Let these name another service/s,
      ),
    });
    await workspace.write('msa.yaml', services(''));
    await workspace.done('rm', 'service', 'users', '--yes');
    expect(await workspace.read('msa.yaml')).toContain('a: { path: a, calls: [b] }');
  });

  test.each([
    { what: 'the folder of another service', other: { path: 'services/users' } },
    { what: 'the folder of another service behind a link', other: { path: 'link/users' } },
    { what: 'the envFile of another service', other: { image: 'nginx:1', envFile: 'services/users/README.md' } },
  ])('refuses to delete $what with its own', async ({ other }) => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await symlink('services', join(workspace.root, 'link'));
    const services = { all: { path: 'services', command: './all' }, other };
    await workspace.write('msa.yaml', JSON.stringify({ name: 'shop', services }));
    const before = await workspace.read('msa.yaml');
    expect(await workspace.run('rm', 'service', 'all', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/holds more than all; nothing was removed.*of other.*--keep-files/s),
    });
    expect(await workspace.read('msa.yaml')).toBe(before);
    expect(existsSync(join(workspace.root, 'services/users/package.json'))).toBe(true);
    await workspace.done('rm', 'service', 'all', '--keep-files', '--yes');
    expect(existsSync(join(workspace.root, 'services/users/package.json'))).toBe(true);
  });

  test('never deletes without a yes', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('msa.yaml', withoutReceipts);
    const before = await workspace.snapshot();
    expect(await workspace.run('rm', 'service', 'users')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect((await workspace.run('rm', 'service', 'users', '--dry-run')).stdout).toContain('services/users/');
    expect(await workspace.run('rm', 'service', 'uzers')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('users'),
    });
    expect(await workspace.snapshot()).toEqual(before);
  });
});

describe('msa new client', () => {
  test('writes the client and declares the call, twice without harm', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await workspace.done('new', 'service', 'orders');
    await workspace.done('new', 'client', 'users', '--for', 'orders');
    const first = await workspace.snapshot();
    expect(first['msa.yaml']).toContain('calls: [users]');
    expect(first['services/orders/src/service.ts']).toContain("calls: ['users'] as");
    expect((await workspace.done('upgrade')).stdout).toContain('is current');
    await workspace.done('new', 'client', 'users', '--for', 'orders');
    expect(await workspace.snapshot()).toEqual(first);
  });

  test('reads the OpenAPI document as YAML too', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'users');
    await workspace.done('new', 'service', 'orders');
    await workspace.done('new', 'client', 'users', '--for', 'orders');
    const fromJson = await workspace.read('services/orders/src/clients/users.ts');
    const document: unknown = JSON.parse(await workspace.read('services/users/openapi.json'));
    await workspace.write('users.yaml', `# by hand\n${stringify(document)}`);
    await workspace.done('new', 'client', 'users', '--for', 'orders', '--from', 'users.yaml');
    expect(await workspace.read('services/orders/src/clients/users.ts')).toBe(fromJson);
  });

  test('an edited client is not overwritten', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('services/orders/src/clients/users.ts', (text) => `${text}// mine\n`);
    await workspace.edit('services/users/openapi.json', (text) => text.replace('"1.0.0"', '"2.0.0"'));
    const run = await workspace.run('new', 'client', 'users', '--for', 'orders');
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('edited by you') });
  });

  test.each([
    { name: 'no contract', from: [], says: '--from' },
    { name: 'a contract that is no JSON', from: ['--from', 'bad.json'], says: 'is not JSON' },
    { name: 'a contract that is no YAML', from: ['--from', 'bad.yaml'], says: 'is not YAML' },
    { name: 'a contract that multiplies itself', from: ['--from', 'bomb.yaml'], says: 'is not YAML' },
    { name: 'a contract that is empty', from: ['--from', 'nothing.yaml'], says: 'OpenAPI' },
    { name: 'a contract that is no OpenAPI', from: ['--from', 'empty.json'], says: 'OpenAPI' },
    { name: 'a contract that is not there', from: ['--from', 'none.json'], says: 'no file' },
  ])('says what is wrong with $name', async ({ from, says }) => {
    await using workspace = await testWorkspace();
    await workspace.write('bad.json', '{');
    await workspace.write('empty.json', '{}');
    await workspace.write('bad.yaml', 'openapi: 3.1.0\n paths: {}\n');
    await workspace.write('nothing.yaml', '');
    const letters = 'abcdefgh'.split('');
    const bomb = letters.map(
      (letter, at) => `${letter}: &${letter} [${`*${letters[at - 1]},`.repeat(at === 0 ? 0 : 9)}x]`,
    );
    await workspace.write('bomb.yaml', bomb.join('\n'));
    await workspace.write('legacy/package.json', '{"scripts":{"start":"node x.js"}}');
    await workspace.done('new', 'service', 'orders');
    await workspace.done('add', 'legacy');
    const run = await workspace.run('new', 'client', 'legacy', '--for', 'orders', ...from);
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(says) });
  });
});

describe('msa validate', () => {
  test('shows every problem of msa.yaml with its line', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.edit('msa.yaml', (text) =>
      text.replace('- service: users', '- service: user').replace('replicas', 'replica'),
    );
    const run = await workspace.run('validate');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/msa\.yaml:\d+:\d+ .*replica/);
    expect(run.stderr).toMatch(/msa\.yaml:\d+:\d+ .*user\b/);
  });

  test('compares msa.yaml with the disk', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await rm(join(workspace.root, 'services/users'), { recursive: true });
    await rename(join(workspace.root, 'services/payments'), join(workspace.root, '../payments'));
    await symlink('../../payments', join(workspace.root, 'services/payments'));
    await rm(join(workspace.root, 'services/orders/Dockerfile'));
    await rm(join(workspace.root, 'services/orders/package.json'));
    await workspace.edit('msa.yaml', (text) =>
      text.replace('calls:\n      - ', 'envFile: none.env\n    calls:\n      - '),
    );
    const run = await workspace.run('validate');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('users: its folder services/users does not exist');
    expect(run.stderr).toContain('payments: services/payments is a link that leaves the workspace');
    expect(run.stderr).toContain('orders: nothing in services/orders says how to run it');
    expect(run.stderr).toContain('orders: its envFile none.env does not exist');
  });

  test('advises against replicas that share nothing', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'service', 'orders', '--replicas', '2');
    expect((await workspace.done('validate')).stderr).toContain('2 replicas and no shared store');
  });

  test('a file of another encoding is named, with the likely one', async () => {
    await using workspace = await testWorkspace();
    await writeFile(join(workspace.root, 'msa.yaml'), Buffer.from([0xff, 0xfe, 0x61, 0]));
    expect(await workspace.run('validate')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('UTF-16') });
  });

  test('a directory called msa.yaml is not a workspace', async () => {
    await using workspace = await testWorkspace();
    await rm(join(workspace.root, 'msa.yaml'));
    await mkdir(join(workspace.root, 'msa.yaml'));
    expect(await workspace.run('validate')).toMatchObject({ exitCode: 2 });
  });
});
