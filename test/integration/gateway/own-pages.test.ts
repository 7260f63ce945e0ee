import { expect, test } from 'vitest';

import { get, linkOf, relsOf, send } from '../../../scripts/hypermedia-client.js';
import type { Instance } from '../../../src/protocol/instances.ts';
import type { WatchState } from '../../../src/protocol/watch.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startDescribed } from './described-gateway.ts';
import { exchangeBytes, instance, route, startGateway, startUpstream, stateOf } from './support.ts';
import type { Upstream } from './support.ts';

/** A service with a contract and explained names, as services made by msa are. */
function startService(pages: Readonly<Record<string, unknown>>): Promise<Upstream> {
  return startUpstream((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page ?? { title: 'Not found' }));
  });
}

function contract(type: string, fields: Record<string, unknown>, paths: readonly string[]): object {
  const schema = { $ref: `#/components/schemas/${type}` };
  const operation = { operationId: `list${type}`, responses: { 200: { content: { 'application/json': { schema } } } } };
  return {
    openapi: '3.1.1',
    info: { title: type, version: '1' },
    tags: [{ name: type }],
    paths: Object.fromEntries(paths.map((path) => [path, { get: operation }])),
    components: { schemas: { [type]: { type: 'object', properties: fields }, Link: { type: 'object' } } },
  };
}

test('the entry point links every route, and every name in it can be looked up', async () => {
  await using upstream = await startService({ '/users': 'all users' });
  const routes = [route('/users', 'users'), route('/api/v1/carts', 'carts')];
  await using gateway = await startGateway(stateOf({ instances: [instance('users-1', upstream)], routes }));
  const entry = await get(`${gateway.url}/`);
  expect(entry.status).toBe(200);
  expect(entry.body.title).toBe('shop');
  expect(relsOf(entry)).toEqual(['self', 'api-v1-carts', 'users', 'service-desc', 'describedby', 'describedby']);
  expect(linkOf(entry, 'users')).toEqual({
    rel: 'users',
    method: 'GET',
    href: `${gateway.url}/users`,
    title: 'users at /users',
  });
  expect((await get(linkOf(entry, 'users')?.href ?? '')).body).toBe('all users');
  for (const link of entry.body.links.filter(({ rel }: { rel: string }) => rel === 'describedby'))
    expect((await get(link.href)).body).toMatchObject({ method: 'GET' });
});

test('its links begin with the address the client used, or with the public one when it names none', async () => {
  await using gateway = await startGateway(stateOf({ routes: [route('/users', 'users')] }), {
    publicUrl: 'https://shop.example/',
  });
  const named = await exchangeBytes(gateway, 'GET / HTTP/1.1\r\nhost: shop.test:81\r\n\r\n', hasBody);
  expect(named.text).toContain('"href":"http://shop.test:81/users"');
  const unnamed = await exchangeBytes(gateway, 'GET / HTTP/1.0\r\n\r\n', hasBody);
  expect(unnamed.text).toContain('"href":"https://shop.example/users"');
});

test('own pages can only be read', async () => {
  await using gateway = await startGateway(stateOf({}));
  const refused = await send('POST', `${gateway.url}/`, { body: {} });
  expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  expect((await send('OPTIONS', `${gateway.url}/openapi.json`)).status).toBe(204);
  expect(await send('HEAD', `${gateway.url}/`)).toMatchObject({ status: 200, body: '' });
  expect((await get(`${gateway.url}/rels/nothing`)).status).toBe(404);
});

test('a broken request behind one for an own page does not get before its answer', async () => {
  let answerContract: (() => void) | undefined;
  await using slow = await startUpstream((_request, response) => {
    answerContract = () => void response.writeHead(404).end();
  });
  const routes = [route('/users', 'users')];
  await using gateway = await startGateway(stateOf({ instances: [instance('users-1', slow)], routes }));
  const exchange = exchangeBytes(gateway, 'GET /openapi.json HTTP/1.1\r\nhost: shop\r\n\r\nnonsense\r\n\r\n');
  await waitUntil('the page waits for a service', () => Promise.resolve(answerContract !== undefined));
  answerContract?.();
  const { text, ended } = await exchange;
  expect(text.match(/^HTTP\/1\.1 \d{3}/gm)).toEqual(['HTTP/1.1 200']);
  expect(text).toContain('"openapi"');
  expect(ended).toBe('end');
});

test('a declared route wins over an own page of the same path only', async () => {
  await using web = await startService({ '/': 'front page', '/problems/mine': 'mine' });
  const instances = [instance('web-1', web)];
  await using gateway = await startGateway(stateOf({ instances, routes: [route('', 'web')] }));
  expect((await get(`${gateway.url}/`)).body).toBe('front page');
  expect((await get(`${gateway.url}/openapi.json`)).body.openapi).toBe('3.1.1');
  await gateway.gateway.apply(
    stateOf({ instances, routes: [route('/problems', 'web'), route('/openapi.json', 'web')] }),
  );
  expect((await get(`${gateway.url}/openapi.json`)).status).toBe(404);
  expect((await get(`${gateway.url}/problems/not-found`)).body.status).toBe(404);
});

test('the entry point has what a simple request of this client gets, and no more', async () => {
  await using gateway = await startDescribed(`
name: shop
gateway:
  routes:
    - { path: /old, redirect: { path: /users } }
    - { exact: /robots.txt, respond: { body: none } }
    - { path: /both, split: [{ service: users }, { service: web }] }
services:
  users:
    path: users
    routes:
      - { path: /users }
      - { path: /users, methods: [POST] }
      - { path: /write, methods: [POST] }
      - { path: /beta, query: { beta: "1" } }
      - matches: [{ exact: /me }, { path: /people, methods: [GET] }]
  web: { path: web, routes: [{ path: /api, host: api.example.com }] }
`);
  const entry = await get(`${gateway.url}/`);
  const hrefs = (reply: typeof entry): string[] =>
    reply.body.links
      .filter(({ rel }: { rel: string }) => rel !== 'describedby')
      .map(({ href }: { href: string }) => href);
  const common = ['/both', '/me', '/people', '/robots.txt', '/users'];
  expect(hrefs(entry)).toEqual(['/', ...common, '/openapi.json'].map((path) => gateway.url + path));
  expect(linkOf(entry, 'both')?.title).toBe('users, web at /both');
  expect((await get(`${gateway.url}/rels/robots-txt`)).body).toMatchObject({ title: 'The route /robots.txt' });
  const other = await send('GET', `${gateway.url}/`, { headers: { host: 'api.example.com' } });
  expect(hrefs(other)).toContain('http://api.example.com/api');
});

test('the contracts of all services are one, with what has a route', async () => {
  await using users = await startService({ '/openapi.json': contract('User', { a: {} }, ['/users', '/internal']) });
  await using carts = await startService({ '/openapi.json': contract('Cart', { b: {} }, ['/carts/{id}']) });
  await using plain = await startService({});
  const services = { users, carts, plain };
  const instances = Object.entries(services).map(([name, at]) => instance(`${name}-1`, at));
  const routes = Object.keys(services).map((name) => route(`/${name}`, name));
  await using gateway = await startGateway(stateOf({ instances, routes }));
  const { body } = await get(`${gateway.url}/openapi.json`);
  expect(Object.keys(body.paths).toSorted()).toEqual(['/carts/{id}', '/users']);
  expect(Object.keys(body.components.schemas).toSorted()).toEqual(['Cart', 'Link', 'User']);
  expect(body).toMatchObject({ openapi: '3.1.1', info: { title: 'shop' }, servers: [{ url: '/' }] });
});

test('contracts are read again when the instances are others', async () => {
  let reads = 0;
  await using users = await startUpstream((_request, response) => {
    reads += 1;
    response.end(JSON.stringify(contract('User', { [`field${reads}`]: {} }, ['/users'])));
  });
  await using gateway = await startGateway(usersAt(instance('users-1', users)));
  const fields = async () =>
    Object.keys((await get(`${gateway.url}/openapi.json`)).body.components.schemas.User.properties as object);
  expect(await fields()).toEqual(['field1']);
  expect(await fields()).toEqual(['field1']);
  await gateway.gateway.apply(usersAt(instance('users-2', users)));
  expect(await fields()).toEqual(['field2']);
});

test('names that the gateway does not know are asked of the services', async () => {
  await using users = await startService(namesOf('users'));
  await using carts = await startService(namesOf('carts'));
  const instances = [instance('users-1', users), instance('carts-1', carts)];
  const routes = [route('/users', 'users'), route('/carts', 'carts')];
  await using gateway = await startGateway(stateOf({ instances, routes }));
  expect((await get(`${gateway.url}/rels/payment`)).body).toEqual({ rel: 'payment' });
  expect((await get(`${gateway.url}/rels/create`)).body).toEqual({
    rel: 'create',
    services: { users: { rel: 'create', path: '/users' }, carts: { rel: 'create', path: '/carts' } },
  });
  expect((await get(`${gateway.url}/problems/refused`)).body).toMatchObject({ status: 422 });
});

test('nothing but names can be asked of services by this way', async () => {
  const asked: string[] = [];
  await using secret = await startUpstream((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  const routes = [route('/users', 'users')];
  await using gateway = await startGateway(stateOf({ instances: [instance('users-1', secret)], routes }));
  for (const path of ['/rels/', '/rels/a/b', '/rels/a%20b', '/problems/x/../../rels/a/b'])
    expect((await get(`${gateway.url}${path}`)).status, path).toBe(404);
  expect(asked).toEqual([]);
});

test('metrics count requests by route and edge, and status shows what is applied', async () => {
  await using users = await startService({ '/users': [] });
  const state = stateOf({ instances: [instance('users-1', users)], routes: [route('/users', 'users')], revision: 77 });
  await using gateway = await startGateway(state);
  await get(`${gateway.url}/users`);
  await get(`${gateway.url}/users/none`);
  const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
  expect(metrics).toContain('msa_gateway_requests_total{route="/users",status="2xx"} 1\n');
  expect(metrics).toContain('msa_gateway_requests_total{route="/users",status="4xx"} 1\n');
  expect(metrics).toContain('msa_gateway_request_duration_seconds_count{route="/users"} 2\n');
  expect(metrics).toContain('msa_gateway_instance_connections{service="users",instance="users-1"} 1\n');
  expect(metrics).toContain('msa_gateway_applied_revision{epoch="epoch-1"} 77\n');
  const { body } = await get(`${gateway.adminUrl}/status`);
  expect(body).toMatchObject({
    revision: 77,
    workspace: 'shop-abc123',
    version: 'v1',
    routes: [{ path: '/users', service: 'users', timeoutMs: 5000, retryAttempts: 2, inFlight: 0 }],
    services: [{ name: 'users', endpoints: [{ id: 'users-1', status: 'up', inFlight: 0 }] }],
  });
});

test('the access log tells of every request, without its query', async () => {
  await using users = await startService({});
  const state = stateOf({
    instances: [instance('users-1', users)],
    routes: [route('/users', 'users'), route('/away', 'away')],
  });
  await using gateway = await startGateway(state);
  const headers = { 'x-request-id': 'my-id', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
  await send('GET', `${gateway.url}/users/7?password=secret`, { headers });
  await send('GET', `${gateway.url}/nothing`, { headers: { 'x-request-id': 'not valid!' } });
  await send('GET', `${gateway.url}/away`);
  await gateway.gateway.close();
  const [first, second, third] = gateway.log().filter(({ msg }) => msg === 'request');
  expect(first).toMatchObject({
    level: 'info',
    listener: 'public',
    method: 'GET',
    path: '/users/7',
    status: 404,
    instance: 'users-1',
    tries: 1,
    requestId: 'my-id',
    traceId: 'a'.repeat(32),
  });
  expect(second).toMatchObject({ status: 404, problem: 'not-found' });
  expect(second?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
  expect(third).toMatchObject({ status: 503, problem: 'unavailable', target: '/away' });
  expect(third).not.toHaveProperty('bytes');
  expect(JSON.stringify(gateway.log())).not.toContain('secret');
});

function hasBody(text: string): boolean {
  return text.includes('}');
}

function usersAt(...instances: Instance[]): WatchState {
  return stateOf({ instances, routes: [route('/users', 'users')] });
}

/** What a service says of names in its links and problems. */
function namesOf(service: string): Readonly<Record<string, unknown>> {
  return {
    '/rels/create': { rel: 'create', path: `/${service}` },
    '/problems/refused': { status: 422, title: 'Refused by a rule' },
    ...(service === 'carts' && { '/rels/payment': { rel: 'payment' } }),
  };
}
