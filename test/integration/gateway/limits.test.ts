import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import type { Limits } from '../../../src/gateway/limits.ts';
import type { GatewayPolicy } from '../../../src/protocol/policy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { exchangeBytes, instance, openSocket, route, startGateway, startUpstream, stateOf } from './support.ts';
import type { TestGateway, Upstream } from './support.ts';

let upstream: Upstream;
let bodies: string[] = [];

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.end(request.url === '/a/large' ? Buffer.alloc(32 * 1024 * 1024, 'x') : 'served');
    });
  });
});
afterAll(() => upstream[Symbol.asyncDispose]());

function stateWith(gateway: GatewayPolicy = {}) {
  const routes = [route('/a', 'a'), route('/small', 'a', { policy: { maxBodyBytes: 100 } })];
  const state = stateOf({ instances: [instance('a-1', upstream)], routes });
  return { ...state, system: state.system && { ...state.system, gateway } };
}

function startLimited(limits: Partial<Limits> = {}, gateway: GatewayPolicy = {}): Promise<TestGateway> {
  return startGateway(stateWith(gateway), { limits });
}

const head = (path: string, ...fields: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: shop', ...fields, '', ''].join('\r\n');
const hasStatus = (text: string): boolean => /^HTTP\/1\.1 [2-5]\d\d /m.test(text) && text.includes('\r\n\r\n');

const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;

/** Sends a byte now and then until the connection ends; gives what came back. */
async function drip(gateway: TestGateway, first: string, everyMs: number): Promise<string> {
  const socket = openSocket(gateway);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
  socket.write(first);
  const timer = setInterval(() => socket.write('x'), everyMs);
  await once(socket, 'close');
  clearInterval(timer);
  return text;
}

/** The first line that comes back, and whether the connection is closed after it. */
async function statusOf(gateway: TestGateway, bytes: string): Promise<string> {
  const { text } = await exchangeBytes(gateway, bytes, hasStatus);
  return text.split('\r\n')[0] ?? '';
}

describe('T20: limits', () => {
  const limits = { maxTargetBytes: 200, maxHeaderBytes: 2048, maxHeaderFields: 20, maxBodyBytes: 1000 };
  const chunked = 'Transfer-Encoding: chunked';
  const fields = Array.from({ length: 20 }, (_, index) => `X-${index}: y`);

  test.each([
    ['an address that is too long', head(`/a/${'x'.repeat(200)}`, 'Content-Length: 0'), 414],
    ['a query that is too long', head(`/a?${'x'.repeat(200)}`, 'Content-Length: 0'), 414],
    ['fields that are too large', head('/a', `X-Large: ${'x'.repeat(3000)}`), 431],
    ['too many fields', head('/a', ...fields), 431],
    ['a body that says it is too large', head('/a', 'Content-Length: 1001'), 413],
    ['a body that turns out to be too large', `${head('/a', chunked)}${chunk(600)}${chunk(600)}0\r\n\r\n`, 413],
    ['a body that says it is too large for its route', head('/small', 'Content-Length: 101'), 413],
    ['one that turns out to be', `${head('/small', chunked)}${chunk(60)}${chunk(60)}0\r\n\r\n`, 413],
    ['a body of the gateway’s size, where the route allows more', head('/a', 'Content-Length: 2000'), 413],
    ['a body that waits for its 100', head('/a', 'Content-Length: 2000', 'Expect: 100-continue'), 413],
  ])('%s is refused', async (_what, bytes, status) => {
    bodies = [];
    await using gateway = await startLimited(limits);
    expect(await statusOf(gateway, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(bodies).toEqual([]);
  });

  test.each([
    ['an address', head(`/a/${'x'.repeat(190)}`, 'Content-Length: 0')],
    ['as many fields', head('/a', ...fields.slice(2), 'Content-Length: 0')],
    ['a body', head('/a', 'Content-Length: 1000') + 'x'.repeat(1000)],
    ['a body in pieces', `${head('/a', chunked)}${chunk(500)}${chunk(500)}0\r\n\r\n`],
    ['a body for its route', head('/small', 'Content-Length: 100') + 'x'.repeat(100)],
    ['a body in pieces for its route', `${head('/small', chunked)}${chunk(50)}${chunk(50)}0\r\n\r\n`],
  ])('%s that is just small enough passes', async (_what, bytes) => {
    await using gateway = await startLimited(limits);
    expect(await statusOf(gateway, bytes)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('a body beyond what is kept for another try is measured while it passes', async () => {
    await using gateway = await startLimited({ maxBodyBytes: 300_000, replayBytes: 1000 });
    const piece = chunk(50_000);
    expect(await statusOf(gateway, `${head('/a', chunked)}${piece.repeat(5)}0\r\n\r\n`)).toMatch(/ 200 /);
    expect(await statusOf(gateway, `${head('/a', chunked)}${piece.repeat(9)}0\r\n\r\n`)).toMatch(/ 413 /);
  });

  test('what msa.yaml says holds at once, for the next connection, and is gone with it', async () => {
    await using gateway = await startLimited();
    const large = head('/a', 'Content-Length: 2000') + 'x'.repeat(2000);
    const wide = head('/a', `X-Large: ${'x'.repeat(3000)}`, 'Content-Length: 0');
    const long = head(`/a/${'x'.repeat(300)}`, 'Content-Length: 0');
    const many = head('/a', ...fields, 'Content-Length: 0');
    const all = async (): Promise<readonly (string | undefined)[]> => {
      const lines: string[] = [];
      for (const bytes of [large, wide, long, many]) lines.push(await statusOf(gateway, bytes));
      return lines.map((line) => line.split(' ')[1]);
    };
    expect(await all()).toEqual(['200', '200', '200', '200']);
    await gateway.gateway.apply(stateWith({ limits }));
    expect(await all()).toEqual(['413', '431', '414', '431']);
    await gateway.gateway.apply(stateWith());
    expect(await all()).toEqual(['200', '200', '200', '200']);
  });

  test('a change of limits closes no connection', async () => {
    await using gateway = await startLimited();
    const socket = openSocket(gateway);
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.write(head('/a', 'Content-Length: 0'));
    await waitUntil('the first is answered', () => Promise.resolve(text.includes('served')));
    await gateway.gateway.apply(stateWith({ limits: { maxHeaderBytes: 4096, maxClientConnections: 5 } }));
    text = '';
    socket.write(head('/a', 'Content-Length: 0'));
    await waitUntil('the second is answered', () => Promise.resolve(text.includes('served')));
    socket.destroy();
  });

  test('limits that make no sense are as usual, and told', async () => {
    const wrong = { maxBodyBytes: -1, maxHeaderFields: '5' as unknown as number };
    await using gateway = await startLimited({}, { limits: wrong });
    expect((await get(`${gateway.url}/a`)).status).toBe(200);
    expect(gateway.log()).toContainEqual(
      expect.objectContaining({ level: 'error', limits: ['maxBodyBytes', 'maxHeaderFields'] }),
    );
  });

  test('of connections there are so many of all, and so many of one address', async () => {
    await using gateway = await startLimited({}, { limits: { maxConnectionsPerAddress: 3 } });
    const open = async () => {
      const socket = openSocket(gateway);
      socket.write('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
      const answered = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ]);
      return { socket, answered };
    };
    const first = [await open(), await open(), await open()];
    expect(first.map(({ answered }) => answered)).toEqual([true, true, true]);
    expect((await open()).answered).toBe(false);
    first[0]?.socket.destroy();
    await waitUntil('another one is let in', async () => {
      const { socket, answered } = await open();
      socket.destroy();
      return answered;
    });
    for (const { socket } of first) socket.destroy();
    await gateway.gateway.apply(stateWith({ limits: { maxClientConnections: 2 } }));
    await waitUntil('the others are gone', async () => {
      const sockets = [await open(), await open(), await open()];
      for (const { socket } of sockets) socket.destroy();
      return sockets.map(({ answered }) => answered).join() === 'true,true,false';
    });
    const { body } = await get(`${gateway.adminUrl}/metrics`);
    expect(body).toMatch(/msa_gateway_connections_refused_total\{reason="address"\} [1-9]/);
    expect(body).toMatch(/msa_gateway_connections_refused_total\{reason="all"\} [1-9]/);
  });
});

describe('T19: slow clients', () => {
  test('who never ends the head of a request is told so and closed, while others are served', async () => {
    await using gateway = await startLimited({ headersTimeoutMs: 400, requestTimeoutMs: 2000 });
    const slow = Array.from({ length: 20 }, () => drip(gateway, 'GET /a HTTP/1.1\r\nHost: shop\r\nX-Slow: ', 50));
    expect((await get(`${gateway.url}/a`)).status).toBe(200);
    for (const text of await Promise.all(slow)) expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('who never ends a body is told so and closed, and its service is not kept waiting', async () => {
    await using gateway = await startLimited({ headersTimeoutMs: 400, requestTimeoutMs: 800 });
    const known = bodies.length;
    expect(await drip(gateway, head('/a', 'Content-Length: 100000'), 50)).toMatch(/^HTTP\/1\.1 4(?:00|08) /);
    expect(await drip(gateway, head('/a', 'Content-Length: 1000'), 50)).toMatch(/^HTTP\/1\.1 4(?:00|08) /);
    expect(bodies.length).toBe(known);
  });

  test('who says nothing, or nothing more, is closed', async () => {
    await using gateway = await startLimited({ idleTimeoutMs: 300 });
    const silent = openSocket(gateway);
    const idle = openSocket(gateway);
    idle.write(head('/a', 'Content-Length: 0'));
    await once(idle, 'data');
    await Promise.all([once(silent, 'close'), once(idle, 'close')]);
  });

  test('who does not read the answer is closed, and what was kept for it goes', async () => {
    await using gateway = await startLimited({ stallTimeoutMs: 500 });
    const slow = openSocket(gateway).pause();
    slow.write('GET /a/large HTTP/1.1\r\nHost: shop\r\n\r\n');
    await waitUntil('it is under way', async () => (await inFlight(gateway)) === 1);
    // It is closed by the gateway; the client that does not read hears of it only when it writes.
    await waitUntil('it is given up', async () => (await inFlight(gateway)) === 0);
    expect((await get(`${gateway.url}/a`)).status).toBe(200);
    slow.destroy();
  });
});

async function inFlight({ adminUrl }: TestGateway): Promise<number> {
  const { body } = await get(`${adminUrl}/status`);
  return (body.routes as { path: string; inFlight: number }[]).reduce((sum, each) => sum + each.inFlight, 0);
}
