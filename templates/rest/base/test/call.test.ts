import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { call } from '../src/call.ts';
import { currentRequest } from '../src/trace.ts';

async function withServer(listener: RequestListener, use: (baseUrl: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const nothing = {
  traceparent: 'tp',
  tracestate: undefined,
  idempotencyKey: undefined,
  signal: undefined,
  deadlineAt: undefined,
};

test('a call says how long it waits, which is never longer than the caller of this service does', async () => {
  const told: number[] = [];
  const listener: RequestListener = (request, response) => {
    told.push(Number(request.headers['x-msa-timeout-ms']));
    if (request.url !== '/slow') response.end();
  };
  await withServer(listener, async (baseUrl) => {
    const get = (path: string, more = {}) => call({ baseUrl, method: 'GET', path, ...more });
    await get('/');
    await get('/', { timeoutMs: 700 });
    await currentRequest.run({ ...nothing, deadlineAt: performance.now() + 300 }, async () => {
      await get('/', { timeoutMs: 100 });
      await assert.rejects(get('/slow'), { kind: 'gateway-timeout' });
      await assert.rejects(get('/'), { kind: 'gateway-timeout' });
    });
  });
  assert.deepEqual(told.slice(0, 3), [5000, 700, 100]);
  assert.equal(told.length, 4);
  assert.ok((told[3] ?? 0) > 0 && (told[3] ?? 0) <= 300);
});

test('a call passes on the trace, and the idempotency key when it changes something', async () => {
  const received: IncomingHttpHeaders[] = [];
  const listener: RequestListener = (request, response) => {
    received.push(request.headers);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ url: request.url }));
  };
  await withServer(listener, async (baseUrl) => {
    const context = { ...nothing, traceparent: 'tp', idempotencyKey: 'k' };
    await currentRequest.run(context, async () => {
      const reply = await call({
        baseUrl: `${baseUrl}/base/`,
        method: 'GET',
        path: '/x',
        query: { a: [1, 'ä'], b: undefined },
      });
      assert.deepEqual([reply.status, reply.body], [200, { url: '/base/x?a=1&a=%C3%A4' }]);
      await call({ baseUrl, method: 'POST', path: '/', body: { n: 1 }, headers: { 'Idempotency-Key': undefined } });
    });
  });
  assert.deepEqual(
    received.map((headers) => headers['traceparent']),
    ['tp', 'tp'],
  );
  assert.deepEqual(
    received.map((headers) => headers['idempotency-key']),
    [undefined, '"k"'],
  );
});

test('what goes wrong at the callee becomes a problem of ours', async () => {
  const listener: RequestListener = (request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/cut') return void response.destroy();
    if (request.url === '/large') return void response.end('x'.repeat(2 * 1024 * 1024));
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"status":409}');
  };
  await withServer(listener, async (baseUrl) => {
    const get = (path: string, more = {}) => call({ baseUrl, method: 'GET', path, ...more });
    await assert.rejects(get('/slow', { timeoutMs: 50 }), { kind: 'gateway-timeout' });
    await assert.rejects(get('/cut'), { kind: 'bad-gateway' });
    await assert.rejects(get('/large'), { kind: 'bad-gateway' });
    await assert.rejects(get('/conflict'), {
      kind: 'bad-gateway',
      members: { upstream: { status: 409, problem: { status: 409 } } },
    });
    assert.equal((await get('/conflict', { acceptStatus: (status: number) => status === 409 })).status, 409);
  });
  await assert.rejects(call({ baseUrl: 'http://127.0.0.1:1', method: 'GET', path: '/' }), { kind: 'bad-gateway' });
});
