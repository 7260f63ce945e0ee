import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { describe, expect, test } from 'vitest';

import { send } from '../../../scripts/hypermedia-client.js';
import type { Reply } from '../../../scripts/hypermedia-client.js';
import type { Instance } from '../../../src/protocol/instances.ts';
import type { SystemRoute } from '../../../src/protocol/system.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  closedPort,
  instance,
  openSocket,
  route,
  startGateway,
  startRawUpstream,
  startUpstream,
  stateOf,
} from './support.ts';
import type { Address, TestGateway, Upstream } from './support.ts';

/** A service whose instance takes every request and then breaks off. */
async function startBroken(): Promise<Upstream & { readonly seen: string[] }> {
  const seen: string[] = [];
  const upstream = await startRawUpstream((socket, head) => {
    seen.push(head.split(' ', 1)[0] ?? '');
    socket.destroy();
  });
  return { ...upstream, seen };
}

/** One that works, and counts. */
/** An address from which nothing comes back, as from one whose container has gone. */
async function startSilent(): Promise<Address & AsyncDisposable> {
  const source =
    "const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)))";
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(text);
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  // Two fit into its queue; the system drops what more comes.
  await waitUntil('its queue is full', async () => {
    const { length } = sockets.filter(({ connecting }) => connecting);
    sockets.push(connect({ host: '127.0.0.1', port }).on('error', () => undefined));
    return length >= 2;
  });
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { address: '127.0.0.1', port, [Symbol.asyncDispose]: dispose };
}

async function startSound(): Promise<Upstream & { readonly seen: string[] }> {
  const seen: string[] = [];
  const upstream = await startUpstream((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => {
      seen.push(request.method ?? '');
      response.end(`${size} bytes`);
    });
  });
  return { ...upstream, seen };
}

function gatewayTo(instances: readonly Instance[], rules: Partial<SystemRoute> = {}): Promise<TestGateway> {
  return startGateway(stateOf({ instances, routes: [route('/', instances[0]?.service ?? 'a', rules)] }));
}

/** The request is a method, with the body where it has one: `POST body`. */
async function sendMany({ url }: TestGateway, count: number, request: string): Promise<Reply[]> {
  const replies: Reply[] = [];
  const [method = '', body] = request.split(' ');
  for (let sent = 0; sent < count; sent += 1) {
    replies.push(await send(method, `${url}/`, body === undefined ? {} : { body }));
  }
  return replies;
}

function statuses(replies: readonly Reply[]): number[] {
  return [...new Set(replies.map(({ status }) => status))];
}

describe('an instance that nobody listens at', () => {
  test('T38: costs no request of any method, and is left alone after the first', async () => {
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', await closedPort()), instance('a-2', sound)], {
      retryAttempts: 0,
    });
    for (const method of ['GET', 'POST body', 'PATCH body'])
      expect(statuses(await sendMany(gateway, 10, method))).toEqual([200]);
    expect(sound.seen).toHaveLength(30);
    const ejections = gateway.log().filter(({ msg }) => msg === 'instance ejected');
    expect(ejections[0]).toMatchObject({ instance: 'a-1', kind: 'connect' });
    // Out for a quarter of a second, then twice as long each time: far fewer than requests.
    expect(ejections.length).toBeLessThan(8);
  });

  test('when it is the only one, is said to be unavailable, each time at once', async () => {
    await using gateway = await gatewayTo([instance('a-1', await closedPort())]);
    for (const method of ['GET', 'POST body', 'GET']) {
      const [reply] = await sendMany(gateway, 1, method);
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'x-msa-error': 'unavailable' } });
      expect(reply?.body.detail).toBe('No instance of a can take the request: a-1 is unreachable.');
    }
  });

  // Other systems refuse what does not fit into the queue of a program that takes nothing out of it.
  test.runIf(process.platform === 'linux')('and gives no answer at all, costs no request either', async () => {
    await using silent = await startSilent();
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', silent), instance('a-2', sound)], { retryAttempts: 0 });
    for (const method of ['GET', 'POST body', 'PATCH body'])
      expect(statuses(await sendMany(gateway, 10, method))).toEqual([200]);
    expect(sound.seen).toHaveLength(30);
    expect(gateway.log()).toContainEqual(
      expect.objectContaining({ msg: 'instance ejected', instance: 'a-1', kind: 'connect' }),
    );
  });

  test('does not swallow a large body: another instance gets all of it', async () => {
    await using sound = await startSound();
    const away = await Promise.all([closedPort(), closedPort(), closedPort()]);
    const dead = away.map((address, index) => instance(`a-${index + 1}`, address));
    await using gateway = await gatewayTo([...dead, instance('a-9', sound)]);
    const [reply] = await sendMany(gateway, 1, `POST ${'x'.repeat(1_000_000)}`);
    expect(reply).toMatchObject({ status: 200, body: '1000002 bytes' });
  });
});

describe('an instance that breaks off', () => {
  test('costs no request that can be repeated', async () => {
    await using broken = await startBroken();
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', sound)]);
    for (const method of ['GET', 'PUT body', 'DELETE', 'OPTIONS'])
      expect(statuses(await sendMany(gateway, 10, method))).toEqual([200]);
    expect(broken.seen.length).toBeGreaterThan(0);
  });

  test('T23: gets a POST or PATCH once; the client is told that it may have had its effect', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', broken)]);
    for (const method of ['POST body', 'PATCH body']) {
      const [reply] = await sendMany(gateway, 1, method);
      expect(reply).toMatchObject({ status: 502, headers: { 'x-msa-error': 'bad-gateway' } });
    }
    expect(broken.seen).toEqual(['POST', 'PATCH']);
  });

  test('a POST with an Idempotency-Key is repeated', async () => {
    await using broken = await startBroken();
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', sound)]);
    for (let sent = 0; sent < 10; sent += 1) {
      const headers = { 'idempotency-key': `"${sent}"` };
      expect((await send('POST', `${gateway.url}/`, { headers, body: 'body' })).status).toBe(200);
    }
    expect(broken.seen.length).toBeGreaterThan(0);
  });

  test('T1, T23: a POST whose Idempotency-Key is for the connection alone, or empty, is not repeated', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', broken)]);
    const nominated = { 'idempotency-key': '"1"', connection: 'idempotency-key' };
    for (const headers of [nominated, { 'idempotency-key': '' }])
      expect((await send('POST', `${gateway.url}/`, { headers, body: 'body' })).status).toBe(502);
    expect(broken.seen).toEqual(['POST', 'POST']);
  });

  test('a body too large to keep is not repeated', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', broken)]);
    const [reply] = await sendMany(gateway, 1, `PUT ${'x'.repeat(1_000_000)}`);
    expect(reply?.status).toBe(502);
    expect(broken.seen).toHaveLength(1);
  });

  test('a short answer cut in the middle is asked for again at another instance', async () => {
    await using half = await startRawUpstream((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    );
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', half), instance('a-2', sound)]);
    expect((await sendMany(gateway, 10, 'GET')).map(({ body }) => body)).toEqual(Array(10).fill('0 bytes'));
  });

  test('is asked no more often than the route allows', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken)], { retryAttempts: 3 });
    expect(statuses(await sendMany(gateway, 1, 'GET'))).toEqual([502]);
    expect(broken.seen).toHaveLength(4);
  });

  test('T24: is not buried under repeated requests: they stay within a budget', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken), instance('a-2', broken)], { retryAttempts: 3 });
    expect(statuses(await sendMany(gateway, 200, 'GET'))).toEqual([502]);
    expect(broken.seen.length).toBeLessThanOrEqual(200 + 20 + 0.2 * 200);
  });

  test('stays in use when it is the only one', async () => {
    let requests = 0;
    await using upstream = await startRawUpstream((socket, head) => {
      requests += 1;
      if (head.startsWith('POST /bad')) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    await using gateway = await gatewayTo([instance('a-1', upstream)]);
    expect((await send('POST', `${gateway.url}/bad`)).status).toBe(502);
    expect((await send('GET', `${gateway.url}/good`)).status).toBe(200);
    expect(requests).toBe(2);
  });

  test('T25: by closing idle connections, as servers may, costs no request', async () => {
    await using upstream = await startRawUpstream((socket) => {
      // Says nothing of closing, and closes with the next request on this connection.
      if (socket.bytesWritten > 0) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    await using gateway = await gatewayTo([instance('a-1', upstream)]);
    expect(statuses(await sendMany(gateway, 20, 'GET'))).toEqual([200]);
  });
});

describe('the registry’s word', () => {
  test('instances that are not up get no requests while others are', async () => {
    await using sound = await startSound();
    await using other = await startSound();
    await using gateway = await gatewayTo([
      instance('a-1', sound),
      instance('a-2', other, { status: 'starting' }),
      instance('a-3', other, { status: 'down' }),
      instance('a-4', other, { status: 'draining', draining: true }),
    ]);
    expect(statuses(await sendMany(gateway, 20, 'GET'))).toEqual([200]);
    expect(other.seen).toEqual([]);
  });

  test('one that is down is asked when nobody else is there; one that only starts or drains is not', async () => {
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', sound, { status: 'down' })]);
    expect(statuses(await sendMany(gateway, 1, 'GET'))).toEqual([200]);
    for (const status of ['starting', 'draining'] as const) {
      const state = stateOf({ instances: [instance('b-1', sound, { status })], routes: [route('/', 'b')] });
      await gateway.gateway.apply(state);
      const [reply] = await sendMany(gateway, 1, 'GET');
      expect(reply?.body.detail).toBe(`No instance of b can take the request: b-1 is ${status}.`);
      await gateway.gateway.apply(stateOf({}));
    }
  });

  test('an instance that has come up again is used at once, whatever it did before', async () => {
    const address = await closedPort();
    await using sound = await startSound();
    await using gateway = await gatewayTo([instance('a-1', address)]);
    expect(statuses(await sendMany(gateway, 3, 'GET'))).toEqual([503]);
    const back = instance('a-1', { ...address, port: sound.port }, { since: '2026-01-01T00:00:09Z' });
    await gateway.gateway.apply(stateOf({ instances: [back], routes: [route('/', 'a')] }));
    expect(statuses(await sendMany(gateway, 1, 'GET'))).toEqual([200]);
  });
});

describe('time', () => {
  test('T33: a service that does not answer in time gives a 504, and is asked once', async () => {
    const carriers: Socket[] = [];
    await using upstream = await startRawUpstream((socket) => carriers.push(socket));
    await using gateway = await gatewayTo([instance('a-1', upstream)], { timeoutMs: 50 });
    const [reply] = await sendMany(gateway, 1, 'GET');
    expect(reply).toMatchObject({ status: 504, headers: { 'x-msa-error': 'gateway-timeout' } });
    expect(carriers).toHaveLength(1);
    await waitUntil('the service is told', async () => carriers[0]?.destroyed === true);
  });

  test('retries do not make it longer', async () => {
    await using broken = await startBroken();
    await using gateway = await gatewayTo([instance('a-1', broken)], { timeoutMs: 100, retryAttempts: 10 });
    expect(statuses(await sendMany(gateway, 1, 'GET'))).toEqual([504]);
  });

  test('an answer that has begun may take as long as it goes on', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.write('begin ');
      setTimeout(() => response.end('end'), 150);
    });
    await using gateway = await gatewayTo([instance('a-1', upstream)], { timeoutMs: 100 });
    const [reply] = await sendMany(gateway, 1, 'GET');
    expect(reply).toMatchObject({ status: 200, body: 'begin end' });
  });

  test('an answer held because it is short, and slow, is not cut off by the deadline once it has begun', async () => {
    let finish: (() => void) | undefined;
    await using upstream = await startRawUpstream((socket, head) => {
      if (head.startsWith('POST')) return;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegin');
      finish = () => socket.write(' end');
    });
    await using gateway = await gatewayTo([instance('a-1', upstream)], { timeoutMs: 400 });
    let text = '';
    const socket = openSocket(gateway).on('data', (chunk) => (text += chunk.toString()));
    socket.write('GET / HTTP/1.1\r\nhost: shop\r\n\r\n');
    await waitUntil('it has begun', async () => text.endsWith('begin'));
    // Asked later, with the same deadline, and never answered.
    expect(statuses(await sendMany(gateway, 1, 'POST body'))).toEqual([504]);
    finish?.();
    await waitUntil('it ends', async () => text.endsWith('begin end'));
    socket.destroy();
  });

  test('a connection on which nothing moves is closed, unless a deadline is still running', async () => {
    const limits = { stallTimeoutMs: 100 };
    let answer: (() => void) | undefined;
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/stalls') response.write('begin');
      else answer = () => response.end('late');
    });
    const state = stateOf({ instances: [instance('a-1', upstream)], routes: [route('/', 'a')] });
    await using gateway = await startGateway(state, { limits });
    const open = (path: string) => {
      const socket = openSocket(gateway);
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.write(`GET ${path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`);
      return { socket, text: () => text };
    };
    const [waiting, stalled] = [open('/waits'), open('/stalls')];
    await waitUntil('the stalled one is closed', async () => stalled.socket.destroyed);
    expect(stalled.text()).toContain('begin');
    expect(stalled.text()).not.toContain('\r\n0\r\n');
    expect(waiting.socket.destroyed).toBe(false);
    answer?.();
    await waitUntil('the other is answered', async () => waiting.text().includes('late'));
  });

  test('T19: a connection that is not used is closed after the time that clients are told', async () => {
    await using sound = await startSound();
    const state = stateOf({ instances: [instance('a-1', sound)], routes: [route('/', 'a')] });
    await using gateway = await startGateway(state, { limits: { idleTimeoutMs: 1000 } });
    let text = '';
    const socket = openSocket(gateway).on('data', (chunk) => (text += chunk.toString()));
    socket.write('GET / HTTP/1.1\r\nhost: shop\r\n\r\n');
    await waitUntil('it is answered', async () => text.endsWith('0 bytes'));
    expect(text).toMatch(/\r\nkeep-alive: timeout=1\r\n/i);
    expect(socket.destroyed).toBe(false);
    await waitUntil('it is closed', async () => socket.destroyed);
  });

  test('T19: a client that does not finish its request in time is told so', async () => {
    await using sound = await startSound();
    const state = stateOf({ instances: [instance('a-1', sound)], routes: [route('/', 'a')] });
    await using gateway = await startGateway(state, { limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
    for (const bytes of ['GET / HT', 'POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 9\r\n\r\nbegin']) {
      let text = '';
      const socket = openSocket(gateway).on('data', (chunk) => (text += chunk.toString()));
      socket.write(bytes);
      await waitUntil('the connection ends', async () => socket.destroyed);
      expect(text).toMatch(/^HTTP\/1\.1 (?:408|400) /);
    }
    expect(sound.seen).toEqual([]);
  });
});
