import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Engine } from '../../../src/ports/engine.ts';
import type { System, SystemRoute } from '../../../src/protocol/system.ts';
import {
  fakeControl,
  fakeEngine,
  fakeEngines,
  fakeLogs,
  listed,
  logLine,
  observed,
  stateOf,
} from '../../support/fake-engine.ts';
import { runMsaWith, type Run, type RunOptions } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';

const file = `name: shop
services:
  users: { path: users, routes: [{ path: /users }] }
  orders: { path: orders, replicas: 2, calls: [users] }
  mails: { path: mails, replicas: 0 }
`;

let dir: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  dir = await tempDir();
  await mkdir(join(dir.path, 'users'));
  await writeFile(join(dir.path, 'msa.yaml'), file);
});
afterAll(() => dir[Symbol.asyncDispose]());

const instances = ['gateway-1', 'registry-1', 'users-1', 'orders-1', 'orders-2'].map((id) => observed(id));
const logs = fakeLogs([
  logLine('users-1', 2, 'hello'),
  logLine('orders-1', 1, '\u001B[32mready\u001B[0m\u001B[2J'),
  logLine('gateway-1', 3, 'listening'),
]);

function msa(engine: Partial<Engine>, argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const engines = fakeEngines(fakeEngine(instances, engine));
  return runMsaWith({ ...options, deps: { engines } }, dir.path, ...argv);
}

describe.each([
  ['logs'],
  ['wait', '--timeout', '50ms'],
  ['exec', 'orders', '--', 'sh'],
  ['routes'],
  ['instances'],
  ['cache', 'clear'],
  ['call', 'GET', '/'],
])('msa %s', (...argv) => {
  test('says that the system does not run, and how to start it', async () => {
    const engine = fakeEngine([], {
      observe: async () => ({ ground: false, instances: [], artefacts: new Set(), systemVersion: undefined }),
    });
    const run = await runMsaWith({ deps: { engines: fakeEngines(engine) } }, dir.path, ...argv);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    const lines = run.stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('error: shop does not run (MSA_NOT_RUNNING)');
    expect(lines[1]).toMatch(/^ {2}What may run in Docker is not seen\. /);
    expect(lines.slice(2)).toEqual(['hint: Start it: msa up']);
  });

  test('says that there is no workspace', async () => {
    const run = await runMsaWith({}, '/', ...argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('MSA_WORKSPACE_NOT_FOUND');
  });

  test('lets go of the engine, whatever comes of it', async () => {
    let isConnected = true;
    await msa({ disconnect: () => void (isConnected = false) }, argv);
    expect(isConnected).toBe(false);
  });
});

describe.each([['logs'], ['exec', 'users', '--', 'true'], ['routes'], ['instances']])('msa %s', (...argv) => {
  test('goes on with what runs where msa.yaml cannot be used any more', async () => {
    await using broken = await tempDir();
    await writeFile(join(broken.path, 'msa.yaml'), 'name: shop\nservices: 1\n');
    const running = { engine: 'process', workspace: 'shop-0a1b2c', directory: broken.path, instances: 1 } as const;
    const engine = fakeEngine(instances, { logs, exec: async () => 0, control: async () => control });
    const engines = { ...fakeEngines(engine), list: async () => [running] };
    const run = await runMsaWith({ deps: { engines } }, broken.path, ...argv);
    expect(run).toMatchObject({ exitCode: 0, stderr: 'msa.yaml has a problem; this is about what runs\n' });
  });
});

describe('msa logs', () => {
  test('shows all services, each line behind its instance, and nothing that acts on a terminal', async () => {
    expect(await msa({ logs }, ['logs'])).toMatchObject({
      exitCode: 0,
      stdout: 'orders-1 | ready\\x1b[2J\nusers-1  | hello\n',
      stderr: '',
    });
  });

  test('keeps the colours of the services where there are any', async () => {
    const { stdout } = await msa({ logs }, ['logs', 'orders', '--color']);
    const [escape, ...styled] = stdout.split('\u001B');
    expect(escape).toBe('');
    expect(styled).toEqual(['[33morders-1', '[39m ', '[2m|', '[22m ', '[32mready', '[0m\\x1b[2J', '[0m\n']);
  });

  test('shows the platform where it is asked for, by name or as a whole', async () => {
    expect((await msa({ logs }, ['logs', 'gateway'])).stdout).toBe('gateway-1 | listening\n');
    expect((await msa({ logs }, ['logs', '--all'])).stdout.split('\n')).toHaveLength(4);
  });

  test('shows times, the tail, and what is newer than a moment', async () => {
    expect((await msa({ logs }, ['logs', 'users', '-t'])).stdout).toBe('users-1 | 2026-01-31T12:00:02.000Z hello\n');
    expect((await msa({ logs }, ['logs', '--tail', '0'])).stdout).toBe('');
    expect((await msa({ logs }, ['logs', '--since', '2026-01-31T12:00:02Z'])).stdout).toBe('users-1  | hello\n');
    expect((await msa({ logs }, ['logs', '--since', '10m'])).stdout).toBe('');
  });

  test('is lines of JSON with --json, errors too', async () => {
    const lines = (await msa({ logs }, ['logs', '--json'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...logLine('orders-1', 1, ''), text: '\u001B[32mready\u001B[0m\u001B[2J' },
      logLine('users-1', 2, 'hello'),
    ]);
    const { stdout } = await msa({ logs }, ['logs', 'order', '--json']);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MSA_INSTANCE_UNKNOWN', hint: 'Did you mean orders?' } });
  });

  test.each([
    [['--tail', 'x'], '--tail: "x" is no whole number'],
    [['--tail', '-1'], '--tail'],
    [['--since', 'yesterday'], '--since: "yesterday" is neither a time nor a duration'],
    [['--since', '2026-13-01'], '--since: "2026-13-01" is neither a time nor a duration'],
    [['order'], 'nothing that runs is called "order"'],
    [['mails'], 'no instance of mails runs'],
  ])('refuses %j', async (argv, message) => {
    const run = await msa({ logs }, ['logs', ...argv]);
    expect(run.exitCode).toBeGreaterThan(1);
    expect(run.stderr).toContain(message);
  });

  test('ends with Ctrl-C without a word, exit code 130', async () => {
    const signals = new EventEmitter();
    const shown: string[] = [];
    const following = msa(
      {
        logs: async function* ({ follow, signal }) {
          if (!follow) return;
          yield { ...logLine('users-1', 5, 'now'), time: new Date(Date.now() + 60_000).toISOString() };
          shown.push('now');
          await new Promise<void>((resolve) => signal.addEventListener('abort', resolve));
        },
      },
      ['logs', 'users', '-f'],
      { signals },
    );
    await waitUntil('the line is shown', async () => shown.length === 1);
    signals.emit('SIGINT');
    expect(await following).toMatchObject({ exitCode: 130, stdout: 'users-1 | now\n', stderr: '' });
  });

  test.each([
    ['a whole service to the instances it gets later', 'orders', 'orders-3 | new\n'],
    ['a named instance to no other', 'orders-1', ''],
  ])('follows %s', async (_, name, expected) => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const later = ['orders-3', 'users-2'].map((id) => ({ ...logLine(id, 0, 'new'), time: soon }));
    const run = await msa({ logs: fakeLogs([], later) }, ['logs', name, '-f']);
    expect(run).toMatchObject({ exitCode: 0, stdout: expected });
  });
});

describe('msa exec', () => {
  test('runs the command in the first instance that runs, and ends as it does', async () => {
    const calls: unknown[] = [];
    const exec: Engine['exec'] = async (instance, command) => {
      calls.push([instance, command]);
      return 42;
    };
    const run = await msa({ exec }, ['exec', 'orders', '--', 'ls', '--json', '-la']);
    expect(run).toEqual(expect.objectContaining({ exitCode: 42, stdout: '', stderr: '' }));
    expect(calls).toEqual([['orders-1', ['ls', '--json', '-la']]]);
  });

  test('needs a command', async () => {
    const run = await msa({}, ['exec', 'orders']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('msa exec orders -- sh');
  });

  test('leaves Ctrl-C to the command', async () => {
    const signals = new EventEmitter();
    const exec: Engine['exec'] = async () => {
      signals.emit('SIGINT');
      signals.emit('SIGINT');
      return 0;
    };
    expect(await msa({ exec }, ['exec', 'orders', '--', 'sh'], { signals })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

const limits = { timeoutMs: 10_000, retryAttempts: 1 };
const system: System = {
  workspace: 'shop-1',
  name: 'shop',
  version: 'v1',
  services: [],
  routes: [{ path: '/users', service: 'users', ...limits }],
  edges: [{ caller: 'orders', callee: 'users', port: 23_456, checkCaller: false, timeoutMs: 1500, retryAttempts: 0 }],
};
const table = [
  listed('users-1'),
  listed('orders-10', { status: 'down', problem: 'connection refused' }),
  listed('orders-2'),
];
const control = fakeControl([stateOf(table, { system, revision: 7 })]);

function instancesNamed(...names: readonly string[]): Promise<Run> {
  return msa({ control: async () => control }, ['instances', ...names, '--json']);
}

describe('msa routes', () => {
  test('shows routes and edges with who is there to answer', async () => {
    expect((await msa({ control: async () => control }, ['routes'])).stdout).toBe(
      [
        'ROUTE   TO     UP   TIMEOUT  RETRIES',
        '/users  users  1/1  10s      1',
        '',
        'CALLER  CALLEE  PORT   UP   TIMEOUT  RETRIES',
        'orders  users   23456  1/1  1500ms   0',
        '',
      ].join('\n'),
    );
  });

  test('shows each way in, and where the requests go', async () => {
    const split = [
      { service: 'users', weight: 90 },
      { service: 'orders', weight: 10 },
      { service: 'mails', weight: 0 },
    ];
    const respond = { status: 200, headers: {}, body: '' };
    const redirect = { status: 308, host: 'a.test' } as const;
    const several = [
      { path: '/sum', exact: true, methods: ['GET', 'HEAD'] },
      { path: '/totals', headers: { 'x-version': '2' }, query: { beta: '1' } },
    ];
    const routes: readonly SystemRoute[] = [
      { path: '/shop', policy: { split }, ...limits },
      { path: '/old', policy: { redirect }, ...limits },
      { path: '/robots.txt', matches: [{ path: '/robots.txt', exact: true }], policy: { respond }, ...limits },
      { path: '/sum', matches: several, hosts: ['a.test', '*.b.test'], service: 'users', ...limits },
    ];
    const varied = fakeControl([stateOf(table, { system: { ...system, routes, edges: [] } })]);
    expect((await msa({ control: async () => varied }, ['routes'])).stdout).toBe(
      [
        'ROUTE                                         TO                            UP   TIMEOUT  RETRIES',
        '/shop                                         users 90, orders 10, mails 0  2/3  10s      1',
        '/old                                          redirect (308)',
        '=/robots.txt                                  answer (200)',
        'GET,HEAD a.test,*.b.test=/sum                 users                         1/1  10s      1',
        'a.test,*.b.test/totals [x-version=2] ?beta=1',
        '',
      ].join('\n'),
    );
  });

  test('is one object with --json', async () => {
    expect((await msa({ control: async () => control }, ['routes', '--json'])).json()).toEqual({
      routes: [{ ...system.routes[0], instances: { up: 1, total: 1 } }],
      edges: [{ ...system.edges[0], instances: { up: 1, total: 1 } }],
    });
  });

  test('says that there are none', async () => {
    const empty = fakeControl([stateOf([])]);
    expect((await msa({ control: async () => empty }, ['routes'])).stdout).toMatch(/^No route/);
  });
});

describe('msa instances', () => {
  test('shows the table of the registry in the order of numbers', async () => {
    expect((await msa({ control: async () => control }, ['instances'])).stdout).toBe(
      [
        'INSTANCE   STATUS  SINCE                     ADDRESS        PROBLEM',
        'orders-2   up      2026-01-31T12:00:00.000Z  10.0.0.2:3000',
        'orders-10  down    2026-01-31T12:00:00.000Z  10.0.0.2:3000  connection refused',
        'users-1    up      2026-01-31T12:00:00.000Z  10.0.0.2:3000',
        '',
      ].join('\n'),
    );
  });

  test('shows those that are named; a service without any is no mistake, another name is', async () => {
    expect((await instancesNamed('orders-2', 'users')).json()).toEqual({
      epoch: 'e1',
      revision: 7,
      instances: [table[2], table[0]],
    });
    expect((await instancesNamed('mails')).json()).toMatchObject({ instances: [] });
    expect((await instancesNamed('orders-1')).json()).toMatchObject({
      error: { code: 'MSA_INSTANCE_UNKNOWN', hint: 'Did you mean orders-10?' },
    });
  });
});

test.each([[['routes']], [['instances']]])('without a registry msa %j says so', async (argv) => {
  const run = await msa({}, argv);
  expect(run).toMatchObject({ exitCode: 3, stdout: '' });
  expect(run.stderr).toContain('the registry does not answer (MSA_REGISTRY_UNREACHABLE)');
});

test('msa cache clear has the gateways forget what they keep, and waits until they have', async () => {
  const asked: string[] = [];
  const waiting = fakeControl([stateOf([])], {
    putKeptSince: async ({ keptSince }) => void asked.push(keptSince),
    gateways: async () => [{ id: 'gateway-1', epoch: 'e1', revision: asked.length }],
  });
  const run = await msa({ control: async () => waiting }, ['cache', 'clear']);
  expect(run).toMatchObject({ exitCode: 0, stdout: 'The gateway has forgotten the answers it kept.\n' });
  expect(asked).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)]);
});

describe('msa wait', () => {
  test('shows what is healthy', async () => {
    const healthy = fakeControl([stateOf([listed('users-1'), listed('orders-1'), listed('orders-2')])], {
      gateways: async () => [{ id: 'gateway-1', epoch: 'e1', revision: 1 }],
    });
    const run = await msa({ control: async () => healthy }, ['wait']);
    expect(run).toMatchObject({ exitCode: 0, stdout: 'Healthy: orders (2), users (1)\n' });
  });

  test('fails with what is not', async () => {
    const run = await msa({ control: async () => control }, ['wait', 'orders', '--timeout', '60ms']);
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('not healthy within 0.06 s: orders (MSA_UNHEALTHY)');
    expect(run.stderr).toContain('  orders-10 is down; connection refused\n');
  });

  test('knows the services of msa.yaml', async () => {
    const run = await msa({ control: async () => control }, ['wait', 'order']);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('Did you mean orders?');
  });
});
