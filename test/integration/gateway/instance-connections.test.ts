import type { Socket } from 'node:net';

import { describe, expect, test } from 'vitest';

import { send } from '../../../scripts/hypermedia-client.js';
import { waitUntil } from '../../support/wait-until.ts';
import {
  exchangeBytes,
  gatewayTo,
  getBytes as get,
  instance,
  route,
  startGateway,
  startRawUpstream,
  stateOf,
} from './support.ts';
import type { TestGateway, Upstream } from './support.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A service that answers each request with what is told of it, on connections that are counted. */
async function counting(answer: (head: string, socket: Socket) => string): Promise<Upstream & { opened: Set<Socket> }> {
  const opened = new Set<Socket>();
  const upstream = await startRawUpstream((socket, head) => {
    opened.add(socket);
    socket.write(answer(head, socket), 'latin1');
  });
  return { ...upstream, opened };
}

async function getMany({ url }: TestGateway, count: number): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (let sent = 0; sent < count; sent += 1) bodies.push((await send('GET', `${url}/${sent}`)).body);
  return bodies;
}

describe('a connection to an instance', () => {
  test('carries one request after the other, with and without a body', async () => {
    await using upstream = await counting(() => ok);
    await using gateway = await gatewayTo(upstream);
    expect(await getMany(gateway, 5)).toEqual(Array(5).fill('ok'));
    const reply = await send('POST', `${gateway.url}/`, { body: 'body' });
    expect(reply.body).toBe('ok');
    expect(upstream.opened.size).toBe(1);
  });

  test('ends with an answer that nothing else ends', async () => {
    await using upstream = await startRawUpstream((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok'));
    await using gateway = await gatewayTo(upstream);
    expect(await getMany(gateway, 5)).toEqual(Array(5).fill('ok'));
    expect(gateway.log().filter(({ tries }) => tries !== undefined && tries !== 1)).toEqual([]);
  });

  test.each([
    ['it says so', 'connection: close\r\n'],
    ['it keeps it for no time to speak of', 'keep-alive: timeout=1\r\n'],
  ])('carries no other after an answer when %s', async (_what, field) => {
    await using upstream = await counting(() => `HTTP/1.1 200 OK\r\n${field}content-length: 2\r\n\r\nok`);
    await using gateway = await gatewayTo(upstream);
    expect(await getMany(gateway, 3)).toEqual(['ok', 'ok', 'ok']);
    expect(upstream.opened.size).toBe(3);
  });

  test('is not believed any more once something came that nobody asked for', async () => {
    await using upstream = await counting(() => ok + ok.replace('\nok', '\nno'));
    await using gateway = await gatewayTo(upstream);
    expect(await getMany(gateway, 3)).toEqual(['ok', 'ok', 'ok']);
    expect(upstream.opened.size).toBe(3);
  });

  test('is one of no more than allowed; who gets none waits', async () => {
    const waiting: Socket[] = [];
    await using upstream = await startRawUpstream((socket) => void waiting.push(socket));
    const state = stateOf({ instances: [instance('a-1', upstream)], routes: [route('/', 'a')] });
    await using gateway = await startGateway(state, { limits: { maxConnectionsPerInstance: 2 } });
    const replies = Promise.all(Array.from({ length: 6 }, () => send('GET', `${gateway.url}/`)));
    const sockets = new Set<Socket>();
    for (let answered = 0; answered < 6; answered += 1) {
      await waitUntil('a request has arrived', async () => waiting.length > 0);
      const [socket] = waiting.splice(0, 1);
      if (socket) sockets.add(socket);
      socket?.write(ok);
    }
    expect((await replies).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(sockets.size).toBe(2);
  });

  test('ends in the middle of an answer that does not move any more', async () => {
    let carrier: Socket | undefined;
    await using upstream = await startRawUpstream((socket) => {
      carrier = socket;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegin');
    });
    const state = stateOf({ instances: [instance('a-1', upstream)], routes: [route('/', 'a', { retryAttempts: 0 })] });
    await using gateway = await startGateway(state, { limits: { stallTimeoutMs: 100 } });
    const { text } = await exchangeBytes(gateway, get('/'));
    expect(text).not.toContain('begin end');
    await waitUntil('it has ended', async () => carrier?.destroyed === true);
  });
});

test('T13: informational answers of all kinds are none, and come before one', async () => {
  const before = ['100 Continue', '102 Processing', '103 Early Hints\r\nlink: </a>; rel=preload'];
  await using upstream = await counting(() => before.map((line) => `HTTP/1.1 ${line}\r\n\r\n`).join('') + ok);
  await using gateway = await gatewayTo(upstream);
  expect(await getMany(gateway, 2)).toEqual(['ok', 'ok']);
  expect(upstream.opened.size).toBe(1);
});

test('what stands behind a request whose answer ends the connection has no effect', async () => {
  const seen: string[] = [];
  await using upstream = await counting((head) => (seen.push(head), ok));
  await using gateway = await gatewayTo(upstream);
  // From here on there is a connection over which it could be sent at once.
  await getMany(gateway, 1);
  const { text } = await exchangeBytes(gateway, get('/%00') + get('/second'));
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  await getMany(gateway, 1);
  expect(seen.filter((head) => head.includes('/second'))).toEqual([]);
});
