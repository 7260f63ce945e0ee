import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';

import { request } from 'undici';
import { describe, expect, test } from 'vitest';

import type { CompressPolicy } from '../../../src/protocol/policies/compress.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { exchangeBytes, instance, openSocket, route, startGateway, startUpstream, stateOf } from './support.ts';

const text = JSON.stringify({ items: Array.from({ length: 200 }, (_, id) => ({ id, name: 'a thing of some sort' })) });
const plain: CompressPolicy = { codings: ['br', 'gzip'], minBytes: 1024, types: [] };

type Serve = (response: ServerResponse, url: string) => void;
const serveText: Serve = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length, etag: '"1"' });
  response.end(text);
};

async function start(serve: Serve = serveText, compress: CompressPolicy = plain) {
  const upstream = await startUpstream((incoming, response) => serve(response, incoming.url ?? ''));
  const state = stateOf({
    instances: [instance('orders-1', upstream)],
    routes: [route('/orders', 'orders', { policy: { compress } })],
  });
  const gateway = await startGateway(state);
  return {
    ...gateway,
    get: (coding: string | undefined, method: 'GET' | 'HEAD' = 'GET') =>
      request(`${gateway.url}/orders`, { method, headers: coding === undefined ? {} : { 'accept-encoding': coding } }),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('T29: an answer that is compressed', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('with %s has a length, a weak tag, and says by what it differs', async (coding, decompress) => {
    await using gateway = await start();
    const { statusCode, headers, body } = await gateway.get(coding);
    const bytes = Buffer.from(await body.arrayBuffer());
    expect({ statusCode, headers }).toMatchObject({
      statusCode: 200,
      headers: {
        'content-encoding': coding,
        'content-length': String(bytes.length),
        etag: 'W/"1"',
        vary: 'Accept-Encoding',
      },
    });
    expect(bytes.length).toBeLessThan(text.length / 2);
    expect(decompress(bytes).toString()).toBe(text);
  });

  test('is the same as before for clients that take nothing, but for Vary', async () => {
    await using gateway = await start();
    for (const coding of [undefined, 'identity', 'gzip;q=0', 'zstd']) {
      const { headers, body } = await gateway.get(coding);
      expect(headers['content-encoding']).toBeUndefined();
      expect(headers).toMatchObject({ etag: '"1"', vary: 'Accept-Encoding', 'content-length': String(text.length) });
      expect(await body.text()).toBe(text);
    }
  });

  test('of unknown length is compressed piece by piece, each at once', async () => {
    const open: ServerResponse[] = [];
    await using gateway = await start((response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"first":1}\n');
      open.push(response);
    });
    const { headers, body } = await gateway.get('gzip');
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' });
    const lines = body.pipe(createGunzip());
    expect(String((await once(lines, 'data'))[0])).toBe('{"first":1}\n');
    open[0]?.end('{"second":2}\n');
    expect(String((await once(lines, 'data'))[0])).toBe('{"second":2}\n');
    await once(lines, 'end');
  });

  test('of great length arrives whole, chunked', async () => {
    const long = text.repeat(100);
    await using gateway = await start((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': long.length }).end(long);
    });
    const { headers, body } = await gateway.get('br');
    expect(headers['content-length']).toBeUndefined();
    expect(brotliDecompressSync(Buffer.from(await body.arrayBuffer())).toString()).toBe(long);
  });

  test('waits for a client that does not read', async () => {
    let written = 0;
    const noise = Buffer.from(Array.from({ length: 64 * 1024 }, () => Math.floor(Math.random() * 256)));
    await using gateway = await start((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = (): void => {
        while (written < 512 && response.write(noise)) written += 1;
        if (written < 512) response.once('drain', () => ((written += 1), more()));
      };
      more();
    });
    const socket = openSocket(gateway);
    socket.write('GET /orders HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n');
    socket.pause();
    let before = -1;
    await waitUntil('the service stands still', async () => {
      const stands = before === written && written > 0;
      before = written;
      return stands;
    });
    expect(written).toBeLessThan(512);
    socket.destroy();
  });

  test('is broken off when the service breaks off in the middle', async () => {
    await using gateway = await start((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('half', () => response.destroy());
    });
    const { body } = await gateway.get('gzip');
    await expect(body.arrayBuffer()).rejects.toThrow();
  });
});

describe('T15: the answer to HEAD', () => {
  test('has the fields of the compressed answer and no body, so that the next one is read', async () => {
    await using gateway = await start();
    const head = 'HEAD /orders HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n';
    const get = 'GET /orders HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
    const { text: answers } = await exchangeBytes(gateway, head + get);
    const [first = '', second = ''] = answers.split('\r\n\r\n');
    expect(first.toLowerCase()).toContain('content-encoding: gzip');
    expect(first.toLowerCase()).not.toContain('content-length');
    expect(second).toMatch(/^HTTP\/1.1 200/);
    expect(answers.endsWith(text)).toBe(true);
  });
});

describe('an answer that must not be touched', () => {
  test.each<[string, number, Record<string, string>]>([
    ['it says so', 200, { 'cache-control': 'max-age=60, no-transform' }],
    ['it is compressed already', 200, { 'content-encoding': 'gzip' }],
    ['it is a part', 206, { 'content-range': `bytes 0-${text.length - 1}/99999` }],
    ['it is an event stream', 200, { 'content-type': 'text/event-stream' }],
    ['it is a picture', 200, { 'content-type': 'image/png' }],
    ['its bytes are signed for', 200, { 'repr-digest': 'sha-256=:AAAA:' }],
  ])('because %s', async (_why, status, fields) => {
    await using gateway = await start((response) => {
      const head = { 'content-type': 'application/json', 'content-length': text.length, etag: '"1"', ...fields };
      response.writeHead(status, head).end(text);
    });
    const { headers, body } = await gateway.get('gzip, br');
    expect(headers).toMatchObject({ etag: '"1"', 'content-length': String(text.length), ...fields });
    expect(headers['content-encoding']).toBe(fields['content-encoding']);
    expect(headers['vary']).toBeUndefined();
    expect(await body.text()).toBe(text);
  });

  test('because it is short', async () => {
    await using gateway = await start((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}');
    });
    const { headers, body } = await gateway.get('gzip');
    expect(headers['content-encoding']).toBeUndefined();
    expect(await body.text()).toBe('{}');
  });

  test('because it has no body', async () => {
    await using gateway = await start((response, url) => response.writeHead(url === '/orders' ? 304 : 204).end());
    const unchanged = await gateway.get('gzip');
    expect(unchanged).toMatchObject({ statusCode: 304, headers: { vary: 'Accept-Encoding' } });
    expect(unchanged.headers['content-encoding']).toBeUndefined();
    const empty = await request(`${gateway.url}/orders/1`, { headers: { 'accept-encoding': 'gzip' } });
    expect(empty).toMatchObject({ statusCode: 204 });
    expect(empty.headers['content-encoding']).toBeUndefined();
  });
});
