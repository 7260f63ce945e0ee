import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { SystemOnMachine } from '../../../src/ports/engine.ts';
import { runMsaWith, type Run } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { livingEngine, type Living } from '../app/system/living-engine.ts';
import { machine } from '../app/system/setting.ts';

const file = `name: shop
services:
  users: { path: users, routes: [{ path: /users }] }
  orders: { path: orders, replicas: 2, calls: [users] }
`;

let dir: Awaited<ReturnType<typeof tempDir>>;
let living: Living;
beforeAll(async () => {
  dir = await tempDir();
  await mkdir(join(dir.path, 'shop'));
  await writeFile(join(dir.path, 'shop', 'msa.yaml'), file);
});
beforeEach(() => {
  living = livingEngine();
});
afterAll(() => dir[Symbol.asyncDispose]());

const systems: SystemOnMachine[] = [];

function msa(...argv: readonly string[]): Promise<Run> {
  const deps = {
    engines: machine([living], systems),
    locks: { hold: <T>(_: string, work: () => Promise<T>) => work() },
  };
  return runMsaWith({ deps }, join(dir.path, 'shop'), ...argv);
}

describe('msa up', () => {
  test('says where the system is and how to try it; progress goes to stderr', async () => {
    const run = await msa('up');
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(
      'shop is up\n\n  gateway   http://localhost:8080\n  registry  http://127.0.0.1:8761\n\n  curl http://localhost:8080/users\n',
    );
    expect(run.stderr).toContain('As processes: Docker cannot be used: none here\n');
    expect(run.stderr).toContain('building users\n');
    expect(run.stderr).toContain('orders is up\n');
    expect((await msa('up')).stdout).toMatch(/^shop is up; nothing changed\n/);
  });

  test('tries it where somebody answers: a service that runs, else the gateway itself', async () => {
    expect((await msa('up', '--except', 'users')).stdout).toContain('curl http://localhost:8080/\n');
  });

  test('with --quiet only says the result', async () => {
    expect((await msa('up', '--quiet')).stderr).toBe('');
  });

  test('with --json ends with a result also when it cannot begin', async () => {
    const { exitCode, stdout } = await msa('up', 'nobody', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'result', error: { code: 'MSA_SERVICE_UNKNOWN' } });
  });

  test('with --json writes events and at last the result', async () => {
    const lines = (await msa('up', '--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'plan', engine: 'process' });
    expect(lines[0].operations[0]).toEqual({
      id: 'open',
      kind: 'open',
      unit: null,
      cause: 'nothing of it runs',
      needs: [],
    });
    expect(lines).toContainEqual({ type: 'operation', id: 'await orders', state: 'done' });
    expect(lines.at(-1)).toEqual({
      type: 'result',
      engine: 'process',
      changed: true,
      publicUrl: 'http://localhost:8080',
      registryUrl: 'http://127.0.0.1:8761',
    });
    const again = await msa('up', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ type: 'result', changed: false });
  });

  test('shows the plan without carrying it out', async () => {
    const run = await msa('up', '--dry-run');
    expect(run.stdout).toContain('start users-1     it does not run\n');
    expect(living.begun).toEqual([]);
    const json = (await msa('up', '--dry-run', '--json')).json();
    expect(json).toMatchObject({ type: 'result', dryRun: true });
    await msa('up');
    expect((await msa('up', '--dry-run')).stdout).toBe('Nothing is to be done.\n');
  });

  test('tells what failed, and ends with 1', async () => {
    living.behaviours.set('orders', 'ends');
    const run = await msa('up');
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('error: shop is up only in part: orders-1 ended with exit code 7 (MSA_UP_FAILED)');
    expect(run.stderr).toContain('  | last words of orders-1\n');
    const last = (await msa('up', '--json')).stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      type: 'result',
      error: { code: 'MSA_UP_FAILED', data: { failures: [{ operation: 'await orders', code: 'MSA_UNHEALTHY' }] } },
    });
  });

  test.each([
    [['--port', 'eighty'], '--port: "eighty" is neither a port nor auto'],
    [['--port', '65536'], '--port: "65536" is neither a port nor auto'],
    [['--timeout', '5'], '--timeout: "5" is no duration'],
    [['--engine', 'podman'], "--engine cannot be 'podman'"],
    [['nobody'], 'there is no service "nobody"'],
    [['--except', 'users,nobody'], 'there is no service "nobody"'],
  ])('refuses %j', async (argv, message) => {
    const run = await msa('up', ...argv);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });

  test('takes a port, and services by name with what they call', async () => {
    expect((await msa('up', '--port', '9000', 'orders')).stdout).toContain('http://localhost:9000');
    expect([...living.instances.keys()]).toContain('users-1');
    const other = livingEngine();
    living = other;
    await msa('up', 'orders', '--no-deps');
    expect([...other.instances.keys()]).not.toContain('users-1');
  });
});

describe('msa down', () => {
  test('says what it did, and that there was nothing to do', async () => {
    await msa('up');
    const run = await msa('down');
    expect(run).toMatchObject({ exitCode: 0, stdout: 'shop is down\n' });
    expect(run.stderr).toBe('stopping everything\n');
    expect((await msa('down')).stdout).toBe('shop does not run; nothing to stop\n');
  });

  test('with --volumes removes data where nothing runs, and says no more than that', async () => {
    const run = await msa('down', '--volumes');
    expect(run.stdout).toBe('shop does not run; what its stores kept is removed\n');
    expect(run.stderr).not.toContain('stopping');
  });

  test('does not hide that Docker could not be asked', async () => {
    const remark = 'What may run in Docker is not seen. none here.';
    for (const command of ['down', 'ps']) expect((await msa(command)).stderr).toContain(remark);
    expect((await msa('logs')).stderr).toContain(remark);
    expect((await msa('ps', '--json')).json()).toMatchObject({ remarks: [remark] });
    await msa('up');
    for (const command of ['ps', 'down']) expect((await msa(command)).stderr).not.toContain(remark);
  });

  test('tells of a system from when the workspace had another name', async () => {
    const directory = await realpath(join(dir.path, 'shop'));
    systems.push({ engine: 'docker', workspace: 'store-123456', directory, instances: 3 });
    try {
      for (const command of ['ps', 'up', 'down'])
        expect((await msa(command)).stderr).toContain('msa down --workspace store-123456');
    } finally {
      systems.pop();
    }
  });
});

describe('msa ps', () => {
  test('shows every instance with its health', async () => {
    await msa('up');
    living.behaviours.set('orders', 'sick');
    const { stdout } = await msa('ps');
    expect(stdout).toMatch(/^shop runs as processes, at http:\/\/localhost:8080$/m);
    expect(stdout).toMatch(/^users-1 +running +up +0 +\d+\w +10\.0\.0\.9:8080$/m);
    expect(stdout).toMatch(/^orders-2 +running +starting: connection refused +0/m);
    expect(stdout).toMatch(/^gateway-1 +running +0 .* 127\.0\.0\.1:8080$/m);
    expect((await msa('ps', '--json')).json()).toMatchObject({
      engine: 'process',
      url: 'http://localhost:8080',
      isOutdated: false,
      instances: expect.arrayContaining([
        expect.objectContaining({ id: 'orders-1', status: 'starting', problem: 'connection refused', exitCode: null }),
      ]),
    });
  });

  test('points at what keeps crashing', async () => {
    await msa('up');
    const instance = living.instances.get('orders-1');
    if (instance !== undefined)
      living.instances.set('orders-1', { ...instance, state: 'restarting', restarts: 5, exitCode: 7 });
    const { stdout } = await msa('ps');
    expect(stdout).toMatch(/^orders-1 +restarting \(7\)/m);
    expect(stdout).toContain('orders-1 keeps crashing: it was started again 5 times. Its log: msa logs orders-1\n');
  });

  test('says that msa.yaml says something else', async () => {
    await msa('up');
    await writeFile(join(dir.path, 'shop', 'msa.yaml'), file.replace('/users', '/people'));
    const run = await msa('ps');
    await writeFile(join(dir.path, 'shop', 'msa.yaml'), file);
    expect(run.stderr).toBe('msa.yaml says something else than what runs; msa up applies it.\n');
    expect((await msa('ps')).stderr).toBe('');
  });

  test('of what does not run is an answer, too', async () => {
    expect(await msa('ps')).toMatchObject({ exitCode: 0, stdout: 'shop does not run. Start it with msa up.\n' });
    expect((await msa('ps', '--json')).json()).toMatchObject({ engine: null, url: null, instances: [] });
  });

  test('lists the systems of the machine, and which have lost their folder', async () => {
    expect((await msa('ps', '--all')).stdout).toBe('No system of msa runs on this machine.\n');
    systems.push(
      { engine: 'docker', workspace: 'shop-123456', directory: join(dir.path, 'shop'), instances: 4 },
      { engine: 'process', workspace: 'memo-abcdef', directory: '/nowhere/memo', instances: 2 },
    );
    const { stdout } = await msa('ps', '--all');
    expect(stdout).toMatch(/^shop-123456 +docker +4 +.*\/shop$/m);
    expect(stdout).toMatch(/^memo-abcdef +process +2 +\/nowhere\/memo \(vanished\)$/m);
    systems.length = 0;
  });
});
