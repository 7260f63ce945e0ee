import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';

import { expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import { createCertificates } from '../../../src/io/certificates/certificates.ts';
import type { GatewayLimits } from '../../../src/protocol/policies/gateway-limits.ts';
import { freePort } from '../../support/free-port.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  edge,
  instance,
  openSocket,
  route,
  startGateway,
  startRawUpstream,
  startUpstream,
  stateOf,
} from './support.ts';
import {
  fieldBlock,
  frame,
  frameFlags,
  frameTypes,
  getFields,
  opening,
  readFrames,
  requestFrame,
} from './http2-frames.ts';
import type { Address } from './support.ts';

const gatewayTo = (upstream: Address, config: Parameters<typeof startGateway>[1] = {}) =>
  startGateway(stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }), config);

/** A service that says what it was asked. */
const startMirror = () =>
  startUpstream((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
    });
  });

function openSession(url: string, options: { ca?: string } = {}): ClientHttp2Session & AsyncDisposable {
  const session = connectHttp2(url, options).on('error', () => undefined);
  return Object.assign(session, {
    [Symbol.asyncDispose]: async () => {
      session.destroy();
    },
  });
}

async function ask(session: ClientHttp2Session, headers: Record<string, string | string[]>, body?: string) {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [[head], text, trailers] = await Promise.all([once(stream, 'response'), readAll(stream), trailersOf(stream)]);
  const fields = head as IncomingHttpHeaders & { ':status': number };
  return { status: fields[':status'], headers: fields, body: text, trailers };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

function trailersOf(stream: NodeJS.EventEmitter): Promise<IncomingHttpHeaders | undefined> {
  return new Promise((resolve) => {
    stream.once('trailers', resolve).once('close', () => resolve(undefined));
  });
}

test('a client of HTTP/2 with prior knowledge gets its answers on the port of HTTP/1', async () => {
  await using upstream = await startMirror();
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const { status, headers, body } = await ask(session, { ':path': '/a/b?c=1', 'x-own': 'yes' });
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'x-msa-instance': 'a-1', 'set-cookie': ['a=1', 'b=2'] });
  for (const name of ['connection', 'keep-alive', 'transfer-encoding']) expect(headers).not.toHaveProperty(name);
  expect(JSON.parse(body)).toMatchObject({
    method: 'GET',
    url: '/a/b?c=1',
    headers: {
      host: `127.0.0.1:${gateway.port}`,
      'x-own': 'yes',
      'x-forwarded-for': '127.0.0.1',
      via: '2.0 msa-shop-abc123',
    },
  });
  expect((await get(`${gateway.url}/a`)).status).toBe(200);
});

test('over TLS the protocol is agreed on: HTTP/2 with who knows it, HTTP/1 with others', async () => {
  await using dir = await tempDir();
  const certificates = createCertificates({ XDG_CONFIG_HOME: dir.path });
  const made = await certificates.obtain({ workspace: 'shop', names: [], write: true });
  const [ca, cert, key] = await Promise.all(
    [certificates.authorityFile, made.certFile, made.keyFile].map((file) => readFile(file, 'utf8')),
  );
  await using upstream = await startMirror();
  await using gateway = await gatewayTo(upstream, { tls: { cert: cert ?? '', key: key ?? '' } });
  await using session = openSession(`https://localhost:${gateway.port}`, { ca: ca ?? '' });
  const { body } = await ask(session, { ':path': '/a' });
  expect(JSON.parse(body).headers).toMatchObject({ 'x-forwarded-proto': 'https' });
  for (const [offered, agreed] of [
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1'], 'http/1.1'],
  ] as const) {
    const socket = connectTls({
      port: gateway.port,
      servername: 'localhost',
      ca: ca ?? '',
      ALPNProtocols: [...offered],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(agreed);
    socket.destroy();
  }
});

test('bodies pass both ways, of known length or not, small and large', async () => {
  await using upstream = await startUpstream((request, response) => void request.pipe(response));
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  for (const size of [0, 1, 100_000, 2_000_000]) {
    const body = 'x'.repeat(size);
    const answer = await ask(session, { ':path': '/a', ':method': 'POST' }, body);
    expect(answer.body.length, `${size} bytes`).toBe(size);
    const known = { ':path': '/a', ':method': 'POST', 'content-length': String(size) };
    expect((await ask(session, known, body)).body.length, `${size} bytes, known`).toBe(size);
  }
});

test('many requests at once share a connection, and none waits for another', async () => {
  const waiting: (() => void)[] = [];
  await using upstream = await startUpstream((request, response) => {
    if (request.url === '/a/slow') waiting.push(() => response.end('slow'));
    else response.end('fast');
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const slow = ask(session, { ':path': '/a/slow' });
  await waitUntil('the slow one has arrived', async () => waiting.length === 1);
  const fast = await Promise.all(Array.from({ length: 100 }, () => ask(session, { ':path': '/a/fast' })));
  expect(fast.every(({ body }) => body === 'fast')).toBe(true);
  waiting[0]?.();
  expect((await slow).body).toBe('slow');
});

test('T30: crumbs of a cookie reach the service as one', async () => {
  await using upstream = await startMirror();
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const { body } = await ask(session, { ':path': '/a', cookie: ['a=1', 'b=2', 'c=3'] });
  expect(JSON.parse(body).headers.cookie).toBe('a=1; b=2; c=3');
});

test('T14: trailers of an answer reach the client', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { trailer: 'x-sum' });
    response.write('body');
    response.addTrailers({ 'x-sum': '42' });
    response.end();
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const { body, trailers } = await ask(session, { ':path': '/a' });
  expect(body).toBe('body');
  expect(trailers).toMatchObject({ 'x-sum': '42' });
});

test('T15: answers without a body are that', async () => {
  await using upstream = await startUpstream((request, response) => {
    if (request.method === 'HEAD') response.setHeader('content-length', '5');
    else response.statusCode = 204;
    response.end();
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const head = await ask(session, { ':path': '/a', ':method': 'HEAD' });
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', '']);
  expect((await ask(session, { ':path': '/a' })).status).toBe(204);
});

test('T13: hints reach the client before the answer', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    setImmediate(() => response.end('then'));
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const stream = session.request({ ':path': '/a' });
  const hints = once(stream, 'headers');
  expect(await readAll(stream)).toBe('then');
  expect((await hints)[0]).toMatchObject({ ':status': 103, link: '</style.css>; rel=preload' });
});

test('T16: a stream that its client resets ends the request to the service, and no other', async () => {
  let gone = 0;
  await using upstream = await startUpstream((request, response) => {
    if (request.url === '/a/fine') {
      response.end('fine');
      return;
    }
    response.once('close', () => (gone += 1));
    response.write('begun');
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const stream = session.request({ ':path': '/a' });
  await once(stream, 'data');
  stream.close(8);
  await waitUntil('the service knows', async () => gone === 1);
  expect((await ask(session, { ':path': '/a/fine' })).body).toBe('fine');
});

test('T17: a service that breaks off in the middle resets the stream', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart', () => socket.destroy());
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const stream = session.request({ ':path': '/a' });
  await expect(readAll(stream)).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  expect((await ask(session, { ':path': '/nothing' })).status).toBe(404);
});

test('T18: a client that does not read makes the service wait', async () => {
  const total = 32 * 1024 * 1024;
  let sent = 0;
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (sent < total) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const stream = session.request({ ':path': '/a' });
  await once(stream, 'response');
  let before = -1;
  await waitUntil('the service stands still', async () => {
    const stands = before === sent;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return stands;
  });
  expect(sent).toBeLessThan(total);
  let read = 0;
  for await (const chunk of stream) read += (chunk as Buffer).length;
  expect(read).toBe(total);
});

test('T9: a Host that is not the authority is refused', async () => {
  await using upstream = await startMirror();
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  expect((await ask(session, { ':path': '/a', ':authority': 'one.test', host: 'other.test' })).status).toBe(400);
  expect((await ask(session, { ':path': '/a', ':authority': 'one.test', host: 'one.test' })).status).toBe(200);
  for (const path of ['/a/..%2fb', '//a', '/a#b'])
    expect((await ask(session, { ':path': path })).status, path).toBe(400);
  const nonsense = ask(session, { ':path': '/a', ':authority': 'a b' });
  await expect(nonsense).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
});

test('T10: a tunnel to anywhere is not dug', async () => {
  await using gateway = await startGateway(stateOf({}));
  await using session = openSession(gateway.url);
  expect((await ask(session, { ':method': 'CONNECT', ':authority': 'example.com:443' })).status).toBe(400);
});

test('T20: a head that is too large, and too many fields, are refused', async () => {
  await using upstream = await startMirror();
  await using gateway = await gatewayTo(upstream, { limits: { maxHeaderFields: 20, maxTargetBytes: 100 } });
  await using session = openSession(gateway.url);
  expect((await ask(session, { ':path': `/a?${'x'.repeat(200)}` })).status).toBe(414);
  const many = Object.fromEntries(Array.from({ length: 22 }, (_, index) => [`x-${index}`, '1']));
  expect((await ask(session, { ':path': '/a', ...many })).status).toBe(431);
  const tooMany = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, '1']));
  await expect(ask(session, { ':path': '/a', ...tooMany })).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  expect((await ask(session, { ':path': '/a' })).status).toBe(200);
});

test('T20: limits that change hold for connections that come afterwards', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  });
  const stateWith = (limits: GatewayLimits) =>
    stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')], gateway: { limits } });
  await using gateway = await startGateway(stateWith({ maxHeaderFields: 20, maxHeaderBytes: 4096 }));
  const many = Object.fromEntries(Array.from({ length: 160 }, (_, index) => [`x-${index}`, '1']));
  const large = { 'x-large': 'x'.repeat(40_000) };
  await using strict = openSession(gateway.url);
  await expect(ask(strict, { ':path': '/a', ...many })).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  await expect(ask(strict, { ':path': '/a', 'x-large': 'x'.repeat(5000) })).rejects.toMatchObject({
    code: 'ERR_HTTP2_STREAM_ERROR',
  });
  await gateway.gateway.apply(stateWith({ maxHeaderFields: 200, maxHeaderBytes: 64 * 1024 }));
  await using lenient = openSession(gateway.url);
  expect((await ask(lenient, { ':path': '/a', ...many })).status).toBe(200);
  expect((await ask(lenient, { ':path': '/a', ...large })).status).toBe(200);
});

/** Sends bytes and gives all that comes back until the connection is closed, or `enough` has come. */
async function sendFrames(to: Address, frames: readonly Buffer[], enough = (_bytes: Buffer): boolean => false) {
  const socket = openSocket(to);
  let bytes = Buffer.alloc(0);
  const done = new Promise<void>((resolve) => {
    socket.on('close', resolve).on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (enough(bytes)) resolve();
    });
  });
  socket.write(Buffer.concat([opening, ...frames]));
  await done;
  socket.destroy();
  return readFrames(bytes);
}

const goawayCode = (frames: ReturnType<typeof readFrames>): number | undefined =>
  frames.find(({ type }) => type === 7)?.payload.readUInt32BE(4);
const resetOf = (frames: ReturnType<typeof readFrames>): number | undefined =>
  frames.find(({ type }) => type === frameTypes.reset)?.payload.readUInt32BE(0);
const times = (count: number, one: Buffer): Buffer[] => Array.from({ length: count }, () => one);
const isOver = (bytes: Buffer): boolean => readFrames(bytes).some(({ type }) => type === 3 || type === 7);
const hasFine = (bytes: Buffer): boolean => bytes.includes('fine');
const cancel = Buffer.from([0, 0, 0, 8]);

test('a client that opens streams only to reset them loses its connection', async () => {
  await using upstream = await startUpstream(() => undefined);
  await using gateway = await gatewayTo(upstream);
  const flood = Array.from({ length: 600 }, (_, index) => 2 * index + 1).flatMap((id) => [
    requestFrame(id, getFields),
    frame(frameTypes.reset, { streamId: id, payload: cancel }),
  ]);
  expect(goawayCode(await sendFrames(gateway, flood))).toBe(11);
  await waitUntil('nothing of it is left', async () => {
    const { body } = await get(`${gateway.adminUrl}/metrics`);
    return String(body).includes('msa_gateway_requests_in_flight{route="/a"} 0');
  });
});

test('floods of frames that make the gateway answer or remember end the connection', async () => {
  await using gateway = await startGateway(stateOf({}));
  const begun = requestFrame(1, getFields, frameFlags.endStream);
  for (const [name, flood] of [
    ['settings', times(20_000, frame(frameTypes.settings))],
    ['ping', times(20_000, frame(frameTypes.ping, { payload: Buffer.alloc(8) }))],
    [
      'continuation',
      [begun, ...times(20_000, frame(frameTypes.continuation, { streamId: 1, payload: fieldBlock([['x-a', 'b']]) }))],
    ],
  ] as const) {
    const socket = openSocket(gateway);
    // It does not read, so that answers pile up.
    socket.pause().write(Buffer.concat([opening, ...flood]));
    await waitUntil(`${name}: the connection is gone`, async () => {
      socket.write(frame(frameTypes.ping, { payload: Buffer.alloc(8) }));
      return socket.destroyed || socket.errored !== null;
    });
  }
  expect((await get(`${gateway.url}/nothing`)).status).toBe(404);
});

test.each([
  ['a field of connections', [...getFields, ['connection', 'close']]],
  ['a transfer coding', [...getFields, ['transfer-encoding', 'chunked']]],
  ['a name with capitals', [...getFields, ['X-Own', '1']]],
  ['TE for more than trailers', [...getFields, ['te', 'gzip']]],
  ['no path', getFields.filter(([name]) => name !== ':path')],
  ['two paths', [...getFields, [':path', '/b']]],
  ['a pseudo field behind others', [...getFields.slice(1), ['x-own', '1'], [':method', 'GET']]],
  ['a length without a body', [...getFields, ['content-length', '5']]],
  ['lengths that contradict each other', [...getFields, ['content-length', '0'], ['content-length', '5']]],
] as [string, [string, string][]][])('T27: a request with %s is refused by its stream', async (_what, fields) => {
  let asked = 0;
  await using upstream = await startUpstream((_request, response) => response.end(String((asked += 1))));
  await using gateway = await gatewayTo(upstream);
  expect(resetOf(await sendFrames(gateway, [requestFrame(1, fields)], isOver))).toBe(1);
  expect(asked).toBe(0);
});

test('T27: a value with an end of line does not reach the service', async () => {
  const seen: unknown[] = [];
  await using upstream = await startUpstream((incoming, response) => {
    seen.push(incoming.headers);
    response.end('fine');
  });
  await using gateway = await gatewayTo(upstream);
  await sendFrames(gateway, [requestFrame(1, [...getFields, ['x-own', 'a\r\nx-forged: b']])], hasFine);
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toHaveProperty('x-own');
  expect(seen[0]).not.toHaveProperty('x-forged');
});

test('T27: a body that is not as long as it was said is refused by its stream', async () => {
  let bodies = 0;
  await using upstream = await startUpstream((incoming, response) => {
    incoming.resume().once('end', () => response.end(String((bodies += 1))));
  });
  await using gateway = await gatewayTo(upstream);
  const posting = requestFrame(1, [...getFields, ['content-length', '5']], frameFlags.endHeaders);
  const short = frame(frameTypes.data, { flags: frameFlags.endStream, streamId: 1, payload: Buffer.from('abc') });
  expect(resetOf(await sendFrames(gateway, [posting, short], isOver))).toBe(1);
  expect(bodies).toBe(0);
});

test('a preface in pieces is one, and one that never ends is given up', async () => {
  await using gateway = await startGateway(stateOf({}), { limits: { headersTimeoutMs: 60 } });
  const socket = openSocket(gateway);
  let answered = Buffer.alloc(0);
  socket.on('data', (chunk) => (answered = Buffer.concat([answered, chunk])));
  socket.setNoDelay();
  socket.write('PRI * HT');
  await new Promise((resolve) => setImmediate(resolve));
  socket.write('TP/2.0\r\n\r\nSM\r\n\r\n');
  // An empty SETTINGS.
  socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  await waitUntil('settings come back', async () => answered.length >= 9 && answered[3] === 4);
  socket.destroy();
  const silent = openSocket(gateway);
  silent.write('PRI');
  await once(silent.resume(), 'close');
});

test('T37: when the gateway stops, clients are told, and what is under way ends well', async () => {
  const waiting: (() => void)[] = [];
  await using upstream = await startUpstream((_request, response) => void waiting.push(() => response.end('done')));
  await using gateway = await gatewayTo(upstream);
  await using session = openSession(gateway.url);
  const goaway = once(session, 'goaway');
  const asking = ask(session, { ':path': '/a' });
  await waitUntil('it has arrived', async () => waiting.length === 1);
  const closing = gateway.gateway.close();
  const [code] = await goaway;
  expect(code).toBe(0);
  waiting[0]?.();
  expect((await asking).body).toBe('done');
  await closing;
});

test('an idle connection of HTTP/2 is closed when its time is over', async () => {
  await using gateway = await startGateway(stateOf({}), { limits: { idleTimeoutMs: 60 } });
  await using session = openSession(gateway.url);
  expect((await ask(session, { ':path': '/' })).status).toBe(200);
  const [code] = await once(session, 'goaway');
  expect(code).toBe(0);
  if (!session.destroyed) await once(session, 'close');
});

test('an edge speaks HTTP/2 too', async () => {
  await using upstream = await startMirror();
  const port = await freePort();
  await using gateway = await startGateway(
    stateOf({ instances: [instance('a-1', upstream)], edges: [edge('web>a', port)] }),
  );
  await using session = openSession(`http://127.0.0.1:${port}`);
  expect((await ask(session, { ':path': '/anything' })).status).toBe(200);
  expect(gateway.log().filter(({ listener }) => listener === 'web>a')).toHaveLength(0);
});
