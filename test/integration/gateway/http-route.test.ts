import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { get, send } from '../../../scripts/hypermedia-client.js';
import { waitUntil } from '../../support/wait-until.ts';
import { startDescribed } from './described-gateway.ts';
import type { DescribedGateway } from './described-gateway.ts';
import { exchangeBytes, instance, route, startGateway, startRawUpstream, startUpstream, stateOf } from './support.ts';

const services = `
services:
  one: { path: one }
  two: { path: two }
  zero: { path: zero }
  gone: { path: gone }
`;

/** Of 500 requests, how many each service answered, and how many had which other status. */
async function shares(gateway: DescribedGateway, path: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let batch = 0; batch < 50; batch += 1) {
    const replies = await Promise.all(Array.from({ length: 10 }, () => get(gateway.url + path)));
    for (const { status, headers } of replies) {
      const who = status === 200 ? String(headers['x-from']) : String(status);
      counts[who] = (counts[who] ?? 0) + 1;
    }
  }
  return counts;
}

describe('a split', () => {
  let gateway: DescribedGateway;
  beforeAll(async () => {
    gateway = await startDescribed(
      `
name: shop
gateway:
  routes:
    - path: /weights
      split: [{ service: one, weight: 70 }, { service: two, weight: 30 }, { service: zero, weight: 0 }]
    - path: /gone
      split: [{ service: one, weight: 3 }, { service: gone, weight: 1 }]
${services}`,
      ['gone'],
    );
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('gives each service its share of 500 requests exactly, and none to a weight of zero', async () => {
    expect(await shares(gateway, '/weights')).toEqual({ one: 350, two: 150 });
  });

  test('answers 503 for the share of a service without instances', async () => {
    expect(await shares(gateway, '/gone')).toEqual({ one: 375, 503: 125 });
  });

  test('answers 500 for the share of a service that does not exist', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('{}'));
    const split = [
      { service: 'one', weight: 1 },
      { service: 'nobody', weight: 1 },
    ];
    const { service: _none, ...ownerless } = route('/x', 'one');
    const routes = [{ ...ownerless, policy: { split } }, route('/one', 'one')];
    const state = stateOf({ instances: [instance('one-1', upstream)], routes });
    const known = state.system?.services.filter(({ name }) => name !== 'nobody') ?? [];
    const system = state.system && { ...state.system, services: known };
    await using bare = await startGateway({ ...state, system });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await get(`${bare.url}/x`)).status);
    expect(statuses).toEqual([200, 500, 200, 500]);
  });

  test('goes on where it was when instances come and go', async () => {
    const { state } = gateway.gateway as unknown as { state: Parameters<typeof startGateway>[0] };
    const first = (await get(`${gateway.url}/gone`)).status;
    await gateway.gateway.apply({ ...state, revision: state.revision + 1 });
    const statuses: number[] = [first];
    for (let count = 0; count < 7; count += 1) statuses.push((await get(`${gateway.url}/gone`)).status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(2);
  });
});

describe('a route that nothing can be made of', () => {
  // Also what only another version might send.
  test.each<[string, object]>([
    ['no service and no policy', {}],
    ['a redirect with a status that is none', { redirect: { status: 200, host: 'a.test' } }],
    ['a field with a line break', { headers: { request: { set: { a: 'x\r\nb: y' } } } }],
    ['a field of the connection', { headers: { response: { remove: ['connection'] } } }],
    ['a share that is less than nothing', { split: [{ service: 'one', weight: -1 }] }],
    ['a split that is none', { split: 'one' }],
    ['a rewrite that is none', { rewrite: '/x' }],
    ['changes that are none', { headers: 'x-shop' }],
    ['an answer that is none', { respond: 'closed' }],
    ['a path without a slash', { rewrite: { path: { kind: 'full', path: 'x' } } }],
    ['a mirror of more than all', { mirror: [{ service: 'one', percent: 101 }] }],
  ])('because of %s answers 500, tells why in the status, and leaves others alone', async (_what, policy) => {
    const { service: _none, ...ownerless } = route('/bad', 'one');
    const bad = { ...ownerless, policy };
    await using upstream = await startUpstream((_request, response) => response.end('{}'));
    const instances = [instance('one-1', upstream)];
    await using gateway = await startGateway(stateOf({ instances, routes: [bad, route('/one', 'one')] }));
    expect(await get(`${gateway.url}/bad`)).toMatchObject({ status: 500, headers: { 'x-msa-error': 'misconfigured' } });
    expect((await get(`${gateway.url}/one`)).status).toBe(200);
    const { routes } = (await get(`${gateway.adminUrl}/status`)).body;
    expect(routes[0].misconfigured).toEqual(expect.any(String));
  });
});

describe('a redirect', () => {
  let gateway: DescribedGateway;
  beforeAll(async () => {
    gateway = await startDescribed(`
name: shop
gateway:
  routes:
    - { path: /original-prefix, redirect: { prefix: /replacement-prefix } }
    - { path: /full, redirect: { path: /full-path-replacement } }
    - { path: /path-and-host, redirect: { prefix: /replacement-prefix, host: example.org } }
    - { path: /path-and-status, redirect: { prefix: /replacement-prefix, status: 301 } }
    - { path: /host, redirect: { host: example.org } }
    - { path: /see-other, redirect: { path: /there, status: 303 } }
    - { path: /temporary, redirect: { path: /there, status: 307 } }
    - { path: /permanent, redirect: { path: /there, status: 308 } }
    - { path: /scheme-https-and-port-nil, redirect: { host: example.org, scheme: https } }
    - { path: /scheme-https-and-port-443, redirect: { host: example.org, scheme: https, port: 443 } }
    - { path: /scheme-https-and-port-8443, redirect: { host: example.org, scheme: https, port: 8443 } }
    - { path: /scheme-nil-and-port-nil, redirect: { host: example.org } }
    - { path: /scheme-nil-and-port-80, redirect: { host: example.org, port: 80 } }
    - { path: /scheme-nil-and-port-8080, redirect: { host: example.org, port: 8080 } }
    - path: /changed
      redirect: { path: /there }
      responseHeaders: { set: { cache-control: no-store } }
${services}`);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([
    ['/original-prefix/lemon', 302, 'http://a.test/replacement-prefix/lemon'],
    ['/original-prefix', 302, 'http://a.test/replacement-prefix'],
    ['/original-prefix/lemon?a=1', 302, 'http://a.test/replacement-prefix/lemon?a=1'],
    ['/full/path/original', 302, 'http://a.test/full-path-replacement'],
    ['/path-and-host', 302, 'http://example.org/replacement-prefix'],
    ['/path-and-status', 301, 'http://a.test/replacement-prefix'],
    ['/host/x', 302, 'http://example.org/host/x'],
    ['/see-other', 303, 'http://a.test/there'],
    ['/temporary', 307, 'http://a.test/there'],
    ['/permanent', 308, 'http://a.test/there'],
    ['/scheme-https-and-port-nil', 302, 'https://example.org/scheme-https-and-port-nil'],
    ['/scheme-https-and-port-443', 302, 'https://example.org/scheme-https-and-port-443'],
    ['/scheme-https-and-port-8443', 302, 'https://example.org:8443/scheme-https-and-port-8443'],
    ['/scheme-nil-and-port-nil', 302, 'http://example.org/scheme-nil-and-port-nil'],
    ['/scheme-nil-and-port-80', 302, 'http://example.org/scheme-nil-and-port-80'],
    ['/scheme-nil-and-port-8080', 302, 'http://example.org:8080/scheme-nil-and-port-8080'],
  ])('from %s answers %d and leads to %s', async (path, status, location) => {
    const reply = await send('GET', gateway.url + path, { headers: { host: 'a.test' } });
    expect(reply).toMatchObject({ status, headers: { location, 'content-length': '0' }, body: '' });
  });

  test('keeps the port by which the client came', async () => {
    expect((await get(`${gateway.url}/full`)).headers.location).toBe(`${gateway.url}/full-path-replacement`);
    const reply = await send('GET', `${gateway.url}/scheme-nil-and-port-nil`, { headers: { host: 'a.test:8080' } });
    expect(reply.headers.location).toBe('http://example.org:8080/scheme-nil-and-port-nil');
  });

  test('takes every method, reads no body, and has the fields of its route', async () => {
    expect((await send('POST', `${gateway.url}/temporary`, { body: { a: 1 } })).status).toBe(307);
    expect((await get(`${gateway.url}/changed`)).headers['cache-control']).toBe('no-store');
    expect(gateway.got).toEqual([]);
  });

  test('never leads to a host that stands in the path', async () => {
    const { text } = await exchangeBytes(gateway, 'GET /original-prefix//evil.test HTTP/1.0\r\n\r\n', (reply) =>
      reply.includes('\r\n\r\n'),
    );
    expect(text).toMatch(/\r\nlocation: \/replacement-prefix\/\/evil\.test\r\n/i);
  });
});

describe('an answer of the gateway’s own', () => {
  test('is what msa.yaml says', async () => {
    await using gateway = await startDescribed(`
name: shop
gateway:
  routes:
    - { exact: /closed, respond: { status: 503, body: Back soon., headers: { retry-after: "60" } } }
    - { exact: /robots.txt, respond: { body: "User-agent: *\\n" } }
    - { exact: /info, respond: { body: { name: shop, open: true } } }
    - { exact: /empty, respond: { status: 204 } }
${services}`);
    expect(await get(`${gateway.url}/closed`)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60', 'content-type': 'text/plain; charset=utf-8', 'content-length': '10' },
      body: 'Back soon.',
    });
    expect((await get(`${gateway.url}/robots.txt`)).body).toBe('User-agent: *\n');
    expect((await get(`${gateway.url}/info`)).body).toEqual({ name: 'shop', open: true });
    const empty = await get(`${gateway.url}/empty`);
    expect(empty).toMatchObject({ status: 204, body: '' });
    expect(empty.headers).not.toHaveProperty('content-type');
    expect(await send('HEAD', `${gateway.url}/closed`)).toMatchObject({
      headers: { 'content-length': '10' },
      body: '',
    });
  });
});

describe('a rewrite', () => {
  let gateway: DescribedGateway;
  beforeAll(async () => {
    gateway = await startDescribed(`
name: shop
services:
  one:
    path: one
    routes:
      - { path: /prefix/one, rewrite: { prefix: /one } }
      - { path: /strip-prefix, rewrite: { prefix: / } }
      - { path: /full/one, rewrite: { path: /one } }
      - path: /full/rewrite-path-and-modify-headers
        rewrite: { path: /test }
        requestHeaders:
          set: { x-header-set: set-overwrites-values }
          add: { x-header-add: header-val-1, x-header-add-append: header-val-2 }
          remove: [X-Header-Remove]
      - { path: /host, rewrite: { host: one.example.org } }
      - { path: /both, rewrite: { host: one.example.org, prefix: /else } }
`);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([
    ['/prefix/one/two', '/one/two', '/prefix'],
    ['/prefix/one?a=1', '/one?a=1', '/prefix'],
    ['/strip-prefix/three', '/three', '/strip-prefix'],
    ['/strip-prefix', '/', '/strip-prefix'],
    ['/strip-prefix/', '/', '/strip-prefix'],
    ['/strip-prefix?a=%2F', '/?a=%2F', '/strip-prefix'],
    ['/strip-prefix//evil.test', '/evil.test', '/strip-prefix'],
    ['/full/one/two', '/one', undefined],
    ['/host/x', '/host/x', undefined],
    ['/both/x', '/else/x', undefined],
  ])('asks for %s as %s, with the prefix %s in front', async (path, expected, prefix) => {
    const { body } = await get(gateway.url + path);
    expect(body.url).toBe(expected);
    expect(body.headers['x-forwarded-prefix']).toBe(prefix);
  });

  test('of the host is what the service sees, while links still lead to where the client came from', async () => {
    const { body } = await get(`${gateway.url}/host`);
    expect(body.headers).toMatchObject({
      host: 'one.example.org',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
    });
  });

  test('and changes of fields go together', async () => {
    const { body } = await send('GET', `${gateway.url}/full/rewrite-path-and-modify-headers/x`, {
      headers: { 'x-header-remove': 'remove-val', 'x-header-add-append': 'append-val-1', 'x-header-set': 'set-val' },
    });
    expect(body.url).toBe('/test');
    expect(body.headers).toMatchObject({
      'x-header-add': 'header-val-1',
      'x-header-add-append': 'append-val-1,header-val-2',
      'x-header-set': 'set-overwrites-values',
    });
    expect(body.headers).not.toHaveProperty('x-header-remove');
  });

  test('is for connections that become WebSockets, too', async () => {
    await using upstream = await startRawUpstream((socket, head) =>
      socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
          `sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n${head.split('\r\n')[0]}`,
      ),
    );
    const policy = { rewrite: { path: { kind: 'prefix', from: '/live', to: '' } } } as const;
    const routes = [route('/live', 'live', { policy })];
    await using live = await startGateway(stateOf({ instances: [instance('live-1', upstream)], routes }));
    const { text } = await exchangeBytes(
      live,
      'GET /live/news?a=1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text).toContain('GET /news?a=1 HTTP/1.1');
  });

  test('believes no prefix of the client', async () => {
    const { body } = await send('GET', `${gateway.url}/strip-prefix`, { headers: { 'x-forwarded-prefix': '/evil' } });
    expect(body.headers['x-forwarded-prefix']).toBe('/strip-prefix');
  });
});

describe('changes of header fields', () => {
  test('are made in answers, those of services and of the gateway itself, but not in problems', async () => {
    await using gateway = await startDescribed(`
name: shop
gateway:
  defaults:
    responseHeaders: { set: { X-From: gateway }, add: { x-added: "1" }, remove: [Server] }
  routes:
    - { exact: /own, respond: { headers: { server: mine } } }
services:
  one: { path: one, routes: [{ path: /one }, { path: /plain, responseHeaders: {} }] }
`);
    const changed = (await get(`${gateway.url}/one`)).headers;
    expect(changed).toMatchObject({ 'x-from': 'gateway', 'x-added': '1', 'x-msa-instance': 'one-1' });
    expect(changed).not.toHaveProperty('server');
    expect((await get(`${gateway.url}/own`)).headers).toMatchObject({ 'x-from': 'gateway' });
    expect((await get(`${gateway.url}/plain`)).headers).toMatchObject({ 'x-from': 'one', server: 'echo' });
    expect((await get(`${gateway.url}/nothing`)).headers).not.toHaveProperty('x-added');
  });

  test('are made in what one service asks of another, too', async () => {
    await using gateway = await startDescribed(`
name: shop
services:
  one: { path: one }
  two: { path: two, calls: [{ service: one, requestHeaders: { set: { x-caller: two } } }] }
`);
    const { body } = await send('GET', `${gateway.edgeUrl('two>one')}/x`, { headers: { 'x-caller': 'forged' } });
    expect(body).toMatchObject({ service: 'one', headers: { 'x-caller': 'two' } });
  });
});

describe('a mirror', () => {
  const yaml = `
name: shop
services:
  one:
    path: one
    routes:
      - { path: /both, mirror: [{ service: two }, { service: zero }] }
      - { path: /part, mirror: [{ service: two, percent: 20 }] }
      - { path: /gone, mirror: [{ service: gone }] }
      - { path: /changed, mirror: [{ service: two }], rewrite: { prefix: / }, requestHeaders: { set: { x-set: "1" } } }
  two: { path: two }
  zero: { path: zero }
  gone: { path: gone }
`;
  let gateway: DescribedGateway;
  beforeAll(async () => {
    gateway = await startDescribed(yaml, ['gone']);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  function copies(service: string, path: string) {
    return gateway.got.filter((echo) => echo.service === service && echo.url.startsWith(path));
  }

  test('gets a copy of each request, one for each service', async () => {
    const { body } = await get(`${gateway.url}/both/get?a=1`);
    expect(body.service).toBe('one');
    await waitUntil(
      'the copy',
      async () => copies('two', '/both/get').length === 1 && copies('zero', '/both/get').length === 1,
    );
    const [copy] = copies('two', '/both/get');
    expect(copy).toMatchObject({ method: 'GET', url: '/both/get?a=1', body: '' });
    expect(copy?.headers).toMatchObject({
      'x-request-id': body.headers['x-request-id'],
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
      via: body.headers.via,
    });
  });

  test('gets the body, too', async () => {
    await send('POST', `${gateway.url}/both/post`, { body: { a: 1 } });
    await waitUntil('the copy', async () => copies('two', '/both/post').length === 1);
    expect(copies('two', '/both/post')[0]).toMatchObject({ method: 'POST', body: '{"a":1}' });
  });

  test('gets no body that is too large to be sent again', async () => {
    const reply = await send('POST', `${gateway.url}/both/large`, { body: 'x'.repeat(100_000) });
    expect(reply.status).toBe(200);
    const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
    expect(metrics).toContain('msa_gateway_incidents_total{route="/both",incident="mirror_left_out"} 2\n');
    expect(copies('two', '/both/large')).toEqual([]);
  });

  test('gets its percentage exactly', async () => {
    for (let count = 0; count < 50; count += 1) await get(`${gateway.url}/part/${count}`);
    await waitUntil('the copy', async () => copies('two', '/part').length >= 10);
    expect(copies('two', '/part')).toHaveLength(10);
  });

  test('that has no instance does not show', async () => {
    expect((await get(`${gateway.url}/gone`)).status).toBe(200);
    await waitUntil('the failure', async () => {
      const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
      return metrics.includes('msa_gateway_incidents_total{route="/gone",incident="mirror_failed"} 1\n');
    });
  });

  test('gets what the service gets, after rewrites and changes', async () => {
    const { body } = await get(`${gateway.url}/changed/x`);
    expect(body.url).toBe('/x');
    await waitUntil('the copy', async () => copies('two', '/x').length === 1);
    expect(copies('two', '/x')[0]?.headers).toMatchObject({ 'x-set': '1', 'x-forwarded-prefix': '/changed' });
  });

  test('that hangs keeps nobody waiting, and no more than a few copies', async () => {
    await using slow = await startUpstream(() => undefined);
    await using fast = await startUpstream((_request, response) => response.end('{}'));
    const instances = [instance('fast-1', fast), instance('slow-1', slow)];
    const policy = { mirror: [{ service: 'slow', percent: 100 }] };
    await using hung = await startGateway(stateOf({ instances, routes: [route('/fast', 'fast', { policy })] }));
    for (let batch = 0; batch < 10; batch += 1) {
      const replies = await Promise.all(Array.from({ length: 10 }, () => get(`${hung.url}/fast`)));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    }
    const metrics = String((await get(`${hung.adminUrl}/metrics`)).body);
    expect(metrics).toContain('msa_gateway_incidents_total{route="/fast",incident="mirror_left_out"} 36\n');
  });
});
