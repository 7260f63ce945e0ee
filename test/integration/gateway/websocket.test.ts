import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ClientOptions, ServerOptions } from 'ws';

import type { Limits } from '../../../src/gateway/limits.ts';
import { get } from '../../../scripts/hypermedia-client.js';
import { createCertificates } from '../../../src/io/certificates/certificates.ts';
import type { RoutePolicy } from '../../../src/protocol/policy.ts';
import { freePort } from '../../support/free-port.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  closedPort,
  edge,
  exchangeBytes,
  instance,
  openSocket,
  route,
  startGateway,
  startUpstream,
  stateOf,
} from './support.ts';
import type { Address } from './support.ts';
import { plainPolicy } from './cache/cache-support.ts';

/** A service that speaks WebSocket: it says hello at once and sends everything back. */
async function startEcho(options: ServerOptions = {}) {
  const server = new WebSocketServer({
    ...options,
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  await once(server, 'listening');
  const requests: IncomingMessage[] = [];
  const open: WebSocket[] = [];
  server.on('connection', (socket, request) => {
    requests.push(request);
    open.push(socket);
    socket.send('hello');
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const { port } = server.address() as { port: number };
  return {
    address: '127.0.0.1',
    port,
    requests,
    open,
    [Symbol.asyncDispose]: async () => {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client that keeps what comes, since it may come before somebody asks. */
async function openWebSocket(url: string, options: ClientOptions & { protocols?: string[] } = {}) {
  const socket = new WebSocket(url, options.protocols ?? [], options);
  const messages: (string | Buffer)[] = [];
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()));
  await once(socket, 'open');
  return { socket, messages };
}

const handshake = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;
const accepted = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Own: 1\r\n\r\n';

const gatewayTo = (upstream: Address, limits: Partial<Limits> = {}) =>
  startGateway(stateOf({ instances: [instance('chat-1', upstream)], routes: [route('/chat', 'chat')] }), {
    limits: { drainMs: 100, ...limits },
  });

/** A service that answers a handshake with these bytes and then only listens; it ends no direction by itself. */
async function startRaw(answer: string) {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const index = sockets.push(socket) - 1;
    received[index] = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const isFirst = received[index] === '';
      received[index] += chunk.toString('latin1');
      if (isFirst) socket.write(answer, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: '127.0.0.1', port, sockets, received, [Symbol.asyncDispose]: dispose };
}

const beyondHead = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

test('T26: a WebSocket goes to a service and messages pass both ways, text and bytes', async () => {
  await using upstream = await startEcho();
  await using gateway = await gatewayTo(upstream);
  const url = `ws://127.0.0.1:${gateway.port}/chat/room?id=1`;
  const { socket, messages } = await openWebSocket(url, {
    protocols: ['v2', 'v1'],
    headers: { 'x-forwarded-for': '6.6.6.6' },
  });
  expect(socket.protocol).toBe('v2');
  socket.send('ping?');
  socket.send(Buffer.alloc(200_000, 7));
  await waitUntil('all has come back', async () => messages.length === 3);
  expect(messages.slice(0, 2)).toEqual(['hello', 'ping?']);
  expect(Buffer.compare(messages[2] as Buffer, Buffer.alloc(200_000, 7))).toBe(0);
  expect(upstream.requests[0]?.url).toBe('/chat/room?id=1');
  expect(upstream.requests[0]?.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    host: `127.0.0.1:${gateway.port}`,
    'x-request-id': expect.any(String),
    via: expect.any(String),
  });
  socket.close(4001, 'enough');
  const [code] = await once(upstream.open[0] as WebSocket, 'close');
  expect(code).toBe(4001);
  await waitUntil('it is logged', async () => gateway.log().some(({ path }) => path === '/chat/room'));
  expect(gateway.log().find(({ path }) => path === '/chat/room')).toMatchObject({ status: 101, instance: 'chat-1' });
});

test('T26: over TLS, compressed and in pieces, messages arrive whole, and the code of the end with them', async () => {
  await using dir = await tempDir();
  const certificates = createCertificates({ XDG_CONFIG_HOME: dir.path });
  const made = await certificates.obtain({ workspace: 'shop-abc123', names: [], write: true });
  const tls = { cert: await readFile(made.certFile, 'utf8'), key: await readFile(made.keyFile, 'utf8') };
  await using echo = await startEcho({ perMessageDeflate: { threshold: 0 } });
  await using gateway = await startGateway(
    stateOf({ instances: [instance('chat-1', echo)], routes: [route('/chat', 'chat')] }),
    { tls },
  );
  const ca = await readFile(certificates.authorityFile, 'utf8');
  const url = `wss://localhost:${gateway.port}/chat`;
  const { socket, messages } = await openWebSocket(url, { ca });
  expect(socket.extensions).toContain('permessage-deflate');
  const large = Array.from({ length: 20_000 }, (_, index) => String(index * 7919)).join();
  socket.send(large.slice(0, 1000), { fin: false });
  socket.send(large.slice(1000), { fin: true });
  await waitUntil('it has come back', async () => messages.length === 2);
  expect(messages).toEqual(['hello', large]);
  const ended = once(echo.open[0] ?? new WebSocket(null), 'close');
  socket.close(4001, 'enough');
  expect((await ended).map(String)).toEqual(['4001', 'enough']);
  expect(echo.requests[0]?.headers['x-forwarded-proto']).toBe('https');
});

test('T26: what a route does with ordinary answers leaves WebSockets alone', async () => {
  await using echo = await startEcho();
  const policy: RoutePolicy = {
    cache: { ...plainPolicy, ttlMs: 60_000 },
    compress: { codings: ['br', 'gzip'], minBytes: 0, types: [] },
    cors: {
      origins: ['https://app.example.com'],
      methods: ['GET'],
      headers: ['*'],
      expose: [],
      credentials: true,
      maxAgeSeconds: 5,
    },
    transform: { response: { body: { remove: [['a']], rename: [], set: [] } }, maxBytes: 1000 },
    filters: [{ name: 'mark', timeoutMs: 5000, onFailure: 'refuse', services: [] }],
  };
  const code = `exports.default = { maxBodyBytes: 1000, pre(r) { r.headers.set('x-mark', '1') }, post(r) { r.headers.set('x-post', '1') } }`;
  await using gateway = await startGateway(
    stateOf({
      instances: [instance('chat-1', echo)],
      routes: [route('/chat', 'chat', { policy })],
      gateway: { filters: [{ name: 'mark', code, hash: 'a', source: '' }] },
    }),
  );
  for (const text of ['one', 'two']) {
    const { socket, messages } = await openWebSocket(`ws://127.0.0.1:${gateway.port}/chat`);
    socket.send(text);
    await waitUntil('it has come back', async () => messages.length === 2);
    expect(messages).toEqual(['hello', text]);
    socket.terminate();
  }
  expect(echo.requests.map(({ headers }) => headers['x-mark'])).toEqual(['1', '1']);
});

test('T26: early bytes of either side pass as they are', async () => {
  await using upstream = await startRaw(`${accepted}\x00\xffearly`);
  await using gateway = await gatewayTo(upstream);
  const client = openSocket(gateway);
  client.write(`${handshake('/chat')}\xfe\x01sooner`, 'latin1');
  let text = '';
  client.on('data', (chunk) => (text += chunk.toString('latin1')));
  await waitUntil('the early bytes are there', async () => text.endsWith('early'));
  expect(beyondHead(text)).toBe('\x00\xffearly');
  expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(text).toMatch(/x-own: 1\r\n/i);
  await waitUntil('those of the client too', async () => upstream.received[0]?.endsWith('sooner') === true);
  expect(beyondHead(upstream.received[0] ?? '')).toBe('\xfe\x01sooner');
  client.destroy();
});

test('T26: an answer that is no 101 is an answer like any other', async () => {
  await using upstream = await startRaw('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nX-Why: key\r\n\r\nno!!');
  await using gateway = await gatewayTo(upstream);
  const { text, ended } = await exchangeBytes(gateway, handshake('/chat'));
  expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  expect(text).toMatch(/x-why: key/i);
  expect(beyondHead(text)).toBe('no!!');
  expect(ended).toBe('end');
});

test('T26: a change to a protocol that nobody asked for is refused', async () => {
  await using upstream = await startRaw(accepted.replace('Upgrade: websocket', 'Upgrade: foo'));
  await using gateway = await gatewayTo(upstream);
  expect((await exchangeBytes(gateway, handshake('/chat'))).text).toMatch(
    /^HTTP\/1\.1 502 .*x-msa-error: bad-gateway/is,
  );
});

test('T26: either side can end its direction while the other goes on', async () => {
  await using upstream = await startRaw(accepted);
  await using gateway = await gatewayTo(upstream);
  for (const ends of ['client', 'service'] as const) {
    const client = openSocket(gateway);
    client.allowHalfOpen = true;
    let text = '';
    client.on('data', (chunk) => (text += chunk.toString('latin1')));
    client.write(handshake('/chat'));
    await waitUntil('the tunnel is open', async () => text.endsWith('\r\n\r\n'));
    const service = upstream.sockets.at(-1) as Socket;
    const [first, second] = ends === 'client' ? [client, service] : [service, client];
    const firstEnded = once(second, 'end');
    first.end();
    await firstEnded;
    const secondEnded = once(first, 'end');
    second.end('still here');
    await secondEnded;
    expect(beyondHead(ends === 'client' ? text : (upstream.received.at(-1) ?? ''))).toBe('still here');
  }
});

test('T26: the end of one side ends the other', async () => {
  await using upstream = await startRaw(accepted);
  await using gateway = await gatewayTo(upstream);
  for (const dies of ['client', 'service'] as const) {
    const client = openSocket(gateway);
    client.write(handshake('/chat'));
    await once(client, 'data');
    const service = upstream.sockets.at(-1) as Socket;
    const [dying, left] = dies === 'client' ? [client, service] : [service, client];
    const ended = once(left.resume(), 'end');
    dying.resetAndDestroy();
    await ended;
  }
  await waitUntil('no tunnel is counted', async () =>
    (await metrics(gateway.adminUrl)).includes('msa_gateway_tunnels_open{route="/chat"} 0'),
  );
});

test('a WebSocket goes to another instance when one takes no connection', async () => {
  await using upstream = await startEcho();
  const gone = await closedPort();
  const instances = [instance('chat-1', gone), instance('chat-2', upstream)];
  await using gateway = await startGateway(stateOf({ instances, routes: [route('/chat', 'chat')] }));
  for (let times = 0; times < 4; times += 1) {
    const { socket } = await openWebSocket(`ws://127.0.0.1:${gateway.port}/chat`);
    socket.terminate();
  }
  expect(upstream.open).toHaveLength(4);
});

test('a WebSocket passes on an edge', async () => {
  await using upstream = await startEcho();
  const port = await freePort();
  await using gateway = await startGateway(
    stateOf({ instances: [instance('chat-1', upstream)], edges: [edge('web>chat', port)] }),
  );
  const { socket, messages } = await openWebSocket(`ws://127.0.0.1:${port}/anything`);
  await waitUntil('the service has spoken', async () => messages.length === 1);
  expect(await metrics(gateway.adminUrl)).toContain('msa_gateway_tunnels_open{edge="web>chat"} 1');
  socket.terminate();
});

test('a wish for another protocol is ignored, also with a body and with a request after it', async () => {
  await using upstream = await startUpstream((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () =>
      response.end(`${request.method} ${body} ${request.headers.upgrade} ${String(request.headers['http2-settings'])}`),
    );
  });
  await using gateway = await gatewayTo(upstream);
  const java = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n';
  const post = `POST /chat HTTP/1.1\r\nHost: a\r\n${java}Content-Length: 4\r\n\r\nbody`;
  const next = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const { text } = await exchangeBytes(gateway, post + next);
  expect(text).toContain('POST body undefined undefined');
  expect(text).toContain('GET  undefined undefined');
  for (const request of [
    handshake('/chat').replace('GET', 'POST'),
    handshake('/chat').replace('HTTP/1.1', 'HTTP/1.0'),
    handshake('/chat', 'Content-Length: 2\r\n') + 'ab',
  ]) {
    const reply = await exchangeBytes(gateway, request, (soFar) => soFar.includes('undefined undefined'));
    expect(reply.text).toMatch(/^HTTP\/1\.[01] 200 OK/);
  }
});

test('a handshake behind a request that has no answer yet is not taken, and the answer arrives', async () => {
  const answers: (() => void)[] = [];
  await using upstream = await startUpstream((_request, response) => void answers.push(() => response.end('first')));
  await using gateway = await gatewayTo(upstream);
  const asking = exchangeBytes(gateway, `GET /chat HTTP/1.1\r\nHost: a\r\n\r\n${handshake('/chat')}`);
  await waitUntil('the first has arrived', async () => answers.length > 0);
  answers[0]?.();
  const { text } = await asking;
  expect(text).toContain('first');
  expect(text).not.toContain('101');
  expect(answers).toHaveLength(1);
});

test('what has no route, and what is refused, is told over HTTP', async () => {
  await using gateway = await startGateway(stateOf({ routes: [route('/chat', 'chat')] }));
  expect((await exchangeBytes(gateway, handshake('/nothing'))).text).toMatch(/^HTTP\/1\.1 404 /);
  expect((await exchangeBytes(gateway, handshake('/chat'))).text).toMatch(/^HTTP\/1\.1 503 /);
  expect((await exchangeBytes(gateway, handshake('/a%2fb'))).text).toMatch(/^HTTP\/1\.1 400 /);
});

test('a service that never answers a handshake is given up when the time of the route is over', async () => {
  await using upstream = await startRaw('');
  const routes = [route('/chat', 'chat', { timeoutMs: 60 })];
  await using gateway = await startGateway(stateOf({ instances: [instance('chat-1', upstream)], routes }));
  expect((await exchangeBytes(gateway, handshake('/chat'))).text).toMatch(/^HTTP\/1\.1 504 /);
});

test('a client that goes before the answer takes the handshake along', async () => {
  await using upstream = await startRaw('');
  await using gateway = await gatewayTo(upstream);
  const client = openSocket(gateway);
  client.write(handshake('/chat'));
  await waitUntil('the service has the handshake', async () => upstream.sockets.length === 1);
  const gone = once(upstream.sockets[0] as Socket, 'end');
  client.resetAndDestroy();
  await gone;
});

test('there are only so many at a time', async () => {
  await using upstream = await startEcho();
  await using gateway = await gatewayTo(upstream, { maxTunnels: 1 });
  const { socket } = await openWebSocket(`ws://127.0.0.1:${gateway.port}/chat`);
  expect((await exchangeBytes(gateway, handshake('/chat'))).text).toMatch(/^HTTP\/1\.1 503 /);
  socket.terminate();
  await waitUntil('there is room again', async () => {
    const { text } = await exchangeBytes(gateway, handshake('/chat'), (soFar) => soFar.includes('\r\n\r\n'));
    return text.startsWith('HTTP/1.1 101 ');
  });
});

test('one on which nothing moves is ended, and one on which something moves is not', async () => {
  await using upstream = await startRaw(accepted);
  await using gateway = await gatewayTo(upstream, { stallTimeoutMs: 1000, idleTimeoutMs: 50 });
  const [alive, dead] = [openSocket(gateway), openSocket(gateway)];
  const ended = [once(alive.resume(), 'close'), once(dead.resume(), 'close')];
  alive.write(handshake('/chat'));
  const beating = setInterval(() => alive.write('beat'), 20);
  dead.write(handshake('/chat'));
  await ended[1];
  expect(alive.destroyed).toBe(false);
  clearInterval(beating);
  await ended[0];
});

test('T18: an instance that writes faster than the client reads is made to wait', async () => {
  await using upstream = await startRaw(accepted);
  await using gateway = await gatewayTo(upstream);
  const client = openSocket(gateway);
  client.write(handshake('/chat'));
  await once(client, 'data');
  client.pause();
  const service = upstream.sockets[0] as Socket;
  const total = 64 * 1024 * 1024;
  service.write(Buffer.alloc(total, 1));
  let before = -1;
  await waitUntil('the service stands still', async () => {
    const stands = service.bytesWritten - service.writableLength === before;
    before = service.bytesWritten - service.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return stands;
  });
  expect(service.writableLength).toBeGreaterThan(total / 2);
  let read = 0;
  client.on('data', (chunk) => (read += chunk.length)).resume();
  await waitUntil('all has come', async () => read === total);
  client.destroy();
});

test('T37: those that are open when the gateway stops are ended with its patience', async () => {
  await using upstream = await startEcho();
  await using gateway = await gatewayTo(upstream, { drainMs: 60 });
  const { socket, messages } = await openWebSocket(`ws://127.0.0.1:${gateway.port}/chat`);
  const closing = gateway.gateway.close();
  socket.send('while draining');
  await once(socket, 'close');
  await closing;
  expect(messages).toEqual(['hello', 'while draining']);
});

async function metrics(adminUrl: string): Promise<string> {
  return String((await get(`${adminUrl}/metrics`)).body);
}
