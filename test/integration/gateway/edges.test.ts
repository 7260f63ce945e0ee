import { Pool } from 'undici';
import { expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import { waitUntil } from '../../support/wait-until.ts';
import { closedPort, edge, exchangeBytes, instance, route, startGateway, startUpstream, stateOf } from './support.ts';

const echo = () =>
  startUpstream((request, response) => {
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });

test('an edge passes everything on to its callee, and says by which address it was called', async () => {
  await using users = await echo();
  const { port } = await closedPort();
  const edges = [edge('orders>users', port)];
  await using gateway = await startGateway(stateOf({ instances: [instance('users-1', users)], edges }));
  for (const path of ['/', '/openapi.json', '/users/7?a=1']) {
    const { body } = await get(`http://127.0.0.1:${port}${path}`);
    const { url, headers } = JSON.parse(body) as { url: string; headers: Record<string, string> };
    expect(url).toBe(path);
    expect(headers['x-forwarded-host']).toBe(`127.0.0.1:${port}`);
    expect(headers['via']).toBe('1.1 msa-shop-abc123-orders-users');
  }
  expect(gateway.log().findLast(({ msg }) => msg === 'request')).toBeUndefined();
  await gateway.gateway.close();
  expect(gateway.log().findLast(({ msg }) => msg === 'request')).toMatchObject({ listener: 'orders>users' });
});

test('where instances have addresses of their own, an edge serves its caller only', async () => {
  await using users = await echo();
  const { port } = await closedPort();
  const edges = [edge('orders>users', port, { checkCaller: true })];
  const stateWith = (address: string) =>
    stateOf({ instances: [instance('users-1', users), instance('orders-1', { address, port: 1 })], edges });
  await using gateway = await startGateway(stateWith('127.0.0.9'));
  const refused = await get(`http://127.0.0.1:${port}/`);
  expect(refused).toMatchObject({ status: 403, headers: { 'x-msa-error': 'caller-not-allowed' } });
  expect(refused.body.detail).toBe('127.0.0.1 is no instance of orders.');
  await gateway.gateway.apply(stateWith('127.0.0.1'));
  expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

test('edges open and close with the state; one whose port is taken opens when it is free', async () => {
  await using users = await echo();
  const [first, second] = [await closedPort(), await closedPort()];
  const instances = [instance('users-1', users)];
  await using gateway = await startGateway(stateOf({ instances, edges: [edge('a>users', first.port)] }));
  expect((await get(`http://127.0.0.1:${first.port}/`)).status).toBe(200);
  const taken = await startUpstream((_request, response) => response.end('somebody else'));
  const edges = [edge('b>users', second.port), edge('c>users', taken.port)];
  const applied = gateway.gateway.apply(stateOf({ instances, edges }));
  await waitUntil('the new edge listens', async () => (await get(`http://127.0.0.1:${second.port}/`)).status === 200);
  await expect(get(`http://127.0.0.1:${first.port}/`)).rejects.toThrow('ECONNREFUSED');
  const { body } = await get(`${gateway.adminUrl}/status`);
  expect(body.edges[1].problem).toContain('EADDRINUSE');
  await taken[Symbol.asyncDispose]();
  await applied;
  expect((await get(`http://127.0.0.1:${taken.port}/`)).headers.via).toBe('1.1 msa-shop-abc123-c-users');
});

test('a port can go from one edge to another', async () => {
  await using users = await echo();
  await using carts = await startUpstream((_request, response) => response.end('carts'));
  const { port } = await closedPort();
  const instances = [instance('users-1', users), instance('carts-1', carts)];
  await using gateway = await startGateway(stateOf({ instances, edges: [edge('a>users', port)] }));
  // Each on a connection of its own, since those of an edge end with it.
  const ask = () =>
    exchangeBytes({ address: '127.0.0.1', port }, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  expect((await ask()).text).toContain('"url"');
  await gateway.gateway.apply(stateOf({ instances, edges: [edge('a>carts', port)] }));
  expect((await ask()).text).toContain('carts');
});

test('a service may call back through the gateway, but a request that goes in a circle ends', async () => {
  const { port } = await closedPort();
  await using proxy = await startUpstream((request, response) => {
    // A service that passes everything on, to the edge by which it calls itself.
    const path = request.url ?? '/';
    const via = `via: ${request.headers.via}\r\n`;
    void exchangeBytes(
      { address: '127.0.0.1', port },
      `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${via}\r\n`,
    ).then(({ text }) => response.end(text.slice(0, 12)));
  });
  const edges = [edge('a>a', port)];
  await using gateway = await startGateway(
    stateOf({ instances: [instance('a-1', proxy)], routes: [route('/', 'a')], edges }),
  );
  expect((await get(`${gateway.url}/`)).body).toBe('HTTP/1.1 200');
  expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('HTTP/1.1 508');
});

test('states are applied under load without a lost request', async () => {
  await using one = await startUpstream((_request, response) => void setTimeout(() => response.end('one'), 2));
  await using two = await startUpstream((_request, response) => void setTimeout(() => response.end('two'), 2));
  const routes = [route('/a', 'a')];
  const states = [
    [instance('a-1', one), instance('a-2', two)],
    [instance('a-2', two), instance('a-1', one, { status: 'draining', draining: true })],
    [instance('a-2', two)],
    [instance('a-2', two), instance('a-3', one)],
    [instance('a-3', one)],
  ];
  await using gateway = await startGateway(stateOf({ instances: states[0] ?? [], routes }));
  const pool = new Pool(gateway.url, { connections: 8 });
  const over = new AbortController();
  const seen = new Set<string>();
  let answered = 0;
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { statusCode, body } = await pool.request({ method: 'POST', path: '/a', body: 'x' });
      seen.add(`${statusCode} ${await body.text()}`);
      answered += 1;
    }
  };
  const workers = Array.from({ length: 8 }, run);
  for (let turn = 0; turn < 20; turn += 1) {
    const before = answered;
    await waitUntil('requests go through', async () => answered > before + 20);
    await gateway.gateway.apply(stateOf({ instances: states[turn % states.length] ?? [], routes }));
  }
  over.abort();
  await Promise.all(workers);
  await pool.close();
  expect([...seen].toSorted()).toEqual(['200 one', '200 two']);
});
