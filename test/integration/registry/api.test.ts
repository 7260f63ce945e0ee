import { expect, test } from 'vitest';

import { gatewayLeaseMs } from '../../../src/protocol/watch.ts';
import { recordOf, startService } from './support/fake-service.ts';
import { instancesOf, put, send, startRegistry, systemOf, untilInstance } from './support/registry.ts';

const place = { port: 3000 };

test('the entry leads by links to all that can be read', async () => {
  await using registry = await startRegistry({ system: systemOf(['orders']) });
  const { json } = await send(`${registry.url}/`, 'GET');
  const links = Object.entries((json as { _links: Record<string, { href: string }> })._links);
  expect(links.map(([relation]) => relation)).toContain('watch');
  for (const [relation, { href }] of links.filter(([name]) => name !== 'watch'))
    expect([relation, (await send(`${registry.url}${href}`, 'GET')).status]).toEqual([relation, 200]);
});

test('a system is as it was put; the same again is no news', async () => {
  await using registry = await startRegistry();
  expect((await send(`${registry.url}/v1/system`, 'GET')).status).toBe(404);
  const first = await put(`${registry.url}/v1/system`, systemOf(['orders']));
  expect(first).toEqual({ epoch: expect.any(String) as string, revision: 1 });
  expect((await send(`${registry.url}/v1/system`, 'GET')).json).toEqual(systemOf(['orders']));
  expect(await put(`${registry.url}/v1/system`, systemOf(['orders']))).toEqual(first);
  expect(await put(`${registry.url}/v1/system`, systemOf(['users']))).toMatchObject({ revision: 2 });
});

test('who has the newest state is told so without the state', async () => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf([]));
  for (const path of ['/v1/system', '/v1/instances']) {
    const { headers } = await send(`${registry.url}${path}`, 'GET');
    const known = { 'if-none-match': String(headers['etag']) };
    expect(await send(`${registry.url}${path}`, 'GET', { headers: known })).toMatchObject({ status: 304, text: '' });
  }
  const { headers } = await send(`${registry.url}/v1/instances`, 'GET');
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  const stale = await send(`${registry.url}/v1/instances`, 'GET', {
    headers: { 'if-none-match': String(headers['etag']) },
  });
  expect(stale.status).toBe(200);
});

test('sources add up, in the order of ids; each replaces only its own', async () => {
  await using registry = await startRegistry();
  const engine = `${registry.url}/v1/sources/engine`;
  await put(engine, { instances: [recordOf('orders-10', place), recordOf('orders-2', place)] });
  await put(`${registry.url}/v1/sources/more`, { instances: [recordOf('orders-3', place)] });
  expect((await instancesOf(registry)).map(({ id, source }) => `${id} ${source}`)).toEqual([
    'orders-2 engine',
    'orders-3 more',
    'orders-10 engine',
  ]);
  await put(engine, { instances: [recordOf('orders-2', place)] });
  expect((await send(engine, 'GET')).json).toEqual({ instances: [recordOf('orders-2', place)] });
  expect((await send(engine, 'DELETE')).status).toBe(204);
  expect((await send(engine, 'DELETE')).status).toBe(204);
  expect((await send(engine, 'GET')).status).toBe(404);
  expect((await instancesOf(registry)).map(({ id }) => id)).toEqual(['orders-3']);
});

test('an instance belongs to one source; the second to claim it is refused', async () => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', place)] });
  const other = `${registry.url}/v1/sources/other`;
  const reply = await send(other, 'PUT', {
    body: { instances: [recordOf('orders-1', place), recordOf('orders-2', place)] },
  });
  expect(reply).toMatchObject({ status: 409, json: { detail: 'another source already has orders-1' } });
  expect(await instancesOf(registry)).toMatchObject([{ id: 'orders-1', source: 'engine' }]);
});

test('there is a limit to sources', async () => {
  await using registry = await startRegistry();
  const names = Array.from({ length: 16 }, (_, index) => `source-${index}`);
  for (const name of names) await put(`${registry.url}/v1/sources/${name}`, { instances: [] });
  const reply = await send(`${registry.url}/v1/sources/one-more`, 'PUT', { body: { instances: [] } });
  expect(reply.status).toBe(409);
  expect(await put(`${registry.url}/v1/sources/source-0`, { instances: [recordOf('a-1', place)] })).toBeDefined();
});

test('a gateway is listed with what it has applied, until it has not reported for a while', async () => {
  let now = Date.now();
  await using registry = await startRegistry({}, { now: () => now });
  await put(`${registry.url}/v1/gateways/gateway-1`, { epoch: 'first', revision: 1 });
  now += gatewayLeaseMs - 1;
  await put(`${registry.url}/v1/gateways/gateway-2`, { epoch: 'first', revision: 7 });
  expect(await gateways()).toEqual([
    { id: 'gateway-1', epoch: 'first', revision: 1 },
    { id: 'gateway-2', epoch: 'first', revision: 7 },
  ]);
  now += 1;
  expect(await gateways()).toMatchObject([{ id: 'gateway-2' }]);
  await put(`${registry.url}/v1/gateways/gateway-2`, { epoch: 'second', revision: 2 });
  now += gatewayLeaseMs - 1;
  expect(await gateways()).toEqual([{ id: 'gateway-2', epoch: 'second', revision: 2 }]);
  now += 1;
  expect(await gateways()).toEqual([]);
  await put(`${registry.url}/v1/gateways/gateway-2`, { epoch: 'second', revision: 2 });
  expect((await send(`${registry.url}/v1/gateways/gateway-2`, 'DELETE')).status).toBe(204);
  expect(await gateways()).toEqual([]);

  async function gateways(): Promise<unknown> {
    return ((await send(`${registry.url}/v1/gateways`, 'GET')).json as { gateways: unknown }).gateways;
  }
});

test('reports of gateways are no changes of the state', async () => {
  await using registry = await startRegistry();
  const { json: before } = await send(`${registry.url}/v1/instances`, 'GET');
  await put(`${registry.url}/v1/gateways/gateway-1`, { epoch: 'first', revision: 1 });
  expect((await send(`${registry.url}/v1/instances`, 'GET')).json).toEqual(before);
});

test('there is a limit to gateways, and a lapsed one makes room', async () => {
  let now = Date.now();
  await using registry = await startRegistry({}, { now: () => now });
  for (let index = 0; index < 64; index++)
    await put(`${registry.url}/v1/gateways/gateway-${index}`, { epoch: 'e', revision: 1 });
  const report = { body: { epoch: 'e', revision: 1 } };
  expect((await send(`${registry.url}/v1/gateways/one-more`, 'PUT', report)).status).toBe(409);
  expect((await send(`${registry.url}/v1/gateways/gateway-0`, 'PUT', report)).status).toBe(204);
  now += gatewayLeaseMs;
  expect((await send(`${registry.url}/v1/gateways/one-more`, 'PUT', report)).status).toBe(204);
});

test('what is not there and what cannot be done is said as a problem', async () => {
  await using registry = await startRegistry();
  expect(await send(`${registry.url}/v2/system`, 'GET')).toMatchObject({ status: 404, json: { title: 'Not Found' } });
  const reply = await send(`${registry.url}/v1/system`, 'DELETE');
  expect(reply).toMatchObject({ status: 405, json: { status: 405 }, headers: { allow: 'GET, HEAD, PUT' } });
  expect((await send(`${registry.url}/v1/instances`, 'PATCH')).status).toBe(405);
});

test('HEAD answers as GET without a body, and does not take a place at the stream', async () => {
  await using registry = await startRegistry();
  for (const path of ['/v1/instances', '/v1/watch', '/health/live'])
    expect(await send(`${registry.url}${path}`, 'HEAD')).toMatchObject({ status: 200, text: '' });
});

test('metrics count instances, probes, gateways and changes', async () => {
  await using service = await startService();
  await using registry = await startRegistry({ system: systemOf(['orders', 'users']) });
  const instances = [recordOf('orders-1', service), recordOf('users-1', { port: 1 }), recordOf('a-1', service, true)];
  await put(`${registry.url}/v1/sources/engine`, { instances });
  await put(`${registry.url}/v1/gateways/gateway-1`, { epoch: 'first', revision: 1 });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await untilInstance(registry, 'users-1', { problem: 'connection refused' });
  const { text, headers } = await send(`${registry.url}/metrics`, 'GET');
  expect(headers['content-type']).toMatch(/^text\/plain; version=/);
  expect(text).toContain('msa_registry_instances{status="up"} 1\n');
  expect(text).toContain('msa_registry_instances{status="starting"} 1\n');
  expect(text).toContain('msa_registry_instances{status="draining"} 1\n');
  expect(text).toContain('msa_registry_gateways 1\n');
  expect(text).toMatch(/^msa_registry_probes_total\{outcome="good"\} [1-9]/m);
  expect(text).toMatch(/^msa_registry_probes_total\{outcome="failed"\} [1-9]/m);
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
});

test('changes of health are in the log', async () => {
  await using service = await startService();
  await using registry = await startRegistry({ system: systemOf(['orders']) });
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await service.die();
  await untilInstance(registry, 'orders-1', { status: 'down' });
  await put(`${registry.url}/v1/sources/engine`, { instances: [] });
  expect(registry.log.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'info: orders-1 is starting',
    'info: orders-1 is up',
    'warn: orders-1 is down',
    'info: orders-1 is gone',
  ]);
});
