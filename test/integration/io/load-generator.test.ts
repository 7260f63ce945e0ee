import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { describe, expect, test } from 'vitest';

import type { LoadPlan, RequestEntry } from '../../../src/chaos/journal.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { createLoadGenerator } from '../../../src/io/load/load-generator.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** A server that is gone when its `await using` scope ends, whatever is still open. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const die = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { origin: `http://127.0.0.1:${port}`, die, [Symbol.asyncDispose]: die };
}

function planFor(origin: string, plan: Partial<LoadPlan> = {}): LoadPlan {
  return { origin, paths: ['/'], ratePerSecond: 200, maxInFlight: 50, requestTimeoutMs: 20_000, ...plan };
}

const { signal: never } = new AbortController();

describe('load', () => {
  test('is due at a steady rate, path after path, and every request is recorded once', async () => {
    const seen: string[] = [];
    await using server = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.setHeader('x-msa-instance', 'orders-1').setHeader('x-request-id', String(seen.length)).end('fine');
    });
    const entries: RequestEntry[] = [];
    const plan = planFor(server.origin, { paths: ['/a', '/b?c=d'] });
    const running = createLoadGenerator(systemClock).start(plan, (entry) => entries.push(entry), never);
    await waitUntil('forty answers', async () => entries.length >= 40);
    expect(await running.stop()).toBe(0);

    expect(entries).toHaveLength(seen.length);
    const inOrder = entries.toSorted((a, b) => a.intendedMs - b.intendedMs);
    const [first] = inOrder;
    for (const [index, entry] of inOrder.entries()) {
      expect(entry).toMatchObject({ status: 200, failure: undefined, instance: 'orders-1' });
      expect(entry.path).toBe(index % 2 === 0 ? '/a' : '/b?c=d');
      expect(entry.intendedMs - (first?.intendedMs ?? 0)).toBeCloseTo(index * 5, 5);
      expect(entry.sentMs).toBeGreaterThanOrEqual(entry.intendedMs);
      expect(entry.endedMs).toBeGreaterThan(entry.sentMs);
    }
    expect(new Set(inOrder.map(({ requestId }) => requestId)).size).toBe(seen.length);
  });

  test('never has more under way than allowed, and counts the wait into the latency', async () => {
    const held: ServerResponse[] = [];
    let open = 0;
    let most = 0;
    await using server = await serve((_, response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => (open -= 1));
      held.push(response);
    });
    let now = 0;
    const entries: RequestEntry[] = [];
    const generator = createLoadGenerator({ now: () => now });
    const plan = planFor(server.origin, { maxInFlight: 3, ratePerSecond: 100 });
    const running = generator.start(plan, (entry) => entries.push(entry), never);
    now = 95;
    await waitUntil('three requests', async () => held.length === 3);
    now = 500;
    while (entries.length < 10) {
      for (const response of held.splice(0)) response.end();
      await waitUntil('more requests', async () => held.length > 0 || entries.length >= 10);
    }
    for (const response of held.splice(0)) response.end();
    const stopping = running.stop();
    await waitUntil('the end', async () => {
      for (const response of held.splice(0)) response.end();
      return open === 0;
    });
    expect(await stopping).toBeGreaterThan(0);

    expect(most).toBe(3);
    const waited = entries.find(({ intendedMs }) => intendedMs === 90);
    expect(waited).toMatchObject({ sentMs: 500, endedMs: 500, failure: undefined });
  });

  test('stops at once when its signal is aborted, and records nothing that was cut off', async () => {
    let open = 0;
    await using server = await serve((_, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
    });
    const entries: RequestEntry[] = [];
    const stop = new AbortController();
    const generator = createLoadGenerator(systemClock);
    const running = generator.start(planFor(server.origin), (entry) => entries.push(entry), stop.signal);
    await waitUntil('requests under way', async () => open >= 5);
    stop.abort();
    await running.stop();
    await waitUntil('no request under way', async () => open === 0);
    expect(entries).toEqual([]);
  });

  test('goes on when its server dies, and says what became of each request', async () => {
    const held: ServerResponse[] = [];
    const server = await serve((_, response) => held.push(response));
    const entries: RequestEntry[] = [];
    const generator = createLoadGenerator(systemClock);
    const running = generator.start(planFor(server.origin), (entry) => entries.push(entry), never);
    await waitUntil('requests under way', async () => held.length >= 3);
    await server.die();
    await waitUntil(
      'refusals',
      async () => entries.filter(({ failure }) => failure === 'connection refused').length >= 3,
    );
    await running.stop();
    for (const { status, failure } of entries) {
      expect(status).toBeUndefined();
      expect(failure).toMatch(/^connection (?:refused|reset|closed before the answer was complete)$/);
    }
    expect(entries.length).toBeGreaterThanOrEqual(6);
  });

  test('can be stopped twice', async () => {
    await using server = await serve((_, response) => response.end());
    const running = createLoadGenerator(systemClock).start(planFor(server.origin), () => undefined, never);
    await Promise.all([running.stop(), running.stop()]);
    await running.stop();
  });
});

const probe = async (listener: RequestListener, { timeoutMs = 20_000, signal = never } = {}) => {
  await using server = await serve(listener);
  return await createLoadGenerator(systemClock).probe({ origin: server.origin, path: '/', timeoutMs, signal });
};

describe('one request', () => {
  test.each([
    [204, undefined],
    [302, undefined],
    [401, 'status 401'],
    [500, 'status 500'],
  ])('with status %d', async (status, failure) => {
    expect(await probe((_, response) => response.writeHead(status).end())).toMatchObject({ status, failure });
  });

  test('that the gateway answers in place of a service', async () => {
    const answer = await probe((_, response) => response.writeHead(503, { 'x-msa-error': 'no-instance' }).end());
    expect(answer.failure).toBe('status 503 by the gateway: no-instance');
  });

  test('whose answer breaks off', async () => {
    const answer = await probe((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    expect(answer).toMatchObject({ status: 200, failure: expect.stringMatching(/^status 200, then connection /) });
  });

  test('that gets no answer in time', async () => {
    const answer = await probe(() => undefined, { timeoutMs: 50 });
    expect(answer).toMatchObject({ status: undefined, failure: 'no complete answer within 0.05 s' });
  });

  test('whose answer never ends', async () => {
    const answer = await probe((_, response) => void response.writeHead(200).write('…'), { timeoutMs: 50 });
    expect(answer.failure).toBe('status 200, then no complete answer within 0.05 s');
  });

  test('that is called off ends at once', async () => {
    const stop = new AbortController();
    const answer = await probe(() => stop.abort(), { signal: stop.signal });
    expect(answer.status).toBeUndefined();
  });

  test('to nobody', async () => {
    const server = await serve(() => undefined);
    await server.die();
    const request = { origin: server.origin, path: '/', timeoutMs: 20_000, signal: never };
    expect(await createLoadGenerator(systemClock).probe(request)).toMatchObject({ failure: 'connection refused' });
  });
});
