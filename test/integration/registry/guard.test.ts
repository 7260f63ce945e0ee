import { expect, test } from 'vitest';

import { put, send, sendRaw, startRegistry, systemOf, token, type TestRegistry } from './support/registry.ts';

const system = systemOf(['orders']);

test.each([
  ['no token', {}],
  ['an empty one', { authorization: 'Bearer ' }],
  ['a wrong one', { authorization: 'Bearer nonsense' }],
  ['a longer one', { authorization: `Bearer ${token}x` }],
  ['a shorter one', { authorization: `Bearer ${token.slice(1)}` }],
  ['another scheme', { authorization: `Basic ${token}` }],
])('a write with %s is refused', async (_what, headers) => {
  await using registry = await startRegistry();
  for (const path of ['/v1/system', '/v1/sources/engine', '/v1/gateways/gateway-1']) {
    const reply = await send(`${registry.url}${path}`, 'PUT', {
      body: system,
      headers: { authorization: '', ...headers },
    });
    expect(reply).toMatchObject({ status: 401, json: { title: 'Unauthorized', status: 401 } });
    expect(reply.headers['www-authenticate']).toContain('Bearer');
    expect(reply.headers['content-type']).toBe('application/problem+json');
  }
  const removal = await send(`${registry.url}/v1/sources/engine`, 'DELETE', {
    headers: { authorization: '', ...headers },
  });
  expect(removal.status).toBe(401);
  expect((await send(`${registry.url}/v1/system`, 'GET')).status).toBe(404);
});

test.each(['127.0.0.1', 'localhost', 'LOCALHOST:8761', 'registry', 'registry:8761', '[::1]:8761', '192.168.1.20:8761'])(
  'Host %s is ours',
  async (host) => {
    await using registry = await startRegistry();
    expect(await statusWithHost(registry, host)).toBe(200);
  },
);

test.each([
  'evil.example',
  'localhost.evil.example',
  'registry.evil.example:8761',
  '127.0.0.1.evil.example',
  '127.0.0.1@evil.example',
  'evil.example#127.0.0.1',
  'localhost:',
  '::1',
  '',
])('Host "%s" is not ours: the page of a site that points its name here reads nothing', async (host) => {
  await using registry = await startRegistry();
  expect(await statusWithHost(registry, host)).toBe(421);
});

test('a host name can be made ours', async () => {
  await using registry = await startRegistry({ allowedHosts: ['registry.shop.svc'] });
  expect(await statusWithHost(registry, 'Registry.Shop.svc:8761')).toBe(200);
  expect(await statusWithHost(registry, 'shop.svc')).toBe(421);
});

test('a request without Host is refused, also from old clients', async () => {
  await using registry = await startRegistry();
  expect(await sendRaw(registry.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  expect(await sendRaw(registry.port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 421/);
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['an opaque origin', { origin: 'null' }],
  ['another port', { origin: 'http://127.0.0.1:1' }],
  ['a fetch across sites', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a fetch from another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
])('%s neither writes nor reads nor takes a place at the stream', async (_what, headers) => {
  await using registry = await startRegistry();
  expect((await send(`${registry.url}/v1/system`, 'PUT', { body: system, headers })).status).toBe(403);
  expect((await send(`${registry.url}/v1/instances`, 'GET', { headers })).status).toBe(403);
  expect((await send(`${registry.url}/v1/watch`, 'GET', { headers })).status).toBe(403);
});

test('a person may open it from a link, and its own pages may ask', async () => {
  await using registry = await startRegistry();
  const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await send(`${registry.url}/`, 'GET', { headers: navigation })).status).toBe(200);
  const own = { origin: registry.url, 'sec-fetch-site': 'same-origin' };
  expect((await send(`${registry.url}/v1/instances`, 'GET', { headers: own })).status).toBe(200);
});

test('no answer invites other sites to read it', async () => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, system);
  for (const method of ['GET', 'OPTIONS']) {
    const reply = await send(`${registry.url}/v1/system`, method, { headers: { origin: registry.url } });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

async function statusWithHost({ port }: TestRegistry, host: string): Promise<number> {
  const answer = await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
}
