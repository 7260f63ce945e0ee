import { expect, test } from 'vitest';

import { get, send } from '../../../scripts/hypermedia-client.js';
import { instance, route, startGateway, startUpstream, stateOf } from './support.ts';

test('a request reaches the service of its route and its answer comes back', async () => {
  await using upstream = await startUpstream((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
  });
  await using gateway = await startGateway(
    stateOf({ instances: [instance('orders-1', upstream)], routes: [route('/orders', 'orders')] }),
  );
  const reply = await get(`${gateway.url}/orders/7?full=1`);
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({ method: 'GET', url: '/orders/7?full=1' });
  expect(reply.headers['x-msa-instance']).toBe('orders-1');
  expect(reply.body.headers).toMatchObject({
    host: `127.0.0.1:${gateway.port}`,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': `127.0.0.1:${gateway.port}`,
    'x-forwarded-port': String(gateway.port),
    forwarded: `for=127.0.0.1;host="127.0.0.1:${gateway.port}";proto=http`,
    via: '1.1 msa-shop-abc123',
  });
});

test('a body goes through unchanged, small or large, of known length or not', async () => {
  await using upstream = await startUpstream((request, response) => void request.pipe(response));
  await using gateway = await startGateway(
    stateOf({ instances: [instance('echo-1', upstream)], routes: [route('/', 'echo')] }),
  );
  for (const size of [0, 1, 1000, 100_000, 3_000_000]) {
    const body = 'x'.repeat(size);
    expect((await send('POST', `${gateway.url}/echo`, { body })).body, `${size} bytes`).toBe(JSON.stringify(body));
  }
});

test('what has no route is not found, and said in a problem document', async () => {
  await using gateway = await startGateway(stateOf({}));
  const reply = await get(`${gateway.url}/nothing`);
  expect(reply.status).toBe(404);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(reply.headers['x-msa-error']).toBe('not-found');
  expect(reply.body).toMatchObject({ type: `${gateway.url}/problems/not-found`, status: 404, instance: '/nothing' });
  expect((await get(reply.body.type)).body).toMatchObject({ status: 404, title: 'Not found' });
});
