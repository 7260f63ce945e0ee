import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Pool } from 'undici';
import { expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import { programs } from '../../support/built-programs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startFakeRegistry, token } from './fake-registry.ts';
import { startGatewayProgram } from './start-gateway-program.ts';
import { closedPort, instance, openSocket, route, startUpstream, stateOf } from './support.ts';
import type { Address } from './support.ts';

test('the gateway follows the registry and reports what it works by', async () => {
  await using registry = await startFakeRegistry();
  await using upstream = await startUpstream((_request, response) => response.end('one'));
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), {
    REGISTRY_URL: registry.url,
    REGISTRY_TOKEN: token,
  });
  expect((await get(`${gateway.url}/a`)).status).toBe(404);
  registry.publish(stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')], revision: 7 }));
  await waitUntil('the state is applied', async () => (await get(`${gateway.url}/a`)).body === 'one');
  await waitUntil('it is reported', async () => registry.reports.at(-1)?.revision === 7);
  expect(registry.reports.at(-1)).toMatchObject({
    epoch: 'epoch-1',
    revision: 7,
    stats: { targets: [{ kind: 'route', name: '/a', service: 'a' }] },
  });
  registry.write('{"type":"news","more":1}\n{"type":"heartbeat"}\n');
  const { length } = registry.reports;
  await waitUntil('it is reported again', async () => registry.reports.length > length);
  expect(registry.hasLeft()).toBe(false);
  gateway.child.kill('SIGTERM');
  await waitUntil('it says good-bye', async () => registry.hasLeft());
});

test('it comes back to a registry that was gone, spoke nonsense or fell silent, and works on meanwhile', async () => {
  await using upstream = await startUpstream((_request, response) => response.end('one'));
  const registry = await startFakeRegistry();
  const port = Number(new URL(registry.url).port);
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), {
    REGISTRY_URL: registry.url,
    REGISTRY_TOKEN: token,
  });
  registry.publish(stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }));
  await waitUntil('the state is applied', async () => (await get(`${gateway.url}/a`)).body === 'one');
  for (const nonsense of ['{"type":"state","epoch":1}\n', 'no json\n', '[]\n']) {
    const before = registry.opened();
    registry.write(nonsense);
    await waitUntil('it connects again', async () => registry.opened() > before);
  }
  const before = registry.opened();
  await waitUntil('it gives up a silent stream', async () => registry.opened() > before);
  await registry[Symbol.asyncDispose]();
  expect((await get(`${gateway.url}/a`)).body).toBe('one');
  await using back = await startFakeRegistry(port);
  back.publish(stateOf({ instances: [instance('b-1', upstream)], routes: [route('/b', 'b')] }));
  await waitUntil('the next state is applied', async () => (await get(`${gateway.url}/b`)).body === 'one');
  expect((await get(`${gateway.url}/a`)).status).toBe(404);
  await back[Symbol.asyncDispose]();
});

test('a registry without a memory does not take away what the gateway knows', async () => {
  await using registry = await startFakeRegistry();
  await using upstream = await startUpstream((_request, response) => response.end('one'));
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), {
    REGISTRY_URL: registry.url,
    REGISTRY_TOKEN: token,
  });
  registry.publish(stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }));
  await waitUntil('the state is applied', async () => (await get(`${gateway.url}/a`)).body === 'one');
  registry.publish({ type: 'state', epoch: 'epoch-2', revision: 1, system: null, instances: [] });
  await waitUntil('it says so', async () => gateway.output().includes('state without a system ignored'));
  expect((await get(`${gateway.url}/a`)).body).toBe('one');
  expect(registry.reports.some(({ epoch }) => epoch === 'epoch-2')).toBe(false);
});

test('it starts by the state of its last run when there is no registry', async () => {
  await using dir = await tempDir();
  const stateFile = join(dir.path, 'state.json');
  await using upstream = await startUpstream((_request, response) => response.end('one'));
  const state = stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] });
  const away = await closedPort();
  const env = { STATE_FILE: stateFile, REGISTRY_TOKEN: token, REGISTRY_URL: `http://127.0.0.1:${away.port}` };
  {
    await using registry = await startFakeRegistry();
    await using gateway = await startGatewayProgram(programs.fileOf('gateway'), { ...env, REGISTRY_URL: registry.url });
    registry.publish(state);
    const isWritten = async (): Promise<boolean> => (await readFile(stateFile, 'utf8')) === JSON.stringify(state);
    await waitUntil('the state is written', isWritten);
    expect((await get(`${gateway.url}/a`)).body).toBe('one');
  }
  {
    await using gateway = await startGatewayProgram(programs.fileOf('gateway'), env);
    expect((await get(`${gateway.url}/a`)).body).toBe('one');
  }
  await writeFile(stateFile, JSON.stringify(state).slice(0, -9));
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), env);
  expect((await get(`${gateway.url}/a`)).status).toBe(404);
  expect(gateway.output()).toContain('state file ignored');
});

test('T37: SIGTERM lets requests under way finish, takes no new ones and ends with 0', async () => {
  await using registry = await startFakeRegistry();
  let release: (() => void) | undefined;
  await using upstream = await startUpstream((_request, response) => {
    release = () => response.end('late');
  });
  const admin = await closedPort();
  const env = { REGISTRY_URL: registry.url, REGISTRY_TOKEN: token, ADMIN_PORT: String(admin.port) };
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), env);
  registry.publish(stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }));
  const ready = async (): Promise<number> => (await get(`http://127.0.0.1:${admin.port}/health/ready`)).status;
  await waitUntil('it is ready', async () => (await ready()) === 200);
  const idle = openSocket(gateway);
  await once(idle, 'connect');
  const answer = get(`${gateway.url}/a`);
  await waitUntil('the request is at the service', async () => release !== undefined);
  gateway.child.kill('SIGTERM');
  await waitUntil('it says that it is not ready', async () => (await ready()) === 503);
  const refused = openSocket(gateway);
  await waitUntil('new connections are refused', async () => refused.destroyed);
  await waitUntil('a connection without a request is closed', async () => idle.destroyed);
  release?.();
  expect(await answer).toMatchObject({ body: 'late', headers: { connection: 'close' } });
  expect(await once(gateway.child, 'exit')).toEqual([0, null]);
});

test('variables without sense, and ports that are taken, end it with a reason', async () => {
  await using other = await startUpstream((_request, response) => response.end());
  const taken = String(other.port);
  expect(await failureOf({ PORT: '99999' })).toBe('gateway: PORT must be a port number, not "99999".\n');
  expect(await failureOf({ PORT: taken })).toContain('EADDRINUSE');
  expect(await failureOf({ PORT: '0', ADMIN_PORT: taken })).toContain('EADDRINUSE');
});

/** What it says when it ends with 1. */
async function failureOf(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [programs.fileOf('gateway')], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  expect(await once(child, 'close')).toEqual([1, null]);
  return errors;
}

test('no idempotent request fails when one of two instances is killed under load, and none is lost again when it returns', async () => {
  await using registry = await startFakeRegistry();
  await using other = await startVictim();
  const victim = await startVictim();
  await using gateway = await startGatewayProgram(programs.fileOf('gateway'), {
    REGISTRY_URL: registry.url,
    REGISTRY_TOKEN: token,
  });
  const instances = [instance('a-1', victim), instance('a-2', other)];
  registry.publish(stateOf({ instances, routes: [route('/a', 'a')] }));
  await waitUntil('the state is applied', async () => (await get(`${gateway.url}/a`)).status === 200);
  await using load = startLoad(gateway);
  await waitUntil('both take requests', async () => load.from(victim.pid) > 50 && load.from(other.pid) > 50);
  victim.kill();
  const atKill = load.answered();
  await waitUntil('the load goes on', async () => load.answered() > atKill + 500);
  expect(load.failed()).toEqual([]);
  // The same address again, before the registry has noticed anything.
  await using back = await startVictim(victim.port);
  await waitUntil('the new one takes requests', async () => load.from(back.pid) > 50);
  expect(load.failed()).toEqual([]);
  expect(gateway.output()).toContain('"msg":"instance ejected","instance":"a-1"');
});

interface Victim extends Address, AsyncDisposable {
  readonly pid: number;
  readonly kill: () => void;
}

async function startVictim(port = 0): Promise<Victim> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/gateway-upstream.mjs')], {
    env: { PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = (): boolean => child.kill('SIGKILL');
  const dispose = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, address: '127.0.0.1', port: Number(line), kill, [Symbol.asyncDispose]: dispose };
}

/** Idempotent requests of all kinds, 16 at a time, until it is disposed of. */
function startLoad({ address, port }: Address) {
  const pool = new Pool(`http://${address}:${port}`, { connections: 16 });
  const byPid = new Map<number, number>();
  const failed: string[] = [];
  let answered = 0;
  const over = new AbortController();
  const one = async (method: 'GET' | 'PUT' | 'DELETE' | 'POST'): Promise<void> => {
    const body = method === 'PUT' || method === 'POST' ? { body: 'x'.repeat(1000) } : {};
    const headers = method === 'POST' ? { 'idempotency-key': '"k"' } : {};
    const reply = await pool.request({ method, path: '/a', headers, ...body });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) return void failed.push(`${method} ${reply.statusCode} ${text}`);
    const { pid } = JSON.parse(text) as { pid: number };
    byPid.set(pid, (byPid.get(pid) ?? 0) + 1);
    answered += 1;
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const method of ['GET', 'PUT', 'DELETE', 'POST'] as const) {
        await one(method).catch((error: unknown) => failed.push(`${method} ${String(error)}`));
      }
    }
  };
  const workers = Array.from({ length: 16 }, run);
  return {
    answered: () => answered,
    from: (pid: number) => byPid.get(pid) ?? 0,
    failed: () => failed,
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await Promise.all(workers);
      await pool.close();
    },
  };
}
