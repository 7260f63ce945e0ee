import { describe, expect, test } from 'vitest';

import { get, send } from '../../../scripts/hypermedia-client.js';
import type { Reply } from '../../../scripts/hypermedia-client.js';
import type { RoutePolicy } from '../../../src/protocol/policy.ts';
import type { SystemRoute } from '../../../src/protocol/system.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startAnswering, startHeld } from './held-upstream.ts';
import {
  closedPort,
  edge,
  instance,
  openSocket,
  route,
  startGateway,
  startRawUpstream,
  startUpstream,
  stateOf,
} from './support.ts';
import type { Address, TestGateway } from './support.ts';

/** A gateway with one route, `/`, to instances of one service `a`. */
function gatewayTo(places: readonly Address[], policy: RoutePolicy, more: Partial<SystemRoute> = {}) {
  const instances = places.map((place, index) => instance(`a-${index + 1}`, place));
  return startGateway(stateOf({ instances, routes: [route('/', 'a', { policy, ...more })] }));
}

async function incident({ adminUrl }: TestGateway, name: string): Promise<number> {
  const text = String((await get(`${adminUrl}/metrics`)).body);
  const line = text.split('\n').find((each) => each.includes(`route="/"`) && each.includes(`incident="${name}"`));
  return Number(line?.split(' ').at(-1));
}

function tally(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, headers } of replies) {
    const key = [status, headers['x-msa-error']].filter((part) => part !== undefined).join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function many(count: number, request: () => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let sent = 0; sent < count; sent += 1) replies.push(await request());
  return replies;
}

describe('a deadline', () => {
  test('is told to services, and what a client says of it is not believed', async () => {
    await using upstream = await startAnswering(200);
    await using gateway = await gatewayTo([upstream], {}, { timeoutMs: 3000 });
    await send('GET', `${gateway.url}/`, { headers: { 'x-msa-timeout-ms': '9000' } });
    await send('GET', `${gateway.url}/`, { headers: { 'x-msa-timeout-ms': '1', x_msa_timeout_ms: '1' } });
    expect(upstream.seen.map(({ headers }) => headers['x-msa-timeout-ms'])).toEqual(['3000', '3000']);
    expect(upstream.seen[1]?.headers).not.toHaveProperty('x_msa_timeout_ms');
  });

  test('is made shorter by whoever calls through an edge, never longer', async () => {
    await using users = await startAnswering(200);
    const { port } = await closedPort();
    const edges = [edge('orders>users', port, { timeoutMs: 3000 })];
    await using _gateway = await startGateway(stateOf({ instances: [instance('users-1', users)], edges }));
    const seenFor = async (said: string): Promise<number> => {
      await send('GET', `http://127.0.0.1:${port}/`, { headers: { 'x-msa-timeout-ms': said } });
      return Number(users.seen.at(-1)?.headers['x-msa-timeout-ms']);
    };
    const shortened = await seenFor('900');
    expect(shortened).toBeLessThanOrEqual(900);
    expect(shortened).toBeGreaterThan(0);
    for (const said of ['9000', 'soon', '-5', '1e3', '99999999999']) expect(await seenFor(said)).toBe(3000);
  });

  test('that is over is answered before any work is done', async () => {
    await using users = await startAnswering(200);
    const { port } = await closedPort();
    const edges = [edge('orders>users', port)];
    await using _gateway = await startGateway(stateOf({ instances: [instance('users-1', users)], edges }));
    for (const headers of [{ 'x-msa-timeout-ms': '0' }, { 'grpc-timeout': '1n' }]) {
      const reply = await send('POST', `http://127.0.0.1:${port}/`, { headers, body: {} });
      expect(reply).toMatchObject({ status: 504, headers: { 'x-msa-error': 'gateway-timeout' } });
    }
    expect(users.seen).toEqual([]);
  });

  test('of a caller ends a call that takes longer', async () => {
    await using slow = await startHeld();
    const { port } = await closedPort();
    const edges = [edge('orders>users', port)];
    await using _gateway = await startGateway(stateOf({ instances: [instance('users-1', slow)], edges }));
    const headers = { 'x-msa-timeout-ms': '150' };
    const reply = await send('GET', `http://127.0.0.1:${port}/`, { headers });
    expect(reply).toMatchObject({ status: 504, headers: { 'x-msa-error': 'gateway-timeout' } });
  });

  test('is shorter for a second try than for the first, by what that took', async () => {
    await using slow = await startHeld();
    await using sound = await startAnswering(200);
    const policy: RoutePolicy = { tries: { tryTimeoutMs: 500 }, balance: { method: { kind: 'round-robin' } } };
    await using gateway = await gatewayTo([slow, sound], policy, { timeoutMs: 30_000 });
    expect(tally(await many(2, () => get(gateway.url)))).toEqual({ 200: 2 });
    const told = sound.seen.map(({ headers }) => Number(headers['x-msa-timeout-ms']));
    expect(slow.seen[0]?.headers['x-msa-timeout-ms']).toBe('30000');
    expect(Math.min(...told)).toBeLessThanOrEqual(30_000 - 500);
  });

  test('of gRPC is passed on, shorter when the route allows less', async () => {
    await using upstream = await startAnswering(200);
    await using gateway = await gatewayTo([upstream], {}, { timeoutMs: 3000 });
    for (const said of ['9H', '2S', 'nonsense']) await send('GET', gateway.url, { headers: { 'grpc-timeout': said } });
    const [long = '', short = '', odd] = upstream.seen.map(({ headers }) => String(headers['grpc-timeout']));
    expect([long, odd]).toEqual(['3000m', '3000m']);
    expect(Number.parseInt(short, 10)).toBeLessThanOrEqual(2000);
    expect(short).toMatch(/^\d+m$/);
  });
});

describe('an answer that says an instance cannot', () => {
  test('is not tried again unless the route says so', async () => {
    await using failing = await startAnswering(503);
    await using gateway = await gatewayTo([failing], {});
    expect((await get(gateway.url)).body).toBe('status 503');
    expect(failing.seen).toHaveLength(1);
  });

  test('is tried again at another instance when that is safe', async () => {
    await using failing = await startAnswering(503, { 'retry-after': '0' });
    await using sound = await startAnswering(200);
    const tries = { retryOn: [503], backoffMs: 1 };
    await using gateway = await gatewayTo([failing, sound], { tries, balance: { method: { kind: 'round-robin' } } });
    const gets = await many(10, () => get(gateway.url));
    expect(tally(gets)).toEqual({ 200: 10 });
    const posts = await many(10, () => send('POST', gateway.url, { body: {} }));
    expect(tally(posts)).toEqual({ 200: 5, 503: 5 });
    const keyed = { headers: { 'idempotency-key': '"1"' }, body: {} };
    expect(tally(await many(10, () => send('POST', gateway.url, keyed)))).toEqual({ 200: 10 });
    expect(await incident(gateway, 'retry')).toBe(10);
  });

  test('passes when what it asks to wait is longer than the time that is left', async () => {
    await using failing = await startAnswering(503, { 'retry-after': '60' });
    await using gateway = await gatewayTo([failing], { tries: { retryOn: [503] } }, { timeoutMs: 5000 });
    expect(await get(gateway.url)).toMatchObject({ status: 503, headers: { 'retry-after': '60' }, body: 'status 503' });
    expect(failing.seen).toHaveLength(1);
  });

  test('costs its service no more than a fifth of its requests, however many tries are allowed', async () => {
    await using failing = await startAnswering(503);
    const policy = { tries: { retryOn: [503], backoffMs: 1 } };
    await using gateway = await gatewayTo([failing], policy, { retryAttempts: 3 });
    const startedAt = performance.now();
    const replies = await Promise.all(Array.from({ length: 300 }, () => get(gateway.url)));
    // The twenty are for ten seconds, of which a busy machine may need several.
    const windows = Math.ceil((performance.now() - startedAt) / 9000);
    expect(tally(replies)).toEqual({ 503: 300 });
    expect(failing.seen.length).toBeGreaterThan(310);
    expect(failing.seen.length).toBeLessThanOrEqual(300 * 1.2 + 20 * windows);
    expect(await incident(gateway, 'budget_exhausted')).toBeGreaterThan(0);
  });
});

describe('a try that takes too long', () => {
  test('is given up for another instance when that is safe', async () => {
    await using slow = await startHeld();
    await using sound = await startAnswering(200);
    const tries = { tryTimeoutMs: 500 };
    await using gateway = await gatewayTo([slow, sound], { tries, balance: { method: { kind: 'round-robin' } } });
    expect(tally(await many(2, () => get(gateway.url)))).toEqual({ 200: 2 });
    expect(await incident(gateway, 'try_timeout')).toBeGreaterThan(0);
    await waitUntil('the slow instance is told', async () => slow.aborted.length === slow.seen.length);
  });

  test('is the end of a request that may have had an effect', async () => {
    await using slow = await startHeld();
    await using gateway = await gatewayTo([slow], { tries: { tryTimeoutMs: 50 } });
    const reply = await send('POST', gateway.url, { body: {} });
    expect(reply).toMatchObject({ status: 504, body: { detail: 'Instance a-1 did not answer within 50 ms.' } });
    expect(slow.seen).toHaveLength(1);
  });

  test('counts from the end of a body that is passed on as it comes', async () => {
    await using slow = await startHeld();
    await using gateway = await gatewayTo([slow], { tries: { tryTimeoutMs: 50 } });
    const reply = await send('PUT', gateway.url, { body: 'x'.repeat(200_000) });
    expect(reply).toMatchObject({ status: 504, headers: { 'x-msa-error': 'gateway-timeout' } });
  });
});

describe('a hedge', () => {
  const policy: RoutePolicy = { tries: { hedgeAfterMs: 30 }, balance: { method: { kind: 'round-robin' } } };

  test('goes to a second instance, whose answer counts, and the first is told', async () => {
    await using slow = await startHeld();
    await using sound = await startAnswering(200);
    await using gateway = await gatewayTo([slow, sound], policy);
    expect(tally(await many(4, () => get(gateway.url)))).toEqual({ 200: 4 });
    expect(slow.seen.length).toBeGreaterThanOrEqual(2);
    await waitUntil('the slow instance is told', async () => slow.aborted.length === slow.seen.length);
    expect(await incident(gateway, 'hedge')).toBeGreaterThanOrEqual(2);
    expect(await incident(gateway, 'hedge_won')).toBeGreaterThanOrEqual(2);
    expect(await incident(gateway, 'retry')).toBe(0);
  });

  test('is not sent for what may have an effect, nor where there is no second instance', async () => {
    await using slow = await startHeld();
    await using gateway = await gatewayTo([slow], policy);
    await using two = await gatewayTo([slow, slow], policy);
    const asked = [get(gateway.url), send('POST', two.url, { body: {} })];
    const slower = { ...policy, tries: { ...policy.tries, tryTimeoutMs: 400 } };
    await using judge = await gatewayTo([slow], slower);
    // Long after a hedge would have been sent.
    expect((await send('POST', judge.url, { body: {} })).status).toBe(504);
    expect(slow.seen).toHaveLength(3);
    slow.release();
    expect(tally(await Promise.all(asked))).toEqual({ 200: 2 });
    expect([await incident(gateway, 'hedge'), await incident(two, 'hedge')]).toEqual([0, 0]);
  });

  test('that fails leaves the first its chance, and the other way round', async () => {
    await using slow = await startHeld();
    await using broken = await startRawUpstream((socket) => void setTimeout(() => socket.destroy(), 60));
    await using gateway = await gatewayTo([slow, broken], policy);
    const replies = [get(gateway.url), get(gateway.url)];
    await waitUntil('one has broken off', async () => (await incident(gateway, 'reset')) > 0);
    slow.release();
    expect(tally(await Promise.all(replies))).toEqual({ 200: 2 });
  });
});

async function openCircuit(gateway: TestGateway): Promise<void> {
  await many(4, () => get(gateway.url));
  const { body } = await get(`${gateway.adminUrl}/status`);
  expect(body.routes[0].breaker).toEqual({ state: 'open', opened: 1 });
}

describe('a circuit', () => {
  const breaker = { window: { requests: 4 }, minimum: 4, failureRate: 0.5, openMs: 200, probes: 3 } as const;

  test('that is open answers at once, says when to come again, and spares the service', async () => {
    await using failing = await startAnswering(500);
    await using gateway = await gatewayTo([failing], { breaker: { ...breaker, openMs: 60_000 } });
    await openCircuit(gateway);
    const reply = await get(gateway.url);
    expect(reply).toMatchObject({ status: 503, headers: { 'x-msa-error': 'circuit-open', 'retry-after': '60' } });
    expect(failing.seen).toHaveLength(4);
    expect(await incident(gateway, 'circuit_open')).toBe(1);
    const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
    expect(metrics).toContain('msa_gateway_circuit_state{route="/",state="open"} 1\n');
    expect(metrics).toContain('msa_gateway_circuit_state{route="/",state="closed"} 0\n');
    expect(metrics).toContain('msa_gateway_circuit_opened_total{route="/"} 1\n');
  });

  test('that is half-open lets exactly as many of fifty requests through as it should, then closes', async () => {
    await using failing = await startAnswering(500);
    await using held = await startHeld();
    await using gateway = await gatewayTo([failing], { breaker });
    await openCircuit(gateway);
    const policy = { breaker };
    const state = stateOf({ instances: [instance('a-1', held)], routes: [route('/', 'a', { policy })] });
    await gateway.gateway.apply(state);
    const through: Promise<Reply>[] = [];
    await waitUntil('it is half-open', async () => {
      const settled: Reply[] = [];
      const sent = Array.from({ length: 50 }, () => get(gateway.url));
      for (const one of sent) void one.then((reply) => settled.push(reply));
      await waitUntil('all are refused, or are let through', async () => settled.length + held.seen.length === 50);
      if (held.seen.length === 0) return false;
      expect(tally(settled)).toEqual({ '503 circuit-open': 47 });
      through.push(...sent);
      return true;
    });
    expect(held.seen).toHaveLength(3);
    held.release();
    expect(tally(await Promise.all(through))).toEqual({ 200: 3, '503 circuit-open': 47 });
    expect((await get(`${gateway.adminUrl}/status`)).body.routes[0].breaker.state).toBe('closed');
    expect((await get(gateway.url)).status).toBe(200);
  });

  test('that is half-open tries nothing twice, and takes a client that leaves for no answer', async () => {
    await using failing = await startAnswering(503);
    await using held = await startHeld();
    const policy = { breaker: { ...breaker, probes: 1 }, tries: { retryOn: [503], backoffMs: 1 } };
    await using gateway = await gatewayTo([failing], policy, { retryAttempts: 3 });
    await openCircuit(gateway);
    const before = failing.seen.length;
    await waitUntil('it is half-open', async () => (await get(gateway.url)).headers['x-msa-error'] === undefined);
    expect(failing.seen.length).toBe(before + 1);
    const routes = [route('/', 'a', { policy, retryAttempts: 3 })];
    await gateway.gateway.apply(stateOf({ instances: [instance('a-1', held)], routes }));
    await waitUntil('a client has left it', async () => {
      const socket = openSocket(gateway);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await waitUntil('it has an answer or waits', async () => socket.bytesRead > 0 || held.seen.length > 0);
      socket.destroy();
      return held.seen.length > 0;
    });
    held.release();
    await waitUntil('it closes', async () => (await get(gateway.url)).status === 200);
  });

  test('opens for slow answers, and for a service that nobody can reach', async () => {
    await using slow = await startHeld();
    const slowly = { ...breaker, slowRate: 0.5, slowAfterMs: 1, openMs: 60_000 };
    await using gateway = await gatewayTo([slow], { breaker: slowly });
    const replies = Array.from({ length: 4 }, () => get(gateway.url));
    await waitUntil('all are there', async () => slow.seen.length === 4);
    slow.release();
    expect(tally(await Promise.all(replies))).toEqual({ 200: 4 });
    expect((await get(gateway.url)).headers['x-msa-error']).toBe('circuit-open');
    await using away = await gatewayTo([await closedPort()], { breaker: { ...breaker, openMs: 60_000 } });
    expect(tally(await many(6, () => get(away.url)))).toEqual({ '503 unavailable': 4, '503 circuit-open': 2 });
  });

  test('stays as it is when the state changes but not its rule', async () => {
    await using failing = await startAnswering(500);
    const policy = { breaker: { ...breaker, openMs: 60_000 } };
    await using gateway = await gatewayTo([failing], policy);
    await openCircuit(gateway);
    const stateWith = (changed: RoutePolicy) =>
      stateOf({ instances: [instance('a-1', failing)], routes: [route('/', 'a', { policy: changed })] });
    await gateway.gateway.apply(stateWith({ ...policy, tries: { tryTimeoutMs: 1000 } }));
    expect((await get(gateway.url)).headers['x-msa-error']).toBe('circuit-open');
    await gateway.gateway.apply(stateWith({ breaker }));
    expect((await get(gateway.url)).status).toBe(500);
  });
});

describe('a limit of requests under way', () => {
  test('refuses what is too much, and lets those who wait go on in turn', async () => {
    await using held = await startHeld();
    await using gateway = await gatewayTo([held], { concurrency: { limit: 2, queue: 1, waitMs: 30_000 } });
    const taken = [get(gateway.url), get(gateway.url)];
    await waitUntil('two are under way', async () => held.seen.length === 2);
    const waiting = get(gateway.url);
    const concurrency = async () => (await get(`${gateway.adminUrl}/status`)).body.routes[0].concurrency;
    await waitUntil('one waits', async () => (await concurrency()).waiting === 1);
    expect(await get(gateway.url)).toMatchObject({ status: 503, headers: { 'x-msa-error': 'overloaded' } });
    const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
    expect(metrics).toContain('msa_gateway_queue_length{route="/"} 1\n');
    expect(metrics).toContain('msa_gateway_concurrency_limit{route="/"} 2\n');
    expect(held.seen).toHaveLength(2);
    held.release();
    expect(tally(await Promise.all([...taken, waiting]))).toEqual({ 200: 3 });
    expect(await concurrency()).toEqual({ limit: 2, inFlight: 0, waiting: 0 });
    expect(await incident(gateway, 'overloaded')).toBe(1);
  });

  test('lets nobody wait longer than allowed, and forgets clients that leave meanwhile', async () => {
    await using held = await startHeld();
    await using gateway = await gatewayTo([held], { concurrency: { limit: 1, queue: 1, waitMs: 100 } });
    const concurrency = async () => (await get(`${gateway.adminUrl}/status`)).body.routes[0].concurrency;
    const first = get(gateway.url);
    await waitUntil('one is under way', async () => held.seen.length === 1);
    expect((await get(gateway.url)).headers['x-msa-error']).toBe('overloaded');
    const policy = { concurrency: { limit: 1, queue: 1, waitMs: 30_000 } };
    await gateway.gateway.apply(stateOf({ instances: [instance('a-1', held)], routes: [route('/', 'a', { policy })] }));
    const second = get(gateway.url);
    await waitUntil('another is under way', async () => held.seen.length === 2);
    const socket = openSocket(gateway);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitUntil('one waits', async () => (await concurrency()).waiting === 1);
    socket.destroy();
    await waitUntil('nobody waits', async () => (await concurrency()).waiting === 0);
    held.release();
    expect(tally(await Promise.all([first, second]))).toEqual({ 200: 2 });
    expect(await concurrency()).toEqual({ limit: 1, inFlight: 0, waiting: 0 });
  });

  test('that finds itself begins somewhere, and moves with what it is given', async () => {
    await using sound = await startAnswering(200);
    await using gateway = await gatewayTo([sound], { concurrency: { limit: 'adaptive', queue: 100, waitMs: 5000 } });
    const { body } = await get(`${gateway.adminUrl}/status`);
    expect(body.routes[0].concurrency.limit).toBe(20);
    const replies = await Promise.all(Array.from({ length: 100 }, () => get(gateway.url)));
    expect(tally(replies)).toEqual({ 200: 100 });
  });
});

describe('a fallback', () => {
  const answer = { kind: 'answer', status: 200, type: 'application/json', body: '{"items":[]}' } as const;

  test('stands in for a service that fails, breaks off or is away, for requests that change nothing', async () => {
    await using failing = await startAnswering(503);
    await using broken = await startRawUpstream((socket) => socket.destroy());
    for (const place of [failing, broken, await closedPort()]) {
      await using gateway = await gatewayTo([place], { fallback: [answer] });
      const reply = await get(gateway.url);
      expect(reply).toMatchObject({ status: 200, body: { items: [] } });
      expect(reply.headers).toMatchObject({ 'x-msa-fallback': 'answer', 'cache-control': 'no-store' });
      expect(await send('HEAD', gateway.url)).toMatchObject({ status: 200, headers: { 'content-length': '12' } });
      expect((await send('POST', gateway.url, { body: {} })).status).toBeGreaterThanOrEqual(502);
      expect(await incident(gateway, 'fallback')).toBe(2);
    }
  });

  test('stands in when a circuit is open, too many requests are under way, or time is over', async () => {
    await using failing = await startAnswering(500);
    const breaker = { window: { requests: 1 }, minimum: 1, failureRate: 0.5, openMs: 60_000, probes: 1 };
    await using gateway = await gatewayTo([failing], { breaker, fallback: [answer] });
    expect(tally(await many(3, () => get(gateway.url)))).toEqual({ 200: 3 });
    expect(failing.seen).toHaveLength(1);
    await using held = await startHeld();
    await using slow = await gatewayTo([held], { fallback: [answer] }, { timeoutMs: 50 });
    expect((await get(slow.url)).headers['x-msa-fallback']).toBe('answer');
  });

  test('does not cost a connection each time, when what the service answers is short', async () => {
    await using failing = await startAnswering(503, { 'content-length': '10' });
    await using gateway = await gatewayTo([failing], { fallback: [answer] });
    expect(tally(await many(5, () => get(gateway.url)))).toEqual({ 200: 5 });
    expect(failing.seen).toHaveLength(5);
    expect(new Set(failing.seen.map(({ socket }) => socket)).size).toBe(1);
  });

  test('leaves alone what the service can answer', async () => {
    for (const status of [200, 404, 501]) {
      await using upstream = await startAnswering(status);
      await using gateway = await gatewayTo([upstream], { fallback: [answer] });
      const reply = await get(gateway.url);
      expect(reply).toMatchObject({ status, body: `status ${status}` });
      expect(reply.headers).not.toHaveProperty('x-msa-fallback');
    }
  });

  test('can be another service, and the next one when that fails too', async () => {
    await using failing = await startAnswering(503);
    await using other = await startAnswering(200, { 'cache-control': 'max-age=60' });
    const policy: RoutePolicy = {
      fallback: [{ kind: 'stale', forMs: 1000 }, { kind: 'service', service: 'b' }, answer],
    };
    const instances = [instance('a-1', failing), instance('b-1', other)];
    await using gateway = await startGateway(stateOf({ instances, routes: [route('/', 'a', { policy })] }));
    const reply = await get(`${gateway.url}/x?y=1`);
    expect(reply).toMatchObject({ status: 200, body: 'status 200' });
    expect(reply.headers).toMatchObject({
      'x-msa-fallback': 'service',
      'x-msa-instance': 'b-1',
      'cache-control': 'no-store',
    });
    expect(other.seen[0]?.url).toBe('/x?y=1');
    other.answer = { status: 500, body: 'worse' };
    expect((await get(gateway.url)).headers['x-msa-fallback']).toBe('answer');
    expect(tally([await send('POST', gateway.url, { body: {} })])).toEqual({ 503: 1 });
  });

  test('is what was answered before, where there is something, and the next one where there is not', async () => {
    await using upstream = await startAnswering(200, { 'cache-control': 'max-age=60', 'content-length': '10' });
    await using gateway = await gatewayTo([upstream], { fallback: [{ kind: 'stale', forMs: 3_600_000 }, answer] });
    expect((await get(`${gateway.url}/known`)).headers).not.toHaveProperty('x-msa-fallback');
    upstream.answer = { status: 503, body: 'status 503' };
    const known = await get(`${gateway.url}/known`);
    expect(known).toMatchObject({ status: 200, body: 'status 200', headers: { 'x-msa-fallback': 'stale' } });
    const unknown = await get(`${gateway.url}/unknown`);
    expect(unknown).toMatchObject({ status: 200, headers: { 'x-msa-fallback': 'answer' } });
    await upstream[Symbol.asyncDispose]();
    // For a second after a failure it is given without asking the service again.
    expect(await get(`${gateway.url}/known`)).toMatchObject({ status: 200, body: 'status 200' });
    expect((await get(`${gateway.url}/unknown`)).headers).toMatchObject({ 'x-msa-fallback': 'answer' });
  });

  test('gets what changes something only when no instance can have seen it', async () => {
    await using other = await startAnswering(201);
    const policy: RoutePolicy = { fallback: [{ kind: 'service', service: 'b' }] };
    const instances = [instance('a-1', await closedPort()), instance('b-1', other)];
    await using gateway = await startGateway(stateOf({ instances, routes: [route('/', 'a', { policy })] }));
    expect(await send('POST', gateway.url, { body: { a: 1 } })).toMatchObject({ status: 201 });
    expect(other.seen[0]?.headers['content-length']).toBe('7');
    // Nor does it take an instance for the body to be read.
    const routes = [route('/', 'a', { policy })];
    await gateway.gateway.apply(stateOf({ instances: [instance('b-1', other)], routes }));
    expect(await send('POST', gateway.url, { body: { a: 1 } })).toMatchObject({ status: 201 });
    await gateway.gateway.apply(stateOf({ instances, routes }));
    // It has gone on to nowhere, so it cannot be sent again.
    expect((await send('POST', gateway.url, { body: 'x'.repeat(200_000) })).status).toBe(503);
  });
});

describe('balancing', () => {
  test('gives each instance its turn', async () => {
    await using one = await startAnswering(200);
    await using two = await startAnswering(200);
    await using gateway = await gatewayTo([one, two], { balance: { method: { kind: 'round-robin' } } });
    await many(10, () => get(gateway.url));
    expect([one.seen.length, two.seen.length]).toEqual([5, 5]);
  });

  test('spares an instance whose answers come late', async () => {
    await using quick = await startAnswering(200);
    await using other = await startAnswering(200);
    let late = 0;
    await using slow = await startUpstream((_request, response) => {
      late += 1;
      setTimeout(() => response.end(), 500);
    });
    await using gateway = await gatewayTo([slow, quick, other], { balance: { method: { kind: 'quickest' } } });
    await many(60, () => get(gateway.url));
    // By turns it would have had twenty.
    expect(late).toBeLessThan(10);
  });

  test('sends what belongs together to one instance, and to another when that is gone', async () => {
    await using one = await startAnswering(200);
    await using two = await startAnswering(200);
    const method = { kind: 'hash', from: 'header', name: 'x-user' } as const;
    await using gateway = await gatewayTo([one, two], { balance: { method } });
    const instancesFor = async (user: string) => {
      const replies = await many(5, () => send('GET', gateway.url, { headers: { 'X-User': user } }));
      return [...new Set(replies.map(({ headers, status }) => `${String(headers['x-msa-instance'])} ${status}`))];
    };
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const places = new Map<string, readonly string[]>();
    for (const user of users) places.set(user, await instancesFor(user));
    expect(new Set([...places.values()].map(String))).toEqual(new Set(['a-1 200', 'a-2 200']));
    await one[Symbol.asyncDispose]();
    for (const user of users) expect(await instancesFor(user)).toEqual(['a-2 200']);
  });

  test('takes an instance out that answers with nothing but errors', async () => {
    await using failing = await startAnswering(500);
    await using sound = await startAnswering(200);
    const balance = { method: { kind: 'round-robin' }, ejectAfter: 3 } as const;
    await using gateway = await gatewayTo([failing, sound], { balance });
    await many(20, () => get(gateway.url));
    expect(gateway.log()).toContainEqual(
      expect.objectContaining({ msg: 'instance ejected', instance: 'a-1', kind: 'errors' }),
    );
    failing.answer = { status: 200 };
    const before = failing.seen.length;
    await waitUntil('it is back', async () => (await get(gateway.url)) && failing.seen.length > before);
  });
});

test.each<[what: string, policy: object]>([
  ['tries: tryTimeoutMs', { tries: { tryTimeoutMs: 'soon' } }],
  ['balance: method', { balance: { method: { kind: 'random' } } }],
  ['breaker: probes', { breaker: { window: { ms: 1000 }, minimum: 1, failureRate: 0.5, openMs: 10, probes: 0 } }],
  ['concurrency: limit', { concurrency: { limit: -1, queue: 0, waitMs: 10 } }],
  ['fallback: type', { fallback: [{ kind: 'answer', status: 200, type: 'a\r\nb: c', body: '' }] }],
])('a rule that makes no sense lets nothing through (%s)', async (_what, policy) => {
  await using upstream = await startAnswering(200);
  await using gateway = await gatewayTo([upstream], policy);
  expect(await get(gateway.url)).toMatchObject({ status: 500, headers: { 'x-msa-error': 'misconfigured' } });
  expect((await get(`${gateway.adminUrl}/status`)).body.routes[0].misconfigured).toContain('resilience: ');
  expect(upstream.seen).toEqual([]);
});
