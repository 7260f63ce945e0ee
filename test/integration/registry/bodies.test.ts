import { expect, test } from 'vitest';

import type { InstanceRecord } from '../../../src/protocol/instances.ts';
import { instancesOf, put, send, sendRaw, startRegistry, systemOf, token } from './support/registry.ts';

const record: InstanceRecord = { id: 'orders-1', service: 'orders', address: '10.1.2.3', port: 3000, draining: false };
const tableOf = (...changes: readonly object[]) => ({ instances: changes.map((change) => ({ ...record, ...change })) });
const system = systemOf(['orders']);
const route = { path: '/orders', service: 'orders', timeoutMs: 1000, retryAttempts: 1 };
const edge = { caller: 'a', callee: 'b', port: 20_000, timeoutMs: 1000, retryAttempts: 1, checkCaller: true };

test.each([
  ['a list', []],
  ['null', null],
  ['nothing in it', {}],
  ['an unknown key', { ...tableOf({}), extra: 1 }],
  ['an unknown key in an instance', tableOf({ weight: 1 })],
  ['no id', tableOf({ id: undefined })],
  ['an empty id', tableOf({ id: '' })],
  ['an id with a slash', tableOf({ id: 'a/b' })],
  ['an id with a line break', tableOf({ id: 'a\nb' })],
  ['an id of a kilobyte', tableOf({ id: 'a'.repeat(1000) })],
  ['two of the same id', tableOf({}, {})],
  ['a service that is no name', tableOf({ service: 'Orders' })],
  ['a host name', tableOf({ address: 'localhost' })],
  ['an IPv6 address', tableOf({ address: '::1' })],
  ['an address out of range', tableOf({ address: '10.0.0.256' })],
  ['half an address', tableOf({ address: '10.0.1' })],
  ['an address with a port', tableOf({ address: '10.0.0.1:80' })],
  ['an address in octal', tableOf({ address: '010.0.0.1' })],
  ['an address with a zero before it', tableOf({ address: '10.0.0.01' })],
  ['an address with a space', tableOf({ address: '10.0.0.1 ' })],
  ['any address', tableOf({ address: '0.0.0.0' })],
  ['a multicast address', tableOf({ address: '224.0.0.1' })],
  ['all addresses', tableOf({ address: '255.255.255.255' })],
  ['port 0', tableOf({ port: 0 })],
  ['port 65536', tableOf({ port: 65_536 })],
  ['half a port', tableOf({ port: 80.5 })],
  ['a port as text', tableOf({ port: '80' })],
  ['draining as text', tableOf({ draining: 'no' })],
  [
    'too many instances',
    { instances: Array.from({ length: 1001 }, (_, index) => ({ ...record, id: `orders-${index}` })) },
  ],
])('a table with %s is refused, and changes nothing', async (_what, table) => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/sources/engine`, tableOf({}));
  const reply = await send(`${registry.url}/v1/sources/engine`, 'PUT', { body: table });
  expect(reply).toMatchObject({ status: 422, json: { status: 422, problems: [expect.any(String) as string] } });
  expect(await instancesOf(registry)).toMatchObject([record]);
});

test('routes of one path that take different requests, and routes of no service, are passed on as they are', async () => {
  await using registry = await startRegistry();
  const { service: _none, ...ownerless } = route;
  const routes = [
    route,
    { ...route, matches: [{ path: route.path, methods: ['GET'], headers: { a: '1' }, query: { b: '2' } }] },
    { ...route, hosts: ['example.com', '*.example.com'] },
    { ...ownerless, path: '/x/', matches: [{ path: '/x/', exact: true }], policy: { respond: { status: 204 } } },
  ];
  await put(`${registry.url}/v1/system`, { ...system, routes });
  expect((await send(`${registry.url}/v1/system`, 'GET')).json).toEqual({ ...system, routes });
});

test.each([
  ['no name', { ...system, name: undefined }],
  ['a version that is a number', { ...system, version: 1 }],
  ['an empty version', { ...system, version: '' }],
  ['a workspace with a slash', { ...system, workspace: '../shop' }],
  ['two services of a name', { ...system, services: [...system.services, ...system.services] }],
  ['a health of another kind', { ...system, services: [{ name: 'a', health: { kind: 'command' } }] }],
  ['a health path that is none', systemOf(['a'], { kind: 'http', live: '/', ready: 'http://evil.example/' })],
  ['a health path with a space', systemOf(['a'], { kind: 'http', live: '/', ready: '/a b' })],
  ['a health path with a line break', systemOf(['a'], { kind: 'http', live: '/', ready: '/a\r\nx: y' })],
  ['a route without a slash', { ...system, routes: [{ ...route, path: 'orders' }] }],
  ['a route with a slash at its end', { ...system, routes: [{ ...route, path: '/orders/' }] }],
  ['a route with a pattern', { ...system, routes: [{ ...route, path: '/orders/:id' }] }],
  ['two routes of a path', { ...system, routes: [route, route] }],
  ['a route with no match', { ...system, routes: [{ ...route, matches: [] }] }],
  ['a match without a path', { ...system, routes: [{ ...route, matches: [{ methods: ['GET'] }] }] }],
  ['a match of another kind', { ...system, routes: [{ ...route, matches: [{ path: '/x', regex: true }] }] }],
  ['a host that is endless', { ...system, routes: [{ ...route, hosts: ['a'.repeat(300)] }] }],
  ['a policy that is endless', { ...system, routes: [{ ...route, policy: { respond: 'x'.repeat(70_000) } }] }],
  ['a timeout of nothing', { ...system, routes: [{ ...route, timeoutMs: 0 }] }],
  ['endless retries', { ...system, routes: [{ ...route, retryAttempts: 1e9 }] }],
  ['two edges on a port', { ...system, edges: [edge, { ...edge, caller: 'c' }] }],
  ['an edge without a port', { ...system, edges: [{ ...edge, port: undefined }] }],
])('a system with %s is refused, and changes nothing', async (_what, changed) => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, system);
  expect((await send(`${registry.url}/v1/system`, 'PUT', { body: changed })).status).toBe(422);
  expect((await send(`${registry.url}/v1/system`, 'GET')).json).toEqual(system);
});

test.each([
  ['an unknown key', { epoch: 'e', revision: 1, more: true }],
  ['a negative revision', { epoch: 'e', revision: -1 }],
  ['an epoch with a line break', { epoch: 'e\n', revision: 1 }],
])('a report with %s is refused', async (_what, report) => {
  await using registry = await startRegistry();
  expect((await send(`${registry.url}/v1/gateways/gateway-1`, 'PUT', { body: report })).status).toBe(422);
  expect((await send(`${registry.url}/v1/gateways`, 'GET')).json).toEqual({ gateways: [] });
});

test('problems say where they are', async () => {
  await using registry = await startRegistry();
  const table = { instances: [record, { ...record, id: 'orders-2', address: 'here', weight: 1 }] };
  const reply = await send(`${registry.url}/v1/sources/engine`, 'PUT', { body: table });
  expect(reply.json).toEqual({
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'the body does not fit its schema',
    problems: ['instances[1].address: must be an IPv4 address', 'instances[1]: Unrecognized key: "weight"'],
  });
});

test.each([
  { what: 'no JSON', body: '{', status: 400 },
  { what: 'nothing', body: '', status: 400 },
  { what: 'a key that is a prototype', body: '{"__proto__":{"instances":[]},"instances":[]}', status: 422 },
  { what: 'brackets without end', body: '['.repeat(500_000), status: 400 },
  { what: 'lists in lists', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, status: 422 },
  { what: 'a form', body: 'instances=', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  { what: 'plain text', body: '{"instances":[]}', headers: { 'content-type': 'text/plain' }, status: 415 },
  { what: 'compressed', body: '{"instances":[]}', headers: { 'content-encoding': 'gzip' }, status: 415 },
])('a body that is $what is refused', async ({ body, headers = {}, status }) => {
  await using registry = await startRegistry();
  const reply = await send(`${registry.url}/v1/sources/engine`, 'PUT', { body, headers });
  expect(reply).toMatchObject({ status, json: { status } });
});

test('a body that is not UTF-8 is refused', async () => {
  await using registry = await startRegistry();
  const answer = await sendRaw(registry.port, `${putHead(['Content-Length: 4', 'Connection: close'])}"\xff\xfe"`);
  expect(answer).toMatch(/^HTTP\/1.1 400/);
});

test('a body over the limit is refused before it is sent, and while it is sent without a length', async () => {
  await using registry = await startRegistry();
  expect(await sendRaw(registry.port, putHead(['Content-Length: 6291457']))).toMatch(/^HTTP\/1.1 413/);
  const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
  const chunked = `${putHead(['Transfer-Encoding: chunked'])}${chunk.repeat(97)}`;
  expect(await sendRaw(registry.port, chunked)).toMatch(/^HTTP\/1.1 413/);
});

test('a body just below the limit is read', async () => {
  await using registry = await startRegistry();
  const text = JSON.stringify(system);
  const reply = await send(`${registry.url}/v1/system`, 'PUT', { body: text.padEnd(6 * 1024 * 1024, ' ') });
  expect(reply.status).toBe(200);
});

test.each(['a%2Fb', '%ff', '..%2f', 'a%0Ab', '-', 'a'.repeat(101)])('a source cannot be called %s', async (name) => {
  await using registry = await startRegistry();
  const reply = await send(`${registry.url}/v1/sources/${name}`, 'PUT', { body: tableOf({}) });
  expect(reply.status).toBe(400);
});

test('what is no HTTP, has too large a header, or two lengths is refused, and the rest goes on', async () => {
  await using registry = await startRegistry();
  expect(await sendRaw(registry.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
  expect(await sendRaw(registry.port, large)).toMatch(/^HTTP\/1.1 431/);
  const smuggled = putHead(['Content-Length: 2', 'Transfer-Encoding: chunked']);
  expect(await sendRaw(registry.port, `${smuggled}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 400/);
  expect((await send(`${registry.url}/health/ready`, 'GET')).status).toBe(200);
});

test('a request that never comes to its end is let go, in its head and in its body', async () => {
  await using registry = await startRegistry();
  const [head, body] = await Promise.all([
    sendRaw(registry.port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX: '),
    sendRaw(registry.port, `${putHead(['Content-Length: 10'])}{`),
  ]);
  expect(head).toMatch(/^HTTP\/1.1 408/);
  expect(body).toMatch(/^HTTP\/1.1 408/);
});

function putHead(fields: readonly string[]): string {
  const all = ['Host: localhost', `Authorization: Bearer ${token}`, 'Content-Type: application/json', ...fields];
  return `PUT /v1/system HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`;
}
