import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';

import type { FilterUse } from '../../../src/protocol/policies/filters.ts';
import type { WatchState } from '../../../src/protocol/watch.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { exchangeBytes, instance, route, startGateway, startUpstream, stateOf, type TestGateway } from './support.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

/** Tells what it was asked. */
function echo(incoming: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-from', 'service');
  response.end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
}

interface Setting {
  /** The module of each filter, by name. */
  readonly filters: Readonly<Record<string, string>>;
  readonly uses?: readonly (Partial<FilterUse> & { readonly name: string })[];
  readonly listener?: RequestListener;
  readonly other?: RequestListener;
}

type Service = Pick<Setting, 'listener'>;

const usual = { timeoutMs: 5000, onFailure: 'refuse', services: [] } as const;

/** A gateway whose route /orders has the filters, and whose route /plain has none. */
async function start({ filters, uses, listener = echo, other = echo }: Setting) {
  const [orders, next] = await Promise.all([startUpstream(listener), startUpstream(other)]);
  open.push(orders, next);
  const list = (uses ?? Object.keys(filters).map((name) => ({ name }))).map((use) => ({ ...usual, ...use }));
  const stateWith = (codes: Readonly<Record<string, string>>): WatchState => {
    const state = stateOf({
      instances: [instance('orders-1', orders), instance('next-1', next)],
      routes: [route('/orders', 'orders', { policy: { filters: list } }), route('/plain', 'orders')],
    });
    const all = Object.entries(codes).map(([name, code]) => ({
      name,
      code,
      hash: createHash('sha256').update(code).digest('hex'),
      source: '',
    }));
    return { ...state, system: state.system && { ...state.system, gateway: { filters: all } } };
  };
  const gateway = await startGateway(stateWith(filters));
  open.push(gateway);
  return {
    ...gateway,
    get: async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const reply = await request(`${gateway.url}${path}`, { headers });
      const text = await reply.body.text();
      return { status: reply.statusCode, headers: reply.headers, text, json: () => JSON.parse(text) };
    },
    change: (codes: Readonly<Record<string, string>>) => gateway.gateway.apply(stateWith(codes)),
  };
}

const filter = (stages: string): string => `exports.default = { ${stages} };`;

/** One whose answers say which filters they passed. */
const markedBy = (name: string): string =>
  filter(`post(r) { r.status = 203; r.headers.delete('x-gone'); r.headers.append('x-by', '${name}') }`);

/** One of several versions of the same. */
const version = (number: number): string =>
  filter(
    `async pre(r) { await null; r.headers.set('x-version', '${number}') }, post(r) { r.headers.set('x-post', '${number}') }`,
  );

interface Status {
  readonly filters: readonly { readonly name: string; readonly state: string }[];
  readonly routes: readonly { readonly path: string; readonly misconfigured?: string }[];
}

async function statusOf({ adminUrl }: TestGateway): Promise<Status> {
  return (await (await request(`${adminUrl}/status`)).body.json()) as Status;
}

async function metricsOf({ adminUrl }: TestGateway): Promise<string> {
  return (await request(`${adminUrl}/metrics`)).body.text();
}

describe('a request', () => {
  test('reaches the service as the filters have made it, in their order', async () => {
    const { get } = await start({
      filters: {
        one: filter(
          `pre(r) { r.headers.set('x-seen', r.headers.get('host').split(':')[0] + ' one'); r.headers.delete('x-gone') }`,
        ),
        two: filter(
          `async pre(r) { r.headers.set('x-seen', r.headers.get('x-seen') + ' two'); r.path = '/v2' + r.path; r.query += '&b=2' }`,
        ),
      },
    });
    const { json } = await get('/orders/1?a=1', { 'x-gone': '1', 'x-kept': '1' });
    expect(json()).toMatchObject({
      url: '/v2/orders/1?a=1&b=2',
      headers: { 'x-seen': '127.0.0.1 one two', 'x-kept': '1' },
    });
    expect(json().headers).not.toHaveProperty('x-gone');
    expect((await get('/plain')).json().headers).not.toHaveProperty('x-seen');
  });

  test('with a body passes unread', async () => {
    const service: Service = { listener: (incoming, response) => void incoming.pipe(response) };
    const { url } = await start({ filters: { one: filter('async pre() {}, post() {}') }, ...service });
    const body = 'x'.repeat(300_000);
    const reply = await request(`${url}/orders`, { method: 'POST', body });
    expect(await reply.body.text()).toBe(body);
  });

  test('is answered by a filter, or refused with a problem', async () => {
    const pre = `pre(r) { if (r.query === 'answer') return { status: 201, headers: { 'x-a': 'b' }, body: { ok: true } };
      if (r.query === 'empty') return { status: 204, body: 'ignored' };
      if (r.query === 'refuse') return { refuse: 451, detail: 'Not here.' } }`;
    const { get, log } = await start({ filters: { one: filter(pre) } });
    expect(await get('/orders?answer')).toMatchObject({ status: 201, headers: { 'x-a': 'b' }, text: '{"ok":true}' });
    expect(await get('/orders?empty')).toMatchObject({ status: 204, text: '' });
    const refused = await get('/orders?refuse');
    expect(refused).toMatchObject({ status: 451, headers: { 'x-msa-error': 'filter-refused' } });
    expect(refused.json()).toMatchObject({ status: 451, title: 'Refused', detail: 'Not here.', instance: '/orders' });
    expect((await get('/orders')).status).toBe(200);
    await waitUntil('the refusal is logged', async () => log().some(({ problem }) => problem === 'filter-refused'));
  });

  test('goes to the service that a filter chooses among those it may', async () => {
    const { get } = await start({
      filters: { pick: filter(`route: (r) => r.headers.get('x-to')`) },
      uses: [{ name: 'pick', services: ['next'] }],
    });
    expect((await get('/orders')).headers['x-msa-instance']).toBe('orders-1');
    expect((await get('/orders', { 'x-to': 'next' })).headers['x-msa-instance']).toBe('next-1');
    expect(await get('/orders', { 'x-to': 'payments' })).toMatchObject({
      status: 500,
      headers: { 'x-msa-error': 'filter-failed' },
    });
  });

  test('shows filters its facts, and what an earlier stage noted', async () => {
    const { get } = await start({
      filters: {
        one: filter(`pre(r, c) { c.notes.a = 1 },
          post(r, c) { r.headers.set('x-facts', JSON.stringify([c.notes, c.route, c.service, c.client, c.path, c.method, typeof c.now])) }`),
      },
    });
    const { headers } = await get('/orders/7');
    expect(JSON.parse(String(headers['x-facts']))).toEqual([
      { a: 1 },
      '/orders',
      'orders',
      '127.0.0.1',
      '/orders/7',
      'GET',
      'number',
    ]);
  });
});

describe('an answer', () => {
  test('has its head changed, in the other order, while its body streams by', async () => {
    const service: Service = {
      listener: (_incoming, response) => {
        response.writeHead(200, { 'x-gone': '1', 'set-cookie': ['a=1', 'b=2'] });
        response.write('x'.repeat(200_000));
        setTimeout(() => response.end('end'), 20);
      },
    };
    const { get } = await start({ filters: { one: markedBy('one'), two: markedBy('two') }, ...service });
    const reply = await get('/orders');
    expect(reply).toMatchObject({ status: 203, headers: { 'x-by': ['two', 'one'], 'set-cookie': ['a=1', 'b=2'] } });
    expect(reply.headers).not.toHaveProperty('x-gone');
    expect(reply.text).toBe(`${'x'.repeat(200_000)}end`);
  });

  test('has its body changed by filters that ask for bodies, and what spoke of the bytes before goes', async () => {
    const service: Service = {
      listener: ({ headers }, response) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          etag: '"1"',
          'x-asked': headers['accept-encoding'],
        });
        response.end('{"a":1}');
      },
    };
    const { get } = await start({
      filters: {
        head: filter(`post(r) { r.headers.set('x-head', '1') }`),
        body: filter(`maxBodyBytes: 1000, post(r) { r.replaceJson({ ...r.json(), b: r.body.length }) }`),
      },
      ...service,
    });
    const reply = await get('/orders', { 'accept-encoding': 'gzip' });
    expect(reply).toMatchObject({
      status: 200,
      text: '{"a":1,"b":7}',
      headers: { 'x-head': '1', 'content-length': '13' },
    });
    expect(reply.headers).toMatchObject({ 'x-asked': 'identity' });
    expect(reply.headers).not.toHaveProperty('etag');
  });

  test('that is larger than a filter reads fails, or passes as it is', async () => {
    const service: Service = { listener: (_incoming, response) => response.end('x'.repeat(2000)) };
    const filters = { body: filter(`maxBodyBytes: 1000, post(r) { r.replaceBody('small') }`) };
    const strict = await start({ filters, ...service });
    expect((await strict.get('/orders')).status).toBe(500);
    const lenient = await start({ filters, ...service, uses: [{ name: 'body', onFailure: 'pass' }] });
    expect(await lenient.get('/orders')).toMatchObject({ status: 200, text: 'x'.repeat(2000) });
  });

  test('without a body has none afterwards', async () => {
    const service: Service = {
      listener: ({ url }, response) =>
        void response.writeHead(url?.endsWith('304') === true ? 304 : 200, { 'content-length': '5' }).end('hello'),
    };
    const { port, address, get } = await start({
      filters: {
        body: filter(`maxBodyBytes: 1000, post(r) { r.headers.set('x-seen', r.text()); r.replaceBody('another') }`),
      },
      ...service,
    });
    const { text } = await exchangeBytes(
      { port, address },
      'HEAD /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
    expect(text).not.toContain('content-length');
    const unchanged = await exchangeBytes(
      { port, address },
      'GET /orders/304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(unchanged.text).toMatch(/^HTTP\/1.1 304 [^]*\r\n\r\n$/);
    expect((await get('/orders')).text).toBe('another');
  });

  test('cannot be made one without a body', async () => {
    const { get } = await start({ filters: { one: filter('post(r) { r.status = 204 }') } });
    expect(await get('/orders')).toMatchObject({ status: 500, headers: { 'x-msa-error': 'filter-failed' } });
  });

  test.each(['post(r) { r.headers.set("x-a", "b\\r\\nx-c: d") }', 'post(r) { r.headers.set("content-length", "3") }'])(
    'keeps its framing whatever a filter writes: %s',
    async (stage) => {
      const { port, address } = await start({ filters: { one: filter(stage) } });
      const { text } = await exchangeBytes(
        { port, address },
        'GET /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      );
      expect(text).toMatch(/^HTTP\/1.1 500 /);
      expect(text).not.toContain('x-c: d');
    },
  );

  test('is broken off or asked for again as it would be without filters', async () => {
    let requests = 0;
    const service: Service = {
      listener: (_incoming, response) => {
        requests += 1;
        if (requests > 1) response.end('second');
        else {
          response.writeHead(200, { 'content-length': '10' }).write('half');
          setTimeout(() => response.destroy(), 10);
        }
      },
    };
    const { get } = await start({
      filters: {
        one: filter(`async post(r) { await new Promise((d) => setTimeout(d, 50)); r.headers.set('x-a', '1') }`),
      },
      ...service,
    });
    expect(await get('/orders')).toMatchObject({ status: 200, text: 'second', headers: { 'x-a': '1' } });
  });

  test('is given up when its client goes while a filter works', async () => {
    const started = await start({ filters: { one: filter('post() { return new Promise(() => {}) }') } });
    const controller = new AbortController();
    const pending = request(`${started.url}/orders`, { signal: controller.signal });
    await waitUntil('the filter works', async () =>
      (await metricsOf(started)).includes('in_flight{route="/orders"} 1'),
    );
    controller.abort();
    await expect(pending).rejects.toThrow();
    await waitUntil('it is over', async () => (await metricsOf(started)).includes('in_flight{route="/orders"} 0'));
  });
});

describe('a refusal of the gateway', () => {
  const service: Service = { listener: (_incoming, response) => void response.destroy() };

  test('has its document shaped, and stays one of this kind', async () => {
    const error = `error(problem, context) { problem.help = context.route; problem.status = 599; problem.title = 'Sorry' }`;
    const { get } = await start({
      filters: { one: filter(error), two: filter('error: (p) => ({ ...p, two: true })') },
      ...service,
    });
    const reply = await get('/orders');
    expect(reply).toMatchObject({ status: 599, headers: { 'x-msa-error': 'bad-gateway' } });
    expect(reply.json()).toMatchObject({ status: 599, title: 'Sorry', help: '/orders', two: true });
    expect((await get('/plain')).json()).not.toHaveProperty('help');
  });

  test.each(['throw 1', 'problem.status = 200', 'problem.title = 3', 'return [1]', `problem.big = 'x'.repeat(20000)`])(
    'stays as it is when the filter fails: %s',
    async (body) => {
      const { get } = await start({ filters: { one: filter(`error(problem) { ${body} }`) }, ...service });
      const reply = await get('/orders');
      expect(reply).toMatchObject({ status: 502 });
      expect(reply.json()).toMatchObject({ status: 502, title: 'The service broke off' });
    },
  );
});

describe('a filter that fails', () => {
  test.each([
    ['throws', `throw new Error('secret')`],
    ['never ends', 'for (;;);'],
    ['takes too long', 'return new Promise(() => {})'],
    ['ends its thread', 'process.exit(1)'],
    ['takes all memory', 'const all = []; for (;;) all.push(new Array(1000).fill(Math.random()))'],
    ['lets a promise fail', 'Promise.reject(new Error("x")); return new Promise(() => {})'],
  ])('because it %s harms only its own requests', async (_what, body) => {
    const started = await start({
      filters: { bad: filter(`pre(r) { if (r.query === 'bad') { ${body} } r.headers.set('x-ran', '1') }`) },
      uses: [{ name: 'bad', timeoutMs: 1000 }],
    });
    await started.get('/orders');
    const failing = started.get('/orders?bad');
    const others = await Promise.all(Array.from({ length: 20 }, () => started.get('/plain')));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    const failed = await failing;
    expect(failed).toMatchObject({ status: 500, headers: { 'x-msa-error': 'filter-failed' } });
    expect(failed.text).not.toContain('secret');
    await waitUntil('it runs again', async () => (await started.get('/orders')).status === 200);
    expect((await started.get('/orders')).json().headers).toMatchObject({ 'x-ran': '1' });
    const line = started.log().find(({ level, msg }) => level === 'error' && String(msg).startsWith('the filter bad '));
    expect(line).toMatchObject({
      filter: 'bad',
      requestId: failed.headers['x-request-id'],
      problem: expect.any(String),
    });
  });

  test('is passed by where the route says so, at every stage', async () => {
    const { get } = await start({
      filters: {
        bad: filter(`pre() { throw 1 }, post() { throw 2 }`),
        good: filter(`post(r) { r.headers.set('x-good', '1') }`),
      },
      uses: [{ name: 'good' }, { name: 'bad', onFailure: 'pass' }],
    });
    expect(await get('/orders')).toMatchObject({ status: 200, headers: { 'x-good': '1', 'x-from': 'service' } });
  });

  test('does not take other filters of the route with it', async () => {
    const { get } = await start({
      filters: {
        loop: filter('pre(r) { if (r.query === "bad") for (;;); }'),
        good: filter(`pre(r) { r.headers.set('x-good', '1') }`),
      },
      uses: [{ name: 'loop', timeoutMs: 300, onFailure: 'pass' }, { name: 'good' }],
    });
    await get('/orders');
    expect((await get('/orders?bad')).json().headers).toMatchObject({ 'x-good': '1' });
  });

  test('or that cannot be loaded is told in status and metrics', async () => {
    const started = await start({ filters: { bad: `throw new Error('at start')`, good: filter('pre() {}') } });
    expect((await started.get('/orders')).status).toBe(500);
    await waitUntil('the other is ready', async () => (await statusOf(started)).filters[1]?.state === 'ready');
    const status = await statusOf(started);
    expect(status.filters).toMatchObject([
      { name: 'bad', state: 'failing', problem: expect.stringContaining('at start') },
      { name: 'good', state: 'ready', stages: ['pre'] },
    ]);
    const metrics = await metricsOf(started);
    expect(metrics).toContain('msa_gateway_filter_calls_total{filter="bad",outcome="unavailable"} 1');
    expect(metrics).toContain('msa_gateway_filter_duration_seconds_count{filter="bad"} 1');
  });

  test.each([
    [{ name: 'absent' }, 'there is no filter absent'],
    [{ name: 'one', timeoutMs: 0 }, 'the filter one has no time limit'],
    [{ name: 'one', onFailure: 'skip' as 'pass' }, 'what a failure of one does is not known'],
    [{ name: 'one', services: 3 as never }, 'the services that a filter may choose are no list'],
  ])('to have a sense makes its route refuse everything: %j', async (use, problem) => {
    const started = await start({ filters: { one: filter('pre() {}') }, uses: [use] });
    expect(await started.get('/orders')).toMatchObject({ status: 500, headers: { 'x-msa-error': 'misconfigured' } });
    expect((await started.get('/plain')).status).toBe(200);
    const status = await statusOf(started);
    expect(status.routes.find(({ path }) => path === '/orders')?.misconfigured).toContain(problem);
  });
});

describe('a changed filter', () => {
  test('is applied under load without one failed request', async () => {
    const started = await start({ filters: { one: version(1) } });
    await started.get('/orders');
    const seen = new Map<string, number>([['1', 1]]);
    const bad: number[] = [];
    const load = { goes: true };
    const client = async (): Promise<void> => {
      while (load.goes) {
        const reply = await started.get('/orders');
        if (reply.status !== 200) bad.push(reply.status);
        else seen.set(reply.json().headers['x-version'], (seen.get(reply.json().headers['x-version']) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let number = 2; number <= 6; number += 1) {
      await started.change({ one: version(number) });
      await waitUntil(`version ${number} answers`, async () => seen.has(String(number)));
    }
    load.goes = false;
    await Promise.all(clients);
    expect(bad).toEqual([]);
    expect([...seen.keys()]).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('that goes and comes again is the new one', async () => {
    const started = await start({ filters: { one: version(1) }, uses: [{ name: 'one' }] });
    expect((await started.get('/orders')).headers['x-post']).toBe('1');
    await started.change({});
    expect((await started.get('/orders')).status).toBe(500);
    await started.change({ one: version(2) });
    expect((await started.get('/orders')).headers['x-post']).toBe('2');
  });
});

test('a route without filters has no steps, whatever other routes have', async () => {
  const started = await start({ filters: { one: filter('pre() {}') } });
  const { dataPlane } = started.gateway as unknown as {
    dataPlane: { current: { routing: { routes: { name: string; pipeline: { layers: unknown[] } }[] } } };
  };
  const { routing } = dataPlane.current;
  expect(routing.routes.map(({ name, pipeline }) => [name, pipeline.layers.length])).toEqual([
    ['/orders', 1],
    ['/plain', 0],
  ]);
});

test('a gateway that ends waits for what its filters have begun', async () => {
  const started = await start({
    filters: {
      slow: filter('async pre(r) { await new Promise((d) => setTimeout(d, 200)); r.headers.set("x-slow", "1") }'),
    },
  });
  await started.get('/orders');
  const under = started.get('/orders');
  await waitUntil('it is under way', async () => (await metricsOf(started)).includes('in_flight{route="/orders"} 1'));
  await started.gateway.close();
  expect((await under).json().headers).toMatchObject({ 'x-slow': '1' });
});
