import { describe, expect, test } from 'vitest';

import { waitUntil } from '../../../support/wait-until.ts';
import { counting, Gate, passSeconds, startCached } from './cache-support.ts';
import type { Serve } from './cache-support.ts';

const fresh = { 'cache-control': 'max-age=60', 'content-type': 'text/plain', 'x-own': 'yes' };

const ofSize: Serve = ({ url }) => {
  if (url === '/orders/unknown')
    return { fields: { ...fresh, 'transfer-encoding': 'chunked' }, body: 'x'.repeat(2000) };
  return { fields: fresh, body: 'x'.repeat(url === '/orders/large' ? 2000 : 1000) };
};

const inParts: Serve = ({ headers }) =>
  headers['range'] === undefined
    ? { fields: fresh, body: '0123456789' }
    : { status: 206, fields: { ...fresh, 'content-range': 'bytes 0-3/10' }, body: '0123' };

const byPath: Serve = ({ url }, times) => ({
  fields: { 'cache-control': url === '/orders/public' ? 'public, max-age=60' : 'max-age=60' },
  body: `answer ${times}`,
});

const inLanguages: Serve = ({ headers }, times) => ({
  fields: { 'cache-control': 'max-age=60', vary: 'Accept-Language' },
  body: `${String(headers['accept-language'] ?? 'none')} ${times}`,
});

const changing: Serve = ({ method, url }, times) =>
  method === 'GET'
    ? { fields: fresh, body: `answer ${times}` }
    : { status: url === '/orders/refused' ? 409 : 201, fields: { location: '/orders/new' } };

describe('a fresh answer', () => {
  test('is given again without the service, with its age', async () => {
    await using gateway = await startCached(counting(fresh));
    const first = await gateway.ask();
    expect(first).toMatchObject({ status: 200, text: 'answer 1', cache: 'msa; fwd=uri-miss; fwd-status=200; stored' });
    passSeconds(7);
    const second = await gateway.ask();
    expect(second).toMatchObject({ status: 200, text: 'answer 1', fields: { age: '7', 'x-own': 'yes' } });
    expect(second.cache).toMatch(/^msa; hit; ttl=5[23]$/);
    expect(second.fields['content-length']).toBe('8');
    expect(Date.parse(String(second.fields['date']))).toBeLessThan(Date.now() - 6000);
    expect(second.fields['x-msa-instance']).toBeUndefined();
    expect(second.fields['x-request-id']).not.toBe(first.fields['x-request-id']);
    expect(gateway.asked).toHaveLength(1);
  });

  test('that says when it ends, but not when it was made, was made when it came', async () => {
    await using gateway = await startCached(counting({ expires: new Date(Date.now() + 60_000).toUTCString() }));
    await gateway.ask();
    const { text, fields } = await gateway.ask();
    expect(text).toBe('answer 1');
    expect(fields['date']).toBeDefined();
  });

  test('does not speak of the trace of another request', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await using gateway = await startCached(counting({ ...fresh, traceparent }));
    expect((await gateway.ask()).fields['traceparent']).toBe(traceparent);
    const { text, fields } = await gateway.ask();
    expect([text, fields['traceparent']]).toEqual(['answer 1', undefined]);
  });

  test('is asked for again when it is no longer fresh', async () => {
    await using gateway = await startCached(counting(fresh));
    await gateway.ask();
    passSeconds(61);
    expect(await gateway.ask()).toMatchObject({ text: 'answer 2' });
  });

  test('is that of one query and one host', async () => {
    await using gateway = await startCached(counting(fresh));
    expect(await gateway.ask({}, '/orders?page=1')).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask({}, '/orders?page=2')).toMatchObject({ text: 'answer 2' });
    expect(await gateway.ask({ host: 'shop.example' }, '/orders?page=1')).toMatchObject({ text: 'answer 3' });
    expect(await gateway.ask({}, '/orders?page=1')).toMatchObject({ text: 'answer 1' });
  });

  test('T15: answers HEAD too, without a body and with its length', async () => {
    await using gateway = await startCached(counting(fresh));
    await gateway.ask();
    expect(await gateway.ask({}, '/orders', 'HEAD')).toMatchObject({
      status: 200,
      text: '',
      fields: { 'content-length': '8', age: '0' },
    });
    expect(gateway.asked).toHaveLength(1);
  });

  test('of another size is kept only up to that of the route', async () => {
    await using gateway = await startCached(ofSize, { policy: { maxBytes: 1024 } });
    for (const path of ['/orders/large', '/orders/unknown', '/orders/small']) {
      await gateway.ask({}, path);
      const { text } = await gateway.ask({}, path);
      expect(text).toHaveLength(path === '/orders/small' ? 1000 : 2000);
    }
    expect(gateway.asked.map(({ url }) => url)).toEqual([
      '/orders/large',
      '/orders/large',
      '/orders/unknown',
      '/orders/unknown',
      '/orders/small',
    ]);
  });
});

describe('an answer that is not for everybody', () => {
  test.each<[string, Record<string, string | string[]>]>([
    ['no-store', { 'cache-control': 'no-store, max-age=60' }],
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['T30: a cookie', { 'cache-control': 'max-age=60', 'set-cookie': ['a=1', 'b=2'] }],
    ['what differs by anything', { 'cache-control': 'max-age=60', vary: '*' }],
    ['nothing that says how long', {}],
    ['an event stream', { 'cache-control': 'max-age=60', 'content-type': 'text/event-stream' }],
  ])('%s passes each time', async (_name, fields) => {
    await using gateway = await startCached(counting(fields));
    for (const times of [1, 2]) {
      const { text, fields: got } = await gateway.ask();
      expect(text).toBe(`answer ${times}`);
      expect(got['set-cookie']).toEqual(fields['set-cookie']);
    }
  });

  test('T32: a part is never taken for the whole, nor the whole asked for', async () => {
    await using gateway = await startCached(inParts);
    const range = { range: 'bytes=0-3' };
    expect(await gateway.ask(range)).toMatchObject({ status: 206, text: '0123', cache: 'msa; fwd=bypass' });
    expect(await gateway.ask()).toMatchObject({ status: 200, text: '0123456789' });
    expect(await gateway.ask({ ...range, 'if-range': '"a"' })).toMatchObject({ status: 206, text: '0123' });
    expect(gateway.asked[2]?.headers).toMatchObject({ range: 'bytes=0-3', 'if-range': '"a"' });
  });

  test('one to a request with credentials is kept only if the service allows it', async () => {
    await using gateway = await startCached(byPath);
    const alice = { authorization: 'Bearer alice' };
    expect(await gateway.ask(alice)).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask({ authorization: 'Bearer bob' })).toMatchObject({ text: 'answer 2' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 3' });
    await gateway.ask(alice, '/orders/public');
    expect(await gateway.ask({}, '/orders/public')).toMatchObject({ text: 'answer 4' });
  });

  test('each caller has his own where the route keeps them apart', async () => {
    await using gateway = await startCached(counting({ 'cache-control': 'private, max-age=60' }), {
      policy: { private: true },
    });
    const [alice, bob] = [{ authorization: 'Bearer alice' }, { cookie: 'session=bob' }];
    expect(await gateway.ask(alice)).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask(bob)).toMatchObject({ text: 'answer 2' });
    expect(await gateway.ask(alice)).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask(bob)).toMatchObject({ text: 'answer 2' });
    // Who cannot be told from others shares nothing that is private.
    expect(await gateway.ask()).toMatchObject({ text: 'answer 3' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 4' });
  });
});

describe('variants', () => {
  test('are kept apart as Vary says', async () => {
    await using gateway = await startCached(inLanguages);
    expect(await gateway.ask({ 'accept-language': 'de' })).toMatchObject({ text: 'de 1' });
    const english = await gateway.ask({ 'accept-language': 'en' });
    expect(english).toMatchObject({ text: 'en 2', cache: 'msa; fwd=vary-miss; fwd-status=200; stored' });
    expect(await gateway.ask({ 'accept-language': 'DE' })).toMatchObject({ text: 'de 1' });
    expect(await gateway.ask()).toMatchObject({ text: 'none 3' });
  });

  test('are kept apart as the route says', async () => {
    await using gateway = await startCached(counting(fresh), { policy: { vary: ['x-tenant'] } });
    expect(await gateway.ask({ 'x-tenant': 'a' })).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask({ 'x-tenant': 'b' })).toMatchObject({ text: 'answer 2' });
    expect(await gateway.ask({ 'x-tenant': 'a' })).toMatchObject({ text: 'answer 1' });
  });
});

describe('a change', () => {
  test('makes all answers of the path forgotten, and those of the path it names', async () => {
    await using gateway = await startCached(changing);
    for (const path of ['/orders', '/orders?page=2', '/orders/new', '/orders/7']) await gateway.ask({}, path);
    await gateway.ask({}, '/orders?x=1', 'PUT');
    expect(await gateway.ask({}, '/orders')).toMatchObject({ text: 'answer 6' });
    expect(await gateway.ask({}, '/orders?page=2')).toMatchObject({ text: 'answer 7' });
    expect(await gateway.ask({}, '/orders/new')).toMatchObject({ text: 'answer 8' });
    expect(await gateway.ask({}, '/orders/7')).toMatchObject({ text: 'answer 4' });
  });

  test('that the service refuses changes nothing, so that strangers cannot empty the cache', async () => {
    await using gateway = await startCached(changing);
    await gateway.ask({}, '/orders/refused');
    expect(await gateway.ask({}, '/orders/refused', 'PUT')).toMatchObject({ status: 409 });
    expect(await gateway.ask({}, '/orders/refused')).toMatchObject({ text: 'answer 1' });
  });

  test('that overtakes a request is not undone by its answer', async () => {
    const gate = new Gate();
    await using gateway = await startCached(async ({ method }, times) => {
      if (times === 1) await gate.opened;
      return method === 'PUT' ? { status: 204 } : { fields: fresh, body: `answer ${times}` };
    });
    const reading = gateway.ask();
    await waitUntil('the service is asked', async () => gateway.asked.length === 1);
    await gateway.ask({}, '/orders', 'PUT');
    gate.open();
    expect(await reading).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 3' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 3' });
  });
});

test('a wish to forget everything is not undone by answers that are under way', async () => {
  const gate = new Gate();
  await using gateway = await startCached(async (_asked, times) => {
    if (times === 2) await gate.opened;
    return { fields: fresh, body: `answer ${times}` };
  });
  await gateway.ask({}, '/orders/kept');
  const reading = gateway.ask();
  await waitUntil('the service is asked', async () => gateway.asked.length === 2);
  await gateway.gateway.apply({ ...gateway.state, keptSince: '2026-01-01T00:00:00.000Z' });
  gate.open();
  expect(await reading).toMatchObject({ text: 'answer 2' });
  expect(await gateway.ask()).toMatchObject({ text: 'answer 3' });
  expect(await gateway.ask({}, '/orders/kept')).toMatchObject({ text: 'answer 4' });
  expect(await gateway.ask({}, '/orders/kept')).toMatchObject({ text: 'answer 4' });
});

describe('what a client asks of the cache', () => {
  test('only-if-cached is answered without the service', async () => {
    await using gateway = await startCached(counting(fresh));
    const only = { 'cache-control': 'only-if-cached' };
    expect(await gateway.ask(only)).toMatchObject({ status: 504, fields: { 'x-msa-error': 'not-cached' } });
    expect(gateway.asked).toHaveLength(0);
    await gateway.ask();
    expect(await gateway.ask(only)).toMatchObject({ status: 200, text: 'answer 1' });
  });

  test.each([{ 'cache-control': 'no-cache' }, { pragma: 'no-cache' }, { 'cache-control': 'max-age=0' }])(
    '%j has the service asked, once a second at most',
    async (newer) => {
      await using gateway = await startCached(counting(fresh));
      await gateway.ask();
      expect(await gateway.ask(newer)).toMatchObject({ text: 'answer 1' });
      passSeconds(2);
      const again = await gateway.ask(newer);
      expect(again).toMatchObject({ text: 'answer 2', cache: 'msa; fwd=request; fwd-status=200; stored' });
      expect(await gateway.ask(newer)).toMatchObject({ text: 'answer 2' });
      expect(await gateway.ask()).toMatchObject({ text: 'answer 2' });
    },
  );

  test('no-store keeps nothing of its own answer, and empties nothing', async () => {
    await using gateway = await startCached(counting(fresh));
    const secret = { 'cache-control': 'no-store' };
    expect(await gateway.ask(secret)).toMatchObject({ text: 'answer 1' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 2' });
    expect(await gateway.ask(secret)).toMatchObject({ text: 'answer 2' });
  });
});
