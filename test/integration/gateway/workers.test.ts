import { once } from 'node:events';

import { request } from 'undici';
import { expect, test } from 'vitest';

import { hasProcess } from '../../support/has-process.ts';
import { programs } from '../../support/built-programs.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startFakeRegistry, token } from './fake-registry.ts';
import { startGatewayProgram } from './start-gateway-program.ts';
import { closedPort, instance, openSocket, route, startUpstream, stateOf } from './support.ts';
import type { Address } from './support.ts';

/** A gateway of two workers that follows a registry, and whose requests go to this service. */
async function startTwo(upstream: Awaited<ReturnType<typeof startUpstream>>) {
  const registry = await startFakeRegistry();
  const admin = await closedPort();
  const gateway = await startGatewayProgram(programs.fileOf('gateway'), {
    REGISTRY_URL: registry.url,
    REGISTRY_TOKEN: token,
    ADMIN_PORT: String(admin.port),
    WORKERS: '2',
  });
  const adminUrl = `http://127.0.0.1:${admin.port}`;
  registry.publish(
    stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a', { timeoutMs: 60_000 })] }),
  );
  await waitUntil('it is ready', async () => (await request(`${adminUrl}/health/ready`)).statusCode === 200);
  await waitUntil('both have the route', async () =>
    (await statuses(gateway.url, 10)).every((status) => status === 200),
  );
  return { registry, gateway, adminUrl };
}

/** Each over a connection of its own, so that all workers get some. */
async function statuses(url: string, count: number): Promise<number[]> {
  const asked = Array.from({ length: count }, async () => {
    const { statusCode, body } = await request(`${url}/a`, { headers: { connection: 'close' } });
    await body.dump();
    return statusCode;
  });
  return Promise.all(asked);
}

async function workersOf(adminUrl: string): Promise<number[]> {
  const { body } = await request(`${adminUrl}/status`);
  const { workers } = (await body.json()) as { workers: { pid: number }[] };
  return workers.map(({ pid }) => pid);
}

/** Asks for a connection only: one taken in the moment of closing may stay open as long as the process does. */
function isRefused(gateway: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(gateway);
    socket.once('error', () => resolve(true));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
}

function countedIn(metrics: string): number {
  const [, counted = '0'] = /msa_gateway_requests_total\{route="\/a",status="2xx"\} (\d+)/.exec(metrics) ?? [];
  return Number(counted);
}

test('two workers serve one port, count together, and one that crashes is replaced while the other serves', async () => {
  await using upstream = await startUpstream((_request, response) => response.end('ok'));
  const { registry, gateway, adminUrl } = await startTwo(upstream);
  await using _registry = registry;
  await using _gateway = gateway;
  const before = await workersOf(adminUrl);
  expect(before).toHaveLength(2);
  await statuses(gateway.url, 40);
  const metrics = await (await request(`${adminUrl}/metrics`)).body.text();
  expect(countedIn(metrics)).toBeGreaterThanOrEqual(40);
  expect(metrics.match(/# TYPE msa_gateway_requests_total/g)).toHaveLength(1);
  process.kill(before[0] ?? 0, 'SIGKILL');
  await waitUntil('it is replaced', async () => {
    const now = await workersOf(adminUrl);
    return now.length === 2 && !now.includes(before[0] ?? 0);
  });
  await waitUntil('both serve', async () => (await statuses(gateway.url, 20)).every((status) => status === 200));
  expect(gateway.output()).toContain('worker ended');
  // What the one that ended had counted is not taken back.
  const later = await (await request(`${adminUrl}/metrics`)).body.text();
  expect(countedIn(later)).toBeGreaterThanOrEqual(countedIn(metrics));
  // Lines of several processes never mix.
  for (const line of gateway.output().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

test('SIGTERM lets every worker finish, and nothing is left', async () => {
  let release: (() => void) | undefined;
  await using upstream = await startUpstream((incoming, response) => {
    if (incoming.url === '/a/slow') release = () => response.end('late');
    else response.end('ok');
  });
  const { registry, gateway, adminUrl } = await startTwo(upstream);
  await using _registry = registry;
  await using _gateway = gateway;
  const pids = await workersOf(adminUrl);
  const answer = request(`${gateway.url}/a/slow`).then(({ body }) => body.text());
  await waitUntil('the request is at the service', async () => release !== undefined);
  gateway.child.kill('SIGTERM');
  await waitUntil('new connections are refused', async () => isRefused(gateway));
  release?.();
  expect(await answer).toBe('late');
  if (gateway.child.exitCode === null) await once(gateway.child, 'exit');
  expect(gateway.child.exitCode).toBe(0);
  expect(pids.filter(hasProcess)).toEqual([]);
});

test('kill -9 of the first process takes the workers with it', async () => {
  await using upstream = await startUpstream((_request, response) => response.end('ok'));
  const { registry, gateway, adminUrl } = await startTwo(upstream);
  await using _registry = registry;
  await using _gateway = gateway;
  const pids = await workersOf(adminUrl);
  gateway.child.kill('SIGKILL');
  await waitUntil('none lives', async () => !pids.some(hasProcess));
});

test('the page for people shows what is counted, and nothing in it can be a script', async () => {
  await using upstream = await startUpstream((_request, response) => response.end('ok'));
  const { registry, gateway, adminUrl } = await startTwo(upstream);
  await using _registry = registry;
  await using _gateway = gateway;
  const page = await request(`${adminUrl}/`);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(await page.body.text()).toContain('<td>/a</td>');
});
