import { gunzipSync } from 'node:zlib';

import { request } from 'undici';
import { expect, test } from 'vitest';

import { instance, route, startGateway, stateOf } from '../support.ts';
import { plainPolicy, startService } from './cache-support.ts';

const text = 'all work and no play '.repeat(100);
const app = 'https://app.example.com';

test('what is kept is compressed and opened for each client anew', async () => {
  await using service = await startService(() => ({
    fields: { 'cache-control': 'max-age=60', 'content-type': 'text/plain', etag: '"1"' },
    body: text,
  }));
  const cors = { origins: [app], methods: [], headers: [], expose: [], credentials: true, maxAgeSeconds: 5 };
  const compress = { codings: ['gzip'], minBytes: 100, types: [] } as const;
  const state = stateOf({
    instances: [instance('orders-1', service)],
    routes: [route('/orders', 'orders', { policy: { cache: plainPolicy, compress, cors } })],
  });
  await using gateway = await startGateway(state);
  const ask = (headers: Record<string, string>) => request(`${gateway.url}/orders`, { headers });

  const first = await ask({ 'accept-encoding': 'gzip', origin: app });
  expect(first.headers).toMatchObject({
    'content-encoding': 'gzip',
    etag: 'W/"1"',
    'access-control-allow-origin': app,
  });
  expect(gunzipSync(Buffer.from(await first.body.arrayBuffer())).toString()).toBe(text);

  const second = await ask({ origin: 'https://evil.example' });
  expect(second.headers).toMatchObject({ etag: '"1"', age: '0', 'content-length': String(text.length) });
  expect(second.headers['access-control-allow-origin']).toBeUndefined();
  expect(second.headers['content-encoding']).toBeUndefined();
  expect(await second.body.text()).toBe(text);

  const third = await ask({ 'accept-encoding': 'gzip', 'if-none-match': 'W/"1"' });
  expect(third.statusCode).toBe(304);
  await third.body.dump();
  expect(service.asked).toHaveLength(1);
});
