import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';

import { request } from 'undici';
import { describe, expect, test } from 'vitest';

import { removeField } from '../../../src/gateway/http/fields.ts';
import type { Feature, FeatureContext, Layer } from '../../../src/gateway/pipeline/feature.ts';
import type { BodyHandler } from '../../../src/gateway/pipeline/reply-stage.ts';
import { wholeBody } from '../../../src/gateway/pipeline/whole-body.ts';
import { refuse } from '../../../src/gateway/problems.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { instance, openSocket, route, startGateway, startRawUpstream, startUpstream, stateOf } from './support.ts';
import type { Address } from './support.ts';

/** A gateway whose only route has these layers, the outermost first. */
async function startWith(upstream: Address, layers: readonly (Layer | ((context: FeatureContext) => Layer))[]) {
  const state = stateOf({ instances: [instance('orders-1', upstream)], routes: [route('/orders', 'orders')] });
  const features = (context: FeatureContext): Feature[] =>
    layers.map((layer, index) => ({
      name: `layer ${index}`,
      compile: () => (typeof layer === 'function' ? layer(context) : layer),
    }));
  return startGateway(state, { features });
}

const echo = () =>
  startUpstream((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method, url, headers } = incoming;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  });

const stage = (handler: () => BodyHandler | undefined): Layer => ({ stage: { begin: handler } });

const shorten = (whenLarger: 'pass' | 'refuse') =>
  stage(() => ({
    kind: 'whole',
    maxBytes: 100_000,
    whenLarger,
    change: async ({ status, fields, body }) => ({ status, fields, body: body.subarray(0, 3) }),
  }));

const mark = (name: string): Layer => ({
  stage: { begin: (head) => void head.fields.push('x-passed', name) },
});

const fail = (): never => {
  throw new Error('secret detail');
};

const incompatible = (): Layer => {
  throw new Error('no such mode');
};

describe('steps', () => {
  test('can refuse at once or after a while; the service sees nothing', async () => {
    let seen = 0;
    await using upstream = await startUpstream((_request, response) => ((seen += 1), response.end()));
    await using now = await startWith(upstream, [{ step: () => refuse('caller-not-allowed', 'No.') }]);
    await using later = await startWith(upstream, [{ step: async () => refuse('caller-not-allowed', 'No.') }]);
    for (const gateway of [now, later]) {
      const answer = await request(`${gateway.url}/orders`);
      expect(answer.statusCode).toBe(403);
      expect(await answer.body.json()).toMatchObject({ status: 403, detail: 'No.' });
    }
    expect(seen).toBe(0);
  });

  test('are run in order, whether they wait or not, until one has an answer', async () => {
    await using upstream = await echo();
    const order: string[] = [];
    const note = (name: string, waits: boolean): Layer => ({
      step: () => {
        order.push(name);
        return waits ? sleep(1).then(() => undefined) : undefined;
      },
    });
    await using gateway = await startWith(upstream, [note('a', true), note('b', false), note('c', true)]);
    expect((await request(`${gateway.url}/orders`)).statusCode).toBe(200);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('change where a request goes on to, its fields and its body, and what every answer says', async () => {
    await using upstream = await echo();
    await using gateway = await startWith(upstream, [
      {
        step: async (incoming) => {
          const body = await wholeBody(incoming, 100);
          if ('kind' in body) return body;
          incoming.body = { kind: 'whole', bytes: Buffer.from(body.toString().toUpperCase() + '!') };
          incoming.onwardPath = '/elsewhere';
          incoming.head.fields.push('x-added', 'yes');
          incoming.addReplyFields('x-told', 'always');
          return undefined;
        },
      },
    ]);
    const answer = await request(`${gateway.url}/orders?a=1`, { method: 'POST', body: 'hello' });
    expect(answer.headers['x-told']).toBe('always');
    expect(await answer.body.json()).toMatchObject({
      method: 'POST',
      url: '/elsewhere?a=1',
      body: 'HELLO!',
      headers: { 'x-added': 'yes', 'content-length': '6' },
    });
    const tooLarge = await request(`${gateway.url}/orders`, { method: 'POST', body: 'x'.repeat(101) });
    expect(tooLarge.statusCode).toBe(413);
  });

  test('that throw give 500 and a line in the log, not more', async () => {
    await using upstream = await echo();
    await using now = await startWith(upstream, [{ step: fail }]);
    await using later = await startWith(upstream, [{ step: async () => fail() }]);
    for (const gateway of [now, later]) {
      const answer = await request(`${gateway.url}/orders`);
      expect(answer.statusCode).toBe(500);
      expect(await answer.body.text()).not.toContain('secret');
      expect(gateway.log()).toContainEqual(expect.objectContaining({ msg: 'step failed', target: '/orders' }));
    }
  });

  test('whose client goes while they wait lead to no call, and whoever wanted to know is told', async () => {
    let seen = 0;
    let finished = 0;
    let started = false;
    let release: (() => void) | undefined;
    await using upstream = await startUpstream((_request, response) => ((seen += 1), response.end()));
    await using gateway = await startWith(upstream, [
      {
        step: async (incoming) => {
          incoming.onFinish(() => (finished += 1));
          started = true;
          await new Promise<void>((resolve) => (release = resolve));
          return undefined;
        },
      },
    ]);
    const socket = openSocket(gateway);
    socket.write('GET /orders HTTP/1.1\r\nhost: a\r\n\r\n');
    await waitUntil('the step', async () => started);
    socket.destroy();
    await waitUntil('the end', async () => finished === 1);
    release?.();
    await request(`${gateway.url}/`);
    expect({ seen, finished }).toEqual({ seen: 0, finished: 1 });
  });

  test('of a feature that does not understand its policy are never skipped: the route refuses everything', async () => {
    await using upstream = await echo();
    await using gateway = await startWith(upstream, [incompatible]);
    const answer = await request(`${gateway.url}/orders`);
    expect(answer.statusCode).toBe(500);
    expect(await answer.body.json()).toMatchObject({ title: 'Route misconfigured' });
    const status = await (await request(`${gateway.adminUrl}/status`)).body.json();
    expect(status).toMatchObject({ routes: [{ path: '/orders', misconfigured: 'layer 0: no such mode' }] });
  });
});

describe('an answer that a step has at hand', () => {
  test('passes the stages outside of that step only', async () => {
    await using upstream = await echo();
    const stored = { status: 203, fields: ['x-stored', 'yes'], body: Buffer.from('stored') };
    await using gateway = await startWith(upstream, [mark('outer'), { step: () => stored }, mark('inner')]);
    const answer = await request(`${gateway.url}/orders`);
    expect(answer.statusCode).toBe(203);
    expect(answer.headers).toMatchObject({ 'x-stored': 'yes', 'x-passed': 'outer', 'content-length': '6' });
    expect(await answer.body.text()).toBe('stored');
    const head = await request(`${gateway.url}/orders`, { method: 'HEAD' });
    expect(head.headers['content-length']).toBe('6');
  });
});

describe('stages', () => {
  test('see an answer from the service outwards, and may change status and fields', async () => {
    await using upstream = await echo();
    const order: string[] = [];
    const note = (name: string): Layer => ({
      stage: {
        begin: (head) => {
          order.push(name);
          head.status = 299;
          return undefined;
        },
      },
    });
    await using gateway = await startWith(upstream, [note('outer'), note('inner')]);
    expect((await request(`${gateway.url}/orders`)).statusCode).toBe(299);
    expect(order).toEqual(['inner', 'outer']);
  });

  test('can change a whole body; a larger one passes or is refused, as they say', async () => {
    await using upstream = await startUpstream((incoming, response) => {
      response.end('x'.repeat(Number(incoming.url?.split('/')[2] ?? 0)));
    });
    await using passing = await startWith(upstream, [shorten('pass')]);
    await using refusing = await startWith(upstream, [shorten('refuse')]);
    const small = await request(`${passing.url}/orders/50000`);
    expect(small.headers['content-length']).toBe('3');
    expect(await small.body.text()).toBe('xxx');
    const large = await request(`${passing.url}/orders/300000`);
    expect((await large.body.text()).length).toBe(300_000);
    expect((await request(`${refusing.url}/orders/300000`)).statusCode).toBe(500);
  });

  test('can make other bytes of a body while it comes, and wait for a slow client', async () => {
    const text = 'abc'.repeat(1_000_000);
    await using upstream = await startUpstream((_request, response) => response.end(text));
    await using gateway = await startWith(upstream, [
      {
        stage: {
          begin: (head) => {
            removeField(head.fields, 'content-length');
            return { kind: 'stream', transform: createGzip() };
          },
        },
      },
    ]);
    const answer = await request(`${gateway.url}/orders`);
    const chunks: Buffer[] = [];
    const unzipped = answer.body.pipe(createGunzip());
    for await (const chunk of unzipped) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });

  test('that look on are told whether the answer was whole', async () => {
    const ends: boolean[] = [];
    const seen: string[] = [];
    const tap = stage(() => ({
      kind: 'tap',
      data: (chunk) => seen.push(chunk.toString()),
      end: (complete) => ends.push(complete),
    }));
    await using whole = await startUpstream((_request, response) => response.end('all of it'));
    await using partial = await startRawUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\npart');
      setImmediate(() => socket.destroy());
    });
    await using good = await startWith(whole, [tap]);
    await using bad = await startWith(partial, [tap]);
    await (await request(`${good.url}/orders`)).body.text();
    await request(`${bad.url}/orders`)
      .then(
        ({ body }) => body.text(),
        () => undefined,
      )
      .catch(() => undefined);
    await waitUntil('both ends', async () => ends.length === 2);
    expect({ ends, first: seen[0] }).toEqual({ ends: [true, false], first: 'all of it' });
  });

  test('that fail give 500 while nothing has been sent', async () => {
    await using upstream = await echo();
    await using head = await startWith(upstream, [stage(fail)]);
    await using body = await startWith(upstream, [
      stage(() => ({ kind: 'whole', maxBytes: 10_000, whenLarger: 'pass', change: fail })),
    ]);
    for (const gateway of [head, body]) expect((await request(`${gateway.url}/orders`)).statusCode).toBe(500);
  });
});

describe('a request of the gateway’s own', () => {
  test('gives the whole answer, or says why there is none', async () => {
    await using upstream = await echo();
    let context: FeatureContext | undefined;
    const grab = (given: FeatureContext): Layer => ((context = given), {});
    await using gateway = await startWith(upstream, [grab]);
    const service = context?.service('orders');
    if (!context || !service) throw new Error('the feature was not compiled');
    const base = { service, method: 'POST', path: '/x', fields: ['x-a', 'b'], timeoutMs: 1000, retryAttempts: 0 };
    const answer = await context.call({ ...base, body: Buffer.from('hi'), maxBytes: 10_000 });
    if ('kind' in answer) throw new Error(answer.detail);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      method: 'POST',
      url: '/x',
      body: 'hi',
      headers: { 'x-a': 'b' },
    });
    expect(await context.call({ ...base, maxBytes: 3 })).toMatchObject({ kind: 'bad-gateway' });
    const aborted = AbortSignal.abort();
    expect(await context.call({ ...base, maxBytes: 3, signal: aborted })).toMatchObject({ kind: 'unavailable' });
    expect(gateway.port).toBeGreaterThan(0);
  });
});
