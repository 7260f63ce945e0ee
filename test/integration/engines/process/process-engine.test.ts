import { isDeepStrictEqual } from 'node:util';

import { request } from 'undici';
import { expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import { programs } from '../../../support/built-programs.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { locate, platformUnit, readAll, serviceUnit, testSystem, wholeLog, type TestSystem } from './support/system.ts';

const server = `
const http = require('node:http');
const { env } = process;
console.log('starting', env.INSTANCE_ID);
const server = http.createServer((request, response) => response.end(env.INSTANCE_ID));
server.listen(env.PORT, env.HOST);
process.on('SIGTERM', () => { console.log('leaving'); process.exit(0); });
`;

async function startSystem(system: TestSystem, replicas = 2): Promise<{ readonly gatewayUrl: string; unit: Unit }> {
  const directory = await system.folder('echo', { 'server.cjs': server });
  const locations = await locate(system.engine);
  const unit = await serviceUnit(system.engine, 'echo', { directory, command: ['node', 'server.cjs'] });
  const registry = platformUnit('registry');
  const gateway = platformUnit('gateway', {
    REGISTRY_URL: locations.registryUrl,
    PUBLIC_URL: locations.publicUrl,
  });
  const routes = [{ path: '/echo', service: 'echo', timeoutMs: 5000, retryAttempts: 1 }];
  system.want([registry, gateway, unit], { routes });
  await system.perform({ kind: 'open' });
  await system.perform({ kind: 'start', unit: registry, index: 1 });
  await system.perform({ kind: 'start', unit: gateway, index: 1 });
  for (let index = 1; index <= replicas; index++) await system.perform({ kind: 'start', unit, index });
  await system.perform({ kind: 'publish' });
  return { gatewayUrl: `http://127.0.0.1:${locations.gatewayPort}`, unit };
}

async function answers(url: string): Promise<string> {
  const { statusCode, body } = await request(url);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`);
  return text;
}

test('a system comes up behind its gateway, is observed, crashed, read, and leaves nothing', async () => {
  await using system = await testSystem({ programs: programs.path });
  const { gatewayUrl } = await startSystem(system);
  await waitUntil('both instances answer', async () => {
    const seen = new Set([await answers(`${gatewayUrl}/echo`), await answers(`${gatewayUrl}/echo`)]);
    return seen.size === 2;
  });

  const { ground, instances, systemVersion } = await system.engine.observe();
  expect(ground).toBe(true);
  expect(instances.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual([
    'echo-1 running',
    'echo-2 running',
    'gateway-1 running',
    'registry-1 running',
  ]);
  expect(systemVersion).toBeDefined();
  const control = await system.engine.control();
  expect((await control?.system())?.version).toBe(systemVersion);

  const before = await system.observed('echo-1');
  await system.engine.crash('echo-1');
  await system.waitFor('runs again', 'echo-1', ({ state, restarts }) => state === 'running' && restarts === 1);
  const after = await system.observed('echo-1');
  expect(after?.pid).not.toBe(before?.pid);
  expect(after?.port).toBe(before?.port);

  await waitUntil('the log has both starts', async () => {
    const lines = await readAll(system.engine.logs({ ...wholeLog, instances: ['echo-1'] }));
    const texts = lines.map(({ stream, text }) => `${stream} ${text}`);
    return isDeepStrictEqual(texts, ['stdout starting echo-1', 'stdout starting echo-1']);
  });

  await system.perform({ kind: 'stop', instance: 'echo-2', unit: 'echo' });
  expect(await system.observed('echo-2')).toBeUndefined();

  await system.perform({ kind: 'close', data: true });
  expect(await leftBehind(system.place.workspace, system.place.root)).toEqual([]);
  expect(await system.engine.observe()).toMatchObject({ ground: false, instances: [] });
});
