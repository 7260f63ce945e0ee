import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { deliveryWorkspace, deliveryYaml, type DeliveryWorkspace } from '../../support/delivery-workspace.ts';

const users = 'services/users/openapi.json';
const reports = 'services/reports/openapi.json';

interface Told {
  readonly version?: string;
  readonly properties?: object;
  readonly more?: object;
}

/** A contract with one operation that answers with these properties. */
function contract({ version = '1.0.0', properties = { id: { type: 'string' } }, more = {} }: Told = {}): string {
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  const responses = { 200: { description: 'A user', content: { 'application/json': { schema } } } };
  const info = { title: 'Users', version };
  return JSON.stringify({ openapi: '3.1.0', info, paths: { '/users/{id}': { get: { responses } } }, ...more });
}

const withName = { id: { type: 'string' }, name: { type: 'string' } };

/** A workspace in which users and reports have that contract, and nothing happened since. */
async function withContracts(text = contract({ properties: withName })): Promise<DeliveryWorkspace> {
  const workspace = await deliveryWorkspace();
  await workspace.commit({ [users]: text, [reports]: text });
  return workspace;
}

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trimEnd());

describe('msa contract', () => {
  test('names the callers and the public route of what breaks', async () => {
    await using workspace = await withContracts();
    await workspace.write(users, contract());
    const run = await workspace.run('contract', 'HEAD');
    expect(run.exitCode).toBe(1);
    expect(lines(run.stdout)).toEqual([
      'users: GET /users/{id} no longer answers 200 with "name" (callers: orders; public route /users)',
      '',
      'users     1 breaking change',
      'orders    unchanged',
      'payments  unchanged',
      'ledger    no contract',
      'reports   unchanged',
      'legacy    no contract',
      '',
    ]);
    expect(run.stderr).toContain('error: the contract of users breaks callers (MSA_CONTRACT_BROKEN)');
    expect(run.stderr).toContain('msa contract --allow-breaking users');
  });

  test('--json has each finding with its rule, its place and whom it concerns', async () => {
    await using workspace = await withContracts();
    const to = await workspace.commit({ [users]: contract({ properties: { id: { type: 'integer' } } }) });
    const from = await workspace.git('rev-parse', 'HEAD~1');
    const run = await workspace.run('contract', 'HEAD~1..HEAD', '--json');
    expect(run.exitCode).toBe(1);
    const { range, services, refused } = run.json();
    expect({ range, refused }).toEqual({ range: { from, to }, refused: ['users'] });
    const common = { breaking: true, callers: ['orders'], routes: ['/users'], deprecated: false };
    const schema = '/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/properties';
    const operation = { method: 'GET', path: '/users/{id}' };
    expect((services as { service: string }[]).find(({ service }) => service === 'users')).toEqual({
      service: 'users',
      status: 'breaking',
      file: users,
      version: { from: '1.0.0', to: '1.0.0' },
      callers: ['orders'],
      findings: [
        {
          ...common,
          operation,
          rule: 'response-property-removed',
          message: 'GET /users/{id} no longer answers 200 with "name"',
          pointer: `${schema}/name`,
          document: 'from',
        },
        {
          ...common,
          operation,
          rule: 'response-type-widened',
          message: 'GET /users/{id} answers 200 with "id": type string became integer',
          pointer: `${schema}/id/type`,
          document: 'to',
        },
      ],
    });
  });

  test('lists what was added, and passes', async () => {
    await using workspace = await withContracts(contract());
    await workspace.write(users, contract({ properties: withName }));
    const run = await workspace.run('contract', 'HEAD', '--json');
    expect(run.exitCode).toBe(0);
    const [found] = run.json()['services'] as { status: string; findings: { message: string; rule: string }[] }[];
    expect(found?.status).toBe('compatible');
    expect(found?.findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      'added: GET /users/{id} also answers 200 with "name"',
    ]);
  });

  test('passes what is only written otherwise', async () => {
    await using workspace = await withContracts();
    const parsed = JSON.parse(contract({ properties: withName })) as object;
    await workspace.write(users, JSON.stringify({ 'x-note': 1, ...parsed }, null, 2));
    const run = await workspace.run('contract', 'HEAD');
    expect({ exitCode: run.exitCode, first: lines(run.stdout)[0] }).toEqual({
      exitCode: 0,
      first: 'users     unchanged',
    });
  });

  test('a raised version allows a break where nobody here calls, and nowhere else', async () => {
    await using workspace = await withContracts();
    const next = contract({ version: '2.0.0' });
    await workspace.write(reports, next);
    const alone = await workspace.run('contract', 'HEAD');
    expect(alone.exitCode).toBe(0);
    expect(alone.stdout).toContain('reports: GET /users/{id} no longer answers 200 with "name"\n');
    expect(alone.stdout).toContain(
      '1 breaking change, allowed: nobody here calls it, and its version went from 1.0.0 to 2.0.0',
    );
    await workspace.write(users, next);
    const both = await workspace.run('contract', 'HEAD', '--json');
    expect({ exitCode: both.exitCode, refused: both.json()['refused'] }).toEqual({ exitCode: 1, refused: ['users'] });
    const meant = await workspace.run('contract', 'HEAD', '--allow-breaking', 'users');
    expect(meant.exitCode).toBe(0);
    expect(meant.stdout).toContain('1 breaking change, allowed by --allow-breaking');
  });

  test('a commit of the range allows a break, and no other commit does', async () => {
    await using workspace = await withContracts();
    await workspace.write(users, contract());
    await workspace.git('commit', '--quiet', '--all', '--message', 'Drop the name\n\nAllow-Breaking: reports, users');
    await workspace.commit({ 'services/users/a.js': '' });
    const within = await workspace.run('contract', 'HEAD~2', '--json');
    const [found] = within.json()['services'] as { allowed: string }[];
    expect({ exitCode: within.exitCode, allowed: found?.allowed }).toEqual({ exitCode: 0, allowed: 'commit' });
    expect((await workspace.run('contract', 'HEAD~2')).stdout).toContain('1 breaking change, allowed by a commit');
    await workspace.write(users, contract({ properties: {} }));
    expect((await workspace.run('contract', 'HEAD~1')).exitCode).toBe(1);
    // Words in the middle of a message are none at its end.
    await workspace.git('commit', '--quiet', '--all', '--message', 'Allow-Breaking: users\n\nThat was meant.');
    expect((await workspace.run('contract', 'HEAD~1')).exitCode).toBe(1);
  });

  test('a lower or unchanged version allows nothing', async () => {
    await using workspace = await withContracts();
    for (const version of ['1.9.0', '0.9.0', '2', 'two', '']) {
      await workspace.write(reports, contract({ version }));
      const run = await workspace.run('contract', 'HEAD');
      expect({ version, exitCode: run.exitCode }).toEqual({ version, exitCode: version === '2' ? 0 : 1 });
    }
  });

  test('a contract that is gone breaks', async () => {
    await using workspace = await withContracts();
    await workspace.remove(users);
    const run = await workspace.run('contract', 'HEAD');
    expect(run.exitCode).toBe(1);
    expect(lines(run.stdout)[0]).toBe(
      'users: its contract services/users/openapi.json is gone (callers: orders; public route /users)',
    );
  });

  test('a service that is gone breaks those that called it and are still there', async () => {
    await using workspace = await withContracts();
    const without = deliveryYaml
      .replace(/ {2}users:\n.*\n.*\n/, '')
      .replace('[users, payments]', '[payments]')
      .replace(/ {2}reports:\n.*\n/, '');
    await workspace.write('msa.yaml', without);
    const run = await workspace.run('contract', 'HEAD');
    expect(run.exitCode).toBe(1);
    expect(lines(run.stdout)).toContain('users: the service is gone (callers: orders; public route /users)');
    expect(lines(run.stdout)).toContain('reports   removed; nobody called it');
    expect((await workspace.run('contract', 'HEAD', '--allow-breaking', 'users')).exitCode).toBe(0);
  });

  test('a service in another folder is compared with what it was', async () => {
    await using workspace = await withContracts();
    await workspace.write('msa.yaml', deliveryYaml.replace('services/users', 'backend/users'));
    await workspace.write('backend/users/openapi.json', contract());
    await workspace.remove('services/users');
    const run = await workspace.run('contract', 'HEAD');
    expect(lines(run.stdout)[0]).toContain('users: GET /users/{id} no longer answers 200 with "name"');
  });

  test('takes YAML, and one for the other', async () => {
    await using workspace = await withContracts();
    await workspace.remove(users);
    await workspace.write(
      'services/users/openapi.yaml',
      'openapi: 3.1.0\ninfo: { title: a, version: 1.0.0 }\npaths: {}\n',
    );
    const run = await workspace.run('contract', 'HEAD');
    expect(lines(run.stdout)[0]).toBe('users: /users/{id} is gone (GET) (callers: orders; public route /users)');
  });

  test('--junit writes a case for each service with a contract', async () => {
    await using workspace = await withContracts();
    await workspace.write(users, contract());
    await workspace.run('contract', 'HEAD', '--junit', 'out/contract.xml');
    const xml = await readFile(join(workspace.root, 'out/contract.xml'), 'utf8');
    expect(xml).toContain('tests="4" failures="1"');
    expect(xml).toContain('<failure type="breaking" message="users: GET /users/{id} no longer answers 200 with');
    expect(xml).not.toContain('ledger');
  });

  test.each([
    ['[range]', ['contract', 'HEAD~99'], 'MSA_RANGE_UNKNOWN'],
    ['--allow-breaking', ['contract', 'HEAD', '--allow-breaking', 'usres'], 'Did you mean users?'],
    ['--junit', ['contract', 'HEAD', '--junit', 'services'], 'is no file that a report can be written to'],
  ])('refuses a wrong %s', async (_what, argv, message) => {
    await using workspace = await withContracts();
    const run = await workspace.run(...argv);
    expect({ exitCode: run.exitCode, isTold: run.stderr.includes(message) }).toEqual({ exitCode: 2, isTold: true });
  });
});

const reference = (to: string): string =>
  contract({ more: { paths: { '/a': { get: { responses: { 200: { $ref: to } } } } } } });

const hostile = (type: string): string =>
  contract({
    properties: JSON.parse(`{"__proto__":{"type":"${type}"},"constructor":{"type":"${type}"}}`) as object,
  });

describe('a document that cannot be used', () => {
  test.each([
    ['no JSON', '{', /is not JSON/],
    ['no OpenAPI', '{}', /it has no key `openapi`/],
    ['Swagger', '{"swagger":"2.0"}', /it is Swagger 2, not OpenAPI 3/],
    ['a future version', '{"openapi":"4.0.0"}', /its version "4.0.0" is not known/],
    [
      'a reference to another file',
      reference('./other.json#/a'),
      /the reference ".\/other.json#\/a" leads out of the file/,
    ],
    ['a reference to a URL', reference('https://example.com/a.json'), /leads out of the file/],
    ['a reference to nothing', reference('#/components/none'), /leads nowhere/],
    ['a reference to what is inherited', reference('#/constructor'), /leads nowhere/],
    ['a reference to itself', reference('#/paths/~1a/get/responses/200'), /leads through too many others/],
    [
      'endless depth',
      `{"openapi":"3.1.0","paths":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`,
      /nested deeper than 200/,
    ],
  ])('%s: the file and the reason are told, and nothing hangs', async (_what, text, reason) => {
    await using workspace = await withContracts();
    await workspace.write(users, text);
    const run = await workspace.run('contract', 'HEAD');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('MSA_CONTRACT_UNREADABLE');
    expect(run.stderr).toContain(users);
    expect(run.stderr).toMatch(reason);
    // The other way round it can only get better.
    await workspace.commit();
    await workspace.write(users, contract());
    const back = await workspace.run('contract', 'HEAD');
    expect({ exitCode: back.exitCode, first: lines(back.stdout)[0] }).toEqual({
      exitCode: 0,
      first: expect.stringMatching(/^users {5}not compared: services\/users\/openapi.json at [\da-f]{10}/),
    });
  });

  test('keys of hostile documents are keys like any other', async () => {
    await using workspace = await withContracts(hostile('string'));
    await workspace.write(users, hostile('integer'));
    const run = await workspace.run('contract', 'HEAD');
    expect(lines(run.stdout).slice(0, 2)).toEqual([
      expect.stringContaining('with "__proto__": type string became integer'),
      expect.stringContaining('with "constructor": type string became integer'),
    ]);
  });
});
