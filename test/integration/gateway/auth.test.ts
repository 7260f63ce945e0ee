import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { send } from '../../../scripts/hypermedia-client.js';
import type { AuthRequirement, RouteAuth } from '../../../src/protocol/policies/auth.ts';
import type { GatewayPolicy } from '../../../src/protocol/policy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';
import { closedPort, edge, exchangeBytes, instance, route, startGateway, startUpstream, stateOf } from './support.ts';

function requirement(more: Partial<AuthRequirement> = {}): AuthRequirement {
  return { mode: 'required', scopes: [], roles: [], ...more };
}

function auth(more: Partial<RouteAuth> = {}): { readonly auth: RouteAuth } {
  return { auth: { ...requirement(), methods: {}, forwardToken: true, ...more } };
}

const apiKey = 'msa_the-key-of-cron';
const sha256 = createHash('sha256').update(apiKey).digest('hex');
const keys = [{ name: 'cron', sha256, roles: ['clerk'], scopes: ['orders:read'] }];

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** Which fields say who asks, in whatever spelling. */
function claimsIn(headers: Seen['headers']): readonly string[] {
  return Object.keys(headers).filter((name) => /msa.(?:user|consumer|issuer|roles|scopes|caller)/i.test(name));
}

/** A gateway before a service that tells what it was asked; `reached` counts how often. */
async function startShop(issuer: TestIssuer, more: { readonly gateway?: GatewayPolicy } = {}) {
  let reached = 0;
  const orders = await startUpstream(({ method, url, headers }, response) => {
    reached += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers }));
  });
  const routes = [
    route('/orders', 'orders', { policy: auth() }),
    route('/menu', 'orders', { policy: auth({ mode: 'optional', forwardToken: false }) }),
    route('/reports', 'orders', {
      policy: auth({ scopes: ['reports:read', 'orders:read'], roles: ['boss', 'clerk'] }),
    }),
    route('/carts', 'orders', {
      policy: auth({ scopes: ['carts:write'], methods: { GET: requirement({ mode: 'none' }) } }),
    }),
    route('/lists', 'orders', { matches: [{ path: '/lists', methods: ['GET'] }] }),
    route('/lists', 'orders', { matches: [{ path: '/lists', methods: ['POST'] }], policy: auth() }),
    route('/', 'orders'),
    route('/admin', 'orders', { policy: auth({ roles: ['admin'] }) }),
  ];
  const instances = [instance('auth-1', issuer), instance('orders-1', orders)];
  const state = stateOf({ instances, routes, gateway: { auth: { issuers: [issuer.rules()], keys } }, ...more });
  const gateway = await startGateway(state, {
    logLevel: 'debug',
    limits: { issuerTimeoutMs: 500, issuerCooldownMs: 200 },
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    send(method, gateway.url + path, { headers });
  return {
    gateway,
    state,
    ask,
    /** With a token that has these claims. */
    askAs: async (path: string, claims: object = {}, method = 'GET') =>
      ask(path, { authorization: `Bearer ${await issuer.token({ ...claims })}` }, method),
    reached: () => reached,
    [Symbol.asyncDispose]: async () => {
      await gateway.gateway.close();
      await orders[Symbol.asyncDispose]();
    },
  };
}

describe('T35: tokens', () => {
  test.each(['RS256', 'ES256', 'EdDSA'])('of an issuer of the workspace let in, signed with %s', async (alg) => {
    await using issuer = await startIssuer(alg);
    await using shop = await startShop(issuer);
    const { status, body } = await shop.askAs('/orders/7', { client_id: 'web', roles: ['clerk'], scope: 'a b' });
    expect(status).toBe(200);
    expect((body as Seen).headers).toMatchObject({
      'x-msa-user': 'ada',
      'x-msa-consumer': 'web',
      'x-msa-issuer': 'https://shop.test',
      'x-msa-roles': 'clerk',
      'x-msa-scopes': 'a b',
      authorization: expect.stringMatching(/^Bearer /) as string,
    });
  });

  test('are asked for with a challenge and a problem, and the service hears nothing of it', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const { status, headers, body } = await shop.ask('/orders');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="shop", ApiKey realm="shop", header="X-API-Key"');
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      type: `${shop.gateway.url}/problems/authentication-required`,
      title: 'Authentication required',
      status: 401,
      instance: '/orders',
    });
    expect((await shop.ask('/orders', { authorization: 'Basic YTpi' })).status).toBe(401);
    expect(shop.reached()).toBe(0);
  });

  test('that are no good are refused with the reason', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const bearer = (token: string) => shop.ask('/orders', { authorization: `Bearer ${token}` });
    const expired = await bearer(await issuer.token({ exp: 1_000_000_000 }));
    expect(expired.status).toBe(401);
    expect(expired.headers['www-authenticate']).toBe(
      'Bearer realm="shop", error="invalid_token", error_description="The token has expired."',
    );
    const [header = '', payload = ''] = (await issuer.token()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of ['', 'x', `${none}.${payload}.`, `${none}.${payload}.AA`, `${header}.${payload}.AA`])
      expect((await bearer(token)).status).toBe(401);
    expect((await bearer('x'.repeat(10_000))).body.detail).toBe('The token is too long.');
    expect(shop.reached()).toBe(0);
  });

  test('must be one, and in one field', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const token = await issuer.token();
    const fields = `authorization: Bearer ${token}\r\nauthorization: Bearer ${token}\r\n`;
    const { text } = await exchangeBytes(
      shop.gateway,
      `GET /orders HTTP/1.1\r\nhost: a\r\n${fields}connection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/www-authenticate: Bearer realm="shop", error="invalid_request"/i);
    const both = await shop.ask('/orders', { authorization: `Bearer ${token}`, 'x-api-key': apiKey });
    expect(both.status).toBe(400);
    const taken = await shop.ask('/orders', { authorization: `Bearer ${token}`, connection: 'authorization' });
    expect(taken.status).toBe(401);
    expect(shop.reached()).toBe(0);
  });

  test('T2: give nothing that a client could have said of itself', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const forged = { 'x-msa-user': 'root', 'x-msa-roles': 'admin', X_Msa_User: 'root', 'x-msa-caller': 'orders' };
    const authorization = `Bearer ${await issuer.token()}`;
    for (const connection of ['keep-alive', 'x-msa-user, x-msa-consumer']) {
      const { body } = await shop.ask('/orders', { ...forged, authorization, connection });
      const { headers } = body as Seen;
      expect(headers['x-msa-user']).toBe('ada');
      expect(claimsIn(headers)).toEqual(['x-msa-user', 'x-msa-consumer', 'x-msa-issuer']);
    }
    const anonymous = (await shop.ask('/menu', forged)).body as Seen;
    expect(claimsIn(anonymous.headers)).toEqual([]);
  });

  test('must have all scopes, and one of the roles', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const scope = 'orders:read reports:read';
    expect((await shop.askAs('/reports', { scope, roles: ['clerk'] })).status).toBe(200);
    const scopes = await shop.askAs('/reports', { scope: 'orders:read', roles: ['clerk'] });
    expect(scopes.status).toBe(403);
    expect(scopes.headers['www-authenticate']).toBe(
      'Bearer realm="shop", error="insufficient_scope", scope="reports:read orders:read"',
    );
    const roles = await shop.askAs('/reports', { scope, roles: ['guest'] });
    expect(roles).toMatchObject({ status: 403, body: { detail: 'This needs one of the roles boss, clerk.' } });
    expect(shop.reached()).toBe(1);
  });

  test('are asked for by method; HEAD is like GET, and no field makes one method of another', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    expect((await shop.ask('/carts')).status).toBe(200);
    expect((await shop.ask('/carts', {}, 'HEAD')).status).toBe(200);
    expect((await shop.ask('/carts', {}, 'POST')).status).toBe(401);
    expect((await shop.askAs('/carts', {}, 'DELETE')).status).toBe(403);
    expect((await shop.askAs('/carts', { scope: 'carts:write' }, 'DELETE')).status).toBe(200);
    const override = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-http-method': 'DELETE' };
    for (const path of ['/carts', '/lists']) {
      const { status, body } = await shop.ask(path, override);
      expect(status).toBe(200);
      expect(Object.keys((body as Seen).headers).filter((name) => /method/.test(name))).toEqual([]);
    }
    expect((await shop.ask('/lists', {}, 'POST')).status).toBe(401);
  });

  test('may be left out where they are optional, and are not passed on where the route says so', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    expect((await shop.ask('/menu')).status).toBe(200);
    expect((await shop.ask('/menu', { authorization: 'Bearer wrong' })).status).toBe(401);
    const { body } = await shop.askAs('/menu');
    expect((body as Seen).headers).toMatchObject({ 'x-msa-user': 'ada' });
    expect((body as Seen).headers).not.toHaveProperty('authorization');
  });
});

describe('T11: the path that is judged is the path that is asked for', () => {
  test.each([
    ['/public/../admin', 401],
    ['/public/%2e%2e/admin', 401],
    ['/public/%2E%2E/%61dmin', 401],
    ['/./admin', 401],
    ['/admin/', 401],
    ['/admin//x', 401],
    ['/admin?x=/../public', 401],
    ['//admin', 400],
    ['/x/..//admin', 400],
    ['/public/..%2fadmin', 400],
    ['/public/..\\admin', 400],
    ['/public/..;/admin', 400],
    ['/admin;x', 400],
    ['/;/admin', 400],
    ['/ADMIN', 400],
    ['/admin%3bx', 400],
    ['http://other.test/admin', 401],
    ['http://other.test/x/../admin', 401],
    ['/public;x//y', 200],
    ['/administrator', 200],
  ])('%s: %i', async (target, status) => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const { text } = await exchangeBytes(
      shop.gateway,
      `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
    );
    expect(text.split('\r\n', 1)[0]).toContain(` ${status} `);
    expect(shop.reached()).toBe(status === 200 ? 1 : 0);
  });
});

test('T12: who is not let in is told so before the body is asked for', async () => {
  await using issuer = await startIssuer();
  await using shop = await startShop(issuer);
  const head = 'POST /orders HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nexpect: 100-continue\r\n';
  const refused = await exchangeBytes(shop.gateway, `${head}\r\n`, (text) => text.includes('\r\n\r\n'));
  expect(refused.text).toMatch(/^HTTP\/1\.1 401 /);
  const authorization = `authorization: Bearer ${await issuer.token()}\r\n`;
  const waited = await exchangeBytes(shop.gateway, `${head}${authorization}\r\n`, (text) => text.includes('\r\n\r\n'));
  expect(waited.text).toMatch(/^HTTP\/1\.1 100 /);
});

test('a WebSocket is opened for whom the route lets in', async () => {
  await using issuer = await startIssuer();
  await using shop = await startShop(issuer);
  const upgrade =
    'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
  const { text } = await exchangeBytes(shop.gateway, `GET /orders HTTP/1.1\r\nhost: a\r\n${upgrade}\r\n`, (all) =>
    all.includes('}'),
  );
  expect(text).toMatch(/^HTTP\/1\.1 401 /);
  expect(shop.reached()).toBe(0);
});

describe('the keys of an issuer', () => {
  test('are read again when a token names one that is not known', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    expect((await shop.askAs('/orders')).status).toBe(200);
    await issuer.rotate('RS256');
    await waitUntil('the new key is known', async () => (await shop.askAs('/orders')).status === 200);
    expect(issuer.asked()).toBe(2);
  });

  test.each(['garbage', 'error', 'silent'] as const)('hold while it answers with %s', async (mode) => {
    await using issuer = await startIssuer();
    const gateway = { auth: { issuers: [issuer.rules({ refreshMs: 50 })], keys: [] } };
    await using shop = await startShop(issuer, { gateway });
    expect((await shop.askAs('/orders')).status).toBe(200);
    issuer.mode = mode;
    await waitUntil('it is asked again', async () => {
      expect((await shop.askAs('/orders')).status).toBe(200);
      return issuer.asked() > 1;
    });
    if (mode === 'silent') return;
    await waitUntil('the log says so', () =>
      Promise.resolve(shop.gateway.log().some(({ msg }) => msg === 'signing keys not read')),
    );
    const { body } = await send('GET', `${shop.gateway.adminUrl}/status`);
    expect(body.auth).toMatchObject({
      tokens: { checking: 0 },
      issuers: [{ issuer: 'https://shop.test', keys: 1, failures: expect.any(Number) }],
    });
  });

  test('hold when it has gone, and when the gateway has been told that it has', async () => {
    const issuer = await startIssuer();
    const gateway = { auth: { issuers: [issuer.rules({ refreshMs: 50 })], keys: [] } };
    await using shop = await startShop(issuer, { gateway });
    expect((await shop.askAs('/orders')).status).toBe(200);
    await issuer[Symbol.asyncDispose]();
    await waitUntil('somebody notices', async () => {
      expect((await shop.askAs('/orders', { sub: 'bob' })).status).toBe(200);
      return shop.gateway.log().some(({ msg }) => msg === 'signing keys not read');
    });
    const { state } = shop;
    const instances = state.instances.filter(({ service }) => service !== 'auth');
    await shop.gateway.gateway.apply({ ...state, revision: 900_004, instances });
    expect((await shop.askAs('/orders', { sub: 'eve' })).status).toBe(200);
  });

  test('that never came make the gateway say that it does not know, and nothing else waits for them', async () => {
    await using issuer = await startIssuer();
    issuer.mode = 'silent';
    await using shop = await startShop(issuer);
    const waiting = shop.askAs('/orders');
    await waitUntil('the issuer is asked', () => Promise.resolve(issuer.asked() > 0));
    expect((await shop.ask('/public')).status).toBe(200);
    expect((await shop.ask('/orders', { 'x-api-key': apiKey })).status).toBe(200);
    const { status, headers } = await waiting;
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1', 'x-msa-error': 'keys-unavailable' });
    issuer.mode = 'good';
    await waitUntil('it answers', async () => (await shop.askAs('/orders')).status === 200);
  });

  test('outlive a new state; what is no longer trusted is refused from then on', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const authorization = `Bearer ${await issuer.token()}`;
    expect((await shop.ask('/orders', { authorization })).status).toBe(200);
    const { state } = shop;
    await shop.gateway.gateway.apply({ ...state, revision: 900_001 });
    expect((await shop.ask('/orders', { authorization })).status).toBe(200);
    expect(issuer.asked()).toBe(1);
    if (!state.system) throw new Error('there is no system');
    const others = { auth: { issuers: [issuer.rules({ audience: ['bank'] })], keys: [] } };
    await shop.gateway.gateway.apply({ ...state, revision: 900_002, system: { ...state.system, gateway: others } });
    expect((await shop.ask('/orders', { authorization })).status).toBe(401);
    expect((await shop.ask('/orders', { 'x-api-key': apiKey })).status).toBe(401);
  });

  test.each([
    ['elsewhere', 'service'],
    ['elsewhere', 'url'],
    ['huge', 'service'],
    ['huge', 'url'],
  ] as const)('are not taken from an answer that is %s, by %s', async (mode, kind) => {
    await using issuer = await startIssuer();
    issuer.mode = mode;
    const url = `http://127.0.0.1:${issuer.port}/.well-known/jwks.json`;
    const keysAt = kind === 'url' ? ({ kind, url } as const) : issuer.rules().keys;
    const gateway = { auth: { issuers: [issuer.rules({ keys: keysAt })], keys: [] } };
    await using shop = await startShop(issuer, { gateway });
    expect((await shop.askAs('/orders')).status).toBe(503);
    expect(issuer.asked()).toBe(1);
  });

  test('may be somebody else’s, at an address', async () => {
    await using issuer = await startIssuer();
    const url = `http://127.0.0.1:${issuer.port}/.well-known/jwks.json`;
    const gateway = { auth: { issuers: [issuer.rules({ keys: { kind: 'url', url } })], keys: [] } };
    await using shop = await startShop(issuer, { gateway });
    expect((await shop.askAs('/orders')).status).toBe(200);
    issuer.mode = 'error';
    expect((await shop.askAs('/orders', { sub: 'bob' })).status).toBe(200);
  });
});

describe('API keys', () => {
  test('let in whom they were given to, and do not reach the service', async () => {
    await using issuer = await startIssuer();
    await using shop = await startShop(issuer);
    const { status, body } = await shop.ask('/orders', { 'X-API-Key': apiKey });
    expect(status).toBe(200);
    const { headers } = body as Seen;
    expect(headers).toMatchObject({ 'x-msa-user': 'cron', 'x-msa-consumer': 'cron', 'x-msa-roles': 'clerk' });
    expect(headers).not.toHaveProperty('x-api-key');
    expect(issuer.asked()).toBe(0);
    expect((await shop.ask('/reports', { 'x-api-key': apiKey })).status).toBe(403);
    const wrong = await shop.ask('/orders', { 'x-api-key': sha256 });
    expect(wrong).toMatchObject({ status: 401, body: { detail: 'The API key is not known here.' } });
  });
});

test('what clients show is in no log, no metric and no status', async () => {
  await using issuer = await startIssuer();
  await using shop = await startShop(issuer);
  const token = await issuer.token();
  await shop.ask('/orders', { authorization: `Bearer ${token}` });
  await shop.ask('/orders', { authorization: `Bearer ${token}x` });
  await shop.ask('/orders', { 'x-api-key': apiKey });
  await shop.ask('/orders', { 'x-api-key': `${apiKey}x` });
  const pages = await Promise.all(['/metrics', '/status'].map((path) => send('GET', shop.gateway.adminUrl + path)));
  await shop.gateway.gateway.close();
  const text = JSON.stringify([shop.gateway.log(), pages]);
  expect(text).toContain('/orders');
  expect(pages[0]?.body).toMatch(/incidents_total\{route="\/orders",incident="unauthorized"\} 2/);
  for (const secret of [token, token.split('.')[2] ?? '', apiKey, sha256]) expect(text).not.toContain(secret);
});

test('a route that asks for tokens where nobody is believed, or in a way nobody knows, lets nobody in', async () => {
  await using issuer = await startIssuer();
  await using shop = await startShop(issuer, { gateway: {} });
  expect(await shop.askAs('/orders')).toMatchObject({ status: 500, headers: { 'x-msa-error': 'misconfigured' } });
  expect((await shop.ask('/menu')).status).toBe(500);
  expect((await shop.ask('/public')).status).toBe(200);
  const { state } = shop;
  if (!state.system) throw new Error('there is no system');
  const strange = [
    route('/orders', 'orders', { policy: { auth: { mode: 'maybe' } as unknown as RouteAuth } }),
    route('/menu', 'orders', { policy: { auth: null as unknown as RouteAuth } }),
  ];
  const gateway = { auth: { issuers: [issuer.rules()], keys } };
  const system = { ...state.system, routes: strange, gateway };
  await shop.gateway.gateway.apply({ ...state, revision: 900_003, system });
  expect((await shop.askAs('/orders')).status).toBe(500);
  expect((await shop.askAs('/menu')).status).toBe(500);
});

/** A gateway with the edge orders>users, before a service that tells what it was asked. */
async function startEdge(policy: object, gateway: GatewayPolicy = {}) {
  const issuer = await startIssuer();
  const users = await startUpstream(({ method, url, headers }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers }));
  });
  const { port } = await closedPort();
  const trusted = { auth: { issuers: [issuer.rules()], keys: [] }, ...gateway };
  const instances = [instance('users-1', users), instance('auth-1', issuer)];
  const routes = [route('/users', 'users')];
  const edges = [edge('orders>users', port, { policy })];
  const running = await startGateway(stateOf({ instances, routes, edges, gateway: trusted }));
  return {
    issuer,
    publicUrl: running.url,
    ask: (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      send(method, `http://127.0.0.1:${port}${path}`, { headers }),
    [Symbol.asyncDispose]: async () => {
      await running.gateway.close();
      await users[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

describe('edges', () => {
  test('tell who calls, and pass on of the user what the user has sent', async () => {
    await using shop = await startEdge({});
    const authorization = `Bearer ${await shop.issuer.token()}`;
    const { body } = await shop.ask('/users', { authorization, 'x-msa-user': 'root', 'x-msa-caller': 'payments' });
    const { headers } = body as Seen;
    expect(headers['x-msa-caller']).toBe('orders');
    expect(headers['authorization']).toBe(authorization);
    expect(headers).not.toHaveProperty('x-msa-user');
  });

  test('may ask for the token of the user themselves', async () => {
    await using shop = await startEdge(auth());
    expect((await shop.ask('/users', { 'x-msa-user': 'ada' })).status).toBe(401);
    const { body } = await shop.ask('/users', { authorization: `Bearer ${await shop.issuer.token()}` });
    expect((body as Seen).headers).toMatchObject({ 'x-msa-user': 'ada', 'x-msa-caller': 'orders' });
  });

  test('let through the calls that are allowed, and no others', async () => {
    await using shop = await startEdge({ allow: [{ method: 'GET', path: '/users' }, { path: '/search' }] });
    expect((await shop.ask('/users/7')).status).toBe(200);
    expect((await shop.ask('/users/7', {}, 'HEAD')).status).toBe(200);
    expect((await shop.ask('/search', {}, 'POST')).status).toBe(200);
    for (const [path, method] of [
      ['/users/7', 'DELETE'],
      ['/admin', 'GET'],
      ['/users/%2e%2e/admin', 'GET'],
      ['/Users', 'GET'],
    ])
      expect(await shop.ask(path ?? '', {}, method)).toMatchObject({
        status: 403,
        headers: { 'x-msa-error': 'call-not-allowed' },
      });
    expect((await send('DELETE', `${shop.publicUrl}/users/7`)).status).toBe(200);
    const { body } = await shop.ask('/users/7', { 'x-http-method-override': 'DELETE' });
    expect((body as Seen).headers).not.toHaveProperty('x-http-method-override');
  });

  test('have a list of addresses of their own', async () => {
    const here = { allow: ['127.0.0.0/8'], deny: [] };
    const elsewhere = { allow: ['10.0.0.0/8'], deny: [] };
    await using closed = await startEdge({}, { access: { public: here, internal: elsewhere } });
    expect(await closed.ask('/users')).toMatchObject({
      status: 403,
      headers: { 'x-msa-error': 'address-not-allowed' },
    });
    expect((await send('GET', `${closed.publicUrl}/users`)).status).toBe(200);
    await using open = await startEdge({}, { access: { public: elsewhere, internal: here } });
    expect((await open.ask('/users')).status).toBe(200);
    expect((await send('GET', `${open.publicUrl}/openapi.json`)).status).toBe(403);
    expect((await send('GET', `${closed.publicUrl}/openapi.json`)).status).toBe(200);
    expect((await send('GET', `${open.publicUrl}/users`)).status).toBe(403);
  });
});

test('no field makes another method of the one that a route takes', async () => {
  const seen: Seen['headers'][] = [];
  await using service = await startUpstream(({ headers }, response) => {
    seen.push(headers as Seen['headers']);
    response.end();
  });
  const routes = [route('/read', 'web', { matches: [{ path: '/read', methods: ['GET'] }] }), route('/any', 'web')];
  await using gateway = await startGateway(stateOf({ instances: [instance('web-1', service)], routes }));
  const headers = { 'x-http-method-override': 'DELETE', 'x-kept': '1' };
  for (const path of ['/read', '/any']) await send('GET', gateway.url + path, { headers });
  expect(seen.map((each) => [each['x-kept'], each['x-http-method-override']])).toEqual([
    ['1', undefined],
    ['1', 'DELETE'],
  ]);
});

test('an address list of a route holds beside the one of the gateway', async () => {
  await using service = await startUpstream((_request, response) => response.end('ok'));
  const routes = [
    route('/open', 'a'),
    route('/denied', 'a', { policy: { access: { allow: [], deny: ['127.0.0.1'] } } }),
    route('/other', 'a', { policy: { access: { allow: ['::1'], deny: [] } } }),
    route('/broken', 'a', { policy: { access: { allow: ['nonsense'], deny: [] } } }),
  ];
  const gateway = { access: { public: { allow: ['127.0.0.0/8'], deny: [] } } };
  await using running = await startGateway(stateOf({ instances: [instance('a-1', service)], routes, gateway }));
  const statuses = await Promise.all(
    ['/open', '/denied', '/other', '/broken'].map(async (path) => (await send('GET', running.url + path)).status),
  );
  expect(statuses).toEqual([200, 403, 403, 500]);
});
