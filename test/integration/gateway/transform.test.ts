import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { request } from 'undici';
import { expect, test } from 'vitest';

import type { TransformPolicy } from '../../../src/protocol/policies/transform.ts';
import { httpService } from '../../support/http-service.ts';
import type { Answering } from '../../support/http-service.ts';
import { instance, route, startGateway, stateOf } from './support.ts';

const none = { remove: [], rename: [], set: [] };

/** A service behind a route that changes messages. */
async function start(transform: Partial<TransformPolicy>, answer: Answering = (_request, response) => response.end()) {
  const service = await httpService(answer);
  const policy = { transform: { maxBytes: 100_000, ...transform } };
  const gateway = await startGateway(
    stateOf({
      instances: [instance('orders-1', { address: '127.0.0.1', port: service.port })],
      routes: [route('/orders', 'orders', { policy })],
    }),
  );
  return {
    service,
    gateway,
    url: `${gateway.url}/orders`,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const bodyChange = {
  ...none,
  rename: [[['qty'], ['quantity']]],
  set: [[['source'], 'web']],
  remove: [['debug']],
} as const;
const json = { 'content-type': 'application/json' };

test('a request reaches the service with another query and another body', async () => {
  const query = { remove: ['debug'], rename: [['q', 'search']], set: [['v', '2']] } as const;
  await using system = await start({ request: { query, body: bodyChange } });
  const body = '{"id":12345678901234567890,"qty":1,"debug":true}';
  const headers = { ...json, 'content-md5': 'x', digest: 'y' };
  const answer = await request(`${system.url}?q=a%20b&debug=1&x=1`, { method: 'POST', headers, body });
  expect(answer.statusCode).toBe(200);
  const [received] = system.service.received;
  expect(received?.path).toBe('/orders?search=a%20b&x=1&v=2');
  expect(received?.body).toBe('{"id":12345678901234567890,"quantity":1,"source":"web"}');
  expect(received?.headers['content-length']).toBe(String(received?.body.length));
  expect(received?.headers).not.toHaveProperty('content-md5');
  expect(received?.headers).not.toHaveProperty('digest');
});

test('a body without a known length is changed too', async () => {
  await using system = await start({ request: { body: bodyChange } });
  const body = Readable.from([Buffer.from('{"qty":'), Buffer.from('1}')]);
  await request(system.url, { method: 'POST', headers: json, body });
  expect(system.service.received[0]?.body).toBe('{"quantity":1,"source":"web"}');
});

test('a body that is not to be changed passes byte by byte', async () => {
  await using system = await start({ request: { body: bodyChange } });
  const body = ' {"qty": 1.0} ';
  await request(system.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
  await request(system.url, { method: 'POST', headers: json });
  expect(system.service.received.map((each) => each.body)).toEqual([body, '']);
});

test.each([
  ['{"qty":', json, 400, 'invalid-request'],
  ['"\xff"', json, 200, ''],
  [Buffer.from([0x22, 0xff, 0x22]), json, 400, 'invalid-request'],
  [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, json, 400, 'invalid-request'],
  ['{"a":1}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported-type'],
  [JSON.stringify('x'.repeat(100_000)), json, 413, 'too-large'],
] as const)('a body that cannot be changed does not pass: %.20s', async (...[body, headers, status, kind]) => {
  await using system = await start({ request: { body: bodyChange } });
  const answer = await request(system.url, { method: 'POST', headers, body });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['x-msa-error'] ?? '').toBe(kind);
  expect(system.service.received).toHaveLength(status === 200 ? 1 : 0);
  await answer.body.dump();
});

const secret = { ...none, pick: ['data'], remove: [['items', '*', 'cost']], wrap: 'result' } as const;
const document = { data: { items: [{ id: 1, cost: 2 }, { id: 2 }] }, internal: true };

test('an answer reaches the client changed, with fields that fit it', async () => {
  await using system = await start({ response: { body: secret } }, (_request, response) => {
    const fields = { ...json, etag: '"abc"', 'accept-ranges': 'bytes', 'content-md5': 'x', 'x-kept': '1' };
    response.writeHead(200, fields).end(JSON.stringify(document));
  });
  const headers = { 'accept-encoding': 'gzip', range: 'bytes=0-3' };
  const answer = await request(system.url, { headers });
  const text = await answer.body.text();
  expect(text).toBe('{"result":{"items":[{"id":1},{"id":2}]}}');
  expect(answer.headers).toMatchObject({ 'content-length': String(text.length), etag: 'W/"abc"', 'x-kept': '1' });
  expect(answer.headers).not.toHaveProperty('accept-ranges');
  expect(answer.headers).not.toHaveProperty('content-md5');
  expect(system.service.received[0]?.headers['accept-encoding']).toBe('identity');
  expect(system.service.received[0]?.headers).not.toHaveProperty('range');
});

test('an answer in a coding that nobody asked for is changed all the same', async () => {
  await using system = await start({ response: { body: secret } }, (_request, response) => {
    response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(document)));
  });
  const answer = await request(system.url);
  expect(answer.headers).not.toHaveProperty('content-encoding');
  expect(await answer.body.json()).toEqual({ result: { items: [{ id: 1 }, { id: 2 }] } });
});

test.each([
  [404, json, '{"data":1}'],
  [200, { 'content-type': 'text/plain' }, '{"data":1}'],
  [200, {}, '{"data":1}'],
] as const)('an answer that is not meant passes: %s %j', async (status, fields, body) => {
  await using system = await start({ response: { body: secret } }, (_request, response) => {
    response.writeHead(status, fields).end(body);
  });
  const answer = await request(system.url);
  expect(answer.statusCode).toBe(status);
  expect(await answer.body.text()).toBe(body);
});

test.each([
  ['no JSON', '{"data":', {}, 502],
  ['broken coding', 'x', { 'content-encoding': 'gzip' }, 502],
  ['unknown coding', '{}', { 'content-encoding': 'zstd' }, 502],
  ['a bomb', gzipSync(JSON.stringify('x'.repeat(1_000_000))), { 'content-encoding': 'gzip' }, 502],
  ['too large', JSON.stringify('x'.repeat(200_000)), {}, 500],
] as const)(
  'an answer that cannot be changed never reaches the client: %s',
  async (...[_what, body, fields, status]) => {
    await using system = await start({ response: { body: secret } }, (_request, response) => {
      response.writeHead(200, { ...json, ...fields }).end(body);
    });
    const answer = await request(system.url);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    await answer.body.dump();
  },
);

test('what is in an answer that cannot be changed does not get into the log', async () => {
  await using system = await start({ response: { body: secret } }, (_request, response) => {
    response.writeHead(200, json).end('hunter2');
  });
  expect((await request(system.url)).statusCode).toBe(502);
  const lines = system.gateway.log();
  expect(lines.filter(({ msg }) => msg === 'answer could not be changed')).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('hunter');
});

test('HEAD and 304 tell nothing of the answer before the change', async () => {
  await using system = await start({ response: { body: secret } }, ({ method, headers }, response) => {
    const isKnown = headers['if-none-match'] !== undefined;
    response.writeHead(isKnown ? 304 : 200, {
      ...json,
      etag: '"abc"',
      ...(method === 'HEAD' && { 'content-length': '99' }),
    });
    response.end();
  });
  const head = await request(system.url, { method: 'HEAD' });
  expect(head.headers['etag']).toBe('W/"abc"');
  expect(head.headers).not.toHaveProperty('content-length');
  const known = await request(system.url, { headers: { 'if-none-match': 'W/"abc"' } });
  expect(known.statusCode).toBe(304);
  expect(known.headers['etag']).toBe('W/"abc"');
});

test('changes that lead into a prototype close the route', async () => {
  await using system = await start({ request: { body: { ...none, set: [[['__proto__', 'x'], 1]] } } });
  const answer = await request(system.url);
  expect(answer.statusCode).toBe(500);
  expect(answer.headers['x-msa-error']).toBe('misconfigured');
  await answer.body.dump();
  expect(system.service.received).toEqual([]);
});
