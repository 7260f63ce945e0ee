import type { Socket } from 'node:net';

import { describe, expect, test } from 'vitest';

import { waitUntil } from '../../support/wait-until.ts';
import {
  answering,
  exchangeBytes,
  gatewayTo,
  getBytes as get,
  instance,
  openSocket,
  route,
  startGateway,
  startRawUpstream,
  startUpstream,
  stateOf,
} from './support.ts';

describe('fields of one connection', () => {
  test('T1: stay on the client side, with those that Connection names', async () => {
    await using upstream = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    await using gateway = await gatewayTo(upstream);
    const fields = [
      'Connection: close, X-Secret , keep-alive',
      'Connection: x-other',
      'X-Secret: 1',
      'X-Other: 1',
      'X-Kept: 1',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic eA==',
      'TE: trailers',
      'Upgrade: h2c',
    ];
    await exchangeBytes(gateway, get('/', `${fields.join('\r\n')}\r\n`));
    const names = fieldNames(upstream.seen[0] ?? '');
    expect(names).toContain('x-kept');
    const dropped = /^(?:x-secret|x-other|keep-alive|proxy-.*|te|upgrade)$/;
    expect(names.filter((name) => dropped.test(name))).toEqual([]);
  });

  test('T2, T21: cannot take out what the gateway says, nor can anything else a client sends', async () => {
    await using upstream = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    await using gateway = await gatewayTo(upstream);
    const fields = [
      'Connection: X-Forwarded-For, X-Forwarded-Host, Forwarded, Via, Traceparent, X-Request-Id',
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-Host: evil',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /evil',
      'X_Forwarded_For: 6.6.6.6',
      'Forwarded: for=6.6.6.6',
      'X-Real-IP: 6.6.6.6',
      'X-Msa-Instance: evil',
      'Proxy: http://evil',
    ];
    await exchangeBytes(gateway, get('/', `${fields.join('\r\n')}\r\n`), (text) => text.includes('\r\n\r\n'));
    const [head = ''] = upstream.seen;
    expect(head).not.toMatch(/6\.6\.6\.6|evil/);
    expect(head).toContain('\r\nx-forwarded-for: 127.0.0.1\r\n');
    expect(head).toContain('\r\nforwarded: for=127.0.0.1;host="shop";proto=http\r\n');
    expect(head).toContain('\r\nx-forwarded-port: 80\r\n');
    expect(head).toContain('\r\nvia: 1.1 msa-shop-abc123\r\n');
    expect(fieldNames(head)).toEqual(expect.arrayContaining(['traceparent', 'x-request-id']));
  });

  test('T1: stay on the service side too', async () => {
    const answer =
      'HTTP/1.1 200 OK\r\nConnection: keep-alive, x-secret\r\nConnection: X-Other\r\nX-Secret: 1\r\nX-Other: 1\r\nX-Kept: 1\r\n' +
      'Proxy-Authenticate: Basic\r\nX-Msa-Error: unavailable\r\nX-Msa-Fallback: stale\r\nContent-Length: 0\r\n\r\n';
    await using upstream = await answering(answer);
    await using gateway = await gatewayTo(upstream);
    const { text } = await exchangeBytes(gateway, get('/'), (sofar) => sofar.includes('\r\n\r\n'));
    expect(fieldNames(text)).toContain('x-kept');
    expect(fieldNames(text).filter((name) => /secret|other|proxy|x-msa-error|x-msa-fallback/.test(name))).toEqual([]);
    expect(text).toContain('via: 1.1 msa-shop-abc123');
  });
});

test('T30, T39: order, case and repetition of fields are kept in both directions', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Word: \xe9\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n';
  await using upstream = await answering(answer);
  await using gateway = await gatewayTo(upstream);
  const fields = 'Cookie: a=1\r\nX-List: 1\r\nX-Word: \xe9\r\nX-List: 2\r\n';
  const { text } = await exchangeBytes(gateway, get('/', fields), (sofar) => sofar.includes('\r\n\r\n'));
  expect(text).toContain('\r\nSet-Cookie: a=1\r\nX-Word: \xe9\r\nSet-Cookie: b=2\r\n');
  expect(upstream.seen[0]).toContain('\r\nCookie: a=1\r\nX-List: 1\r\nX-Word: \xe9\r\nX-List: 2\r\n');
});

test('T15: answers without a body stay without one, and keep their length', async () => {
  await using upstream = await startUpstream((request, response) => {
    const status = request.url === '/304' ? 304 : 200;
    if (request.url === '/204') response.writeHead(204).end();
    else response.writeHead(status, { 'content-length': 5 }).end(status === 200 ? 'hello' : undefined);
  });
  await using gateway = await gatewayTo(upstream);
  const bytes = `HEAD /head HTTP/1.1\r\nhost: shop\r\n\r\n${get('/304')}${get('/204')}${get('/last', 'connection: close\r\n')}`;
  const { text } = await exchangeBytes(gateway, bytes);
  const answers = text.split(/(?=HTTP\/1\.1 )/);
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '304', '204', '200']);
  expect(answers.map((answer) => answer.split('\r\n\r\n')[1])).toEqual(['', '', '', 'hello']);
  expect(answers[0]).toContain('content-length: 5');
  expect(answers[1]).toContain('content-length: 5');
  expect(answers[2]).not.toMatch(/content-length|transfer-encoding/i);
});

test('T15: a 205 has nothing behind its head, whatever the service sends', async () => {
  for (const body of ['Content-Length: 2\r\n\r\nok', 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n']) {
    await using upstream = await answering(`HTTP/1.1 205 Reset Content\r\n${body}`);
    await using gateway = await gatewayTo(upstream);
    const { text } = await exchangeBytes(gateway, get('/', 'connection: close\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 205 [^]*\r\ncontent-length: 0\r\n[^]*\r\n\r\n$/);
    expect(text).not.toMatch(/transfer-encoding/i);
  }
});

test('T14: trailers come through, but none that would change what came before', async () => {
  const answer =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nContent-Type: a\r\nLocation: /evil\r\nSet-Cookie: a=1\r\n\r\n';
  await using upstream = await answering(answer);
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(gateway, get('/', 'connection: close\r\n'));
  expect(text).toMatch(/\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n$/);
});

test('T13: a 103 comes through before the answer; other informational answers and strange hints are left out', async () => {
  const answer =
    'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Hint: 1\r\n\r\n' +
    'HTTP/1.1 103 Early Hints\r\nLink: nonsense\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  await using upstream = await answering(answer);
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(gateway, get('/'), (sofar) => sofar.endsWith('ok'));
  expect(text.match(/^HTTP\/1\.1 \d{3}/gm)).toEqual(['HTTP/1.1 103', 'HTTP/1.1 200']);
  expect(text.toLowerCase()).toContain('link: </a.css>; rel=preload');
  const old = await exchangeBytes(gateway, 'GET / HTTP/1.0\r\n\r\n');
  expect(old.text.match(/^HTTP\/1\.\d \d{3}/gm)).toEqual(['HTTP/1.1 200']);
});

describe('an answer that breaks off', () => {
  const cases: readonly [what: string, bytes: string, after: 'close' | 'reset'][] = [
    ['in its chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'close'],
    ['by a reset', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'reset'],
    ['in a long body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nhello', 'close'],
  ];
  test.each(cases)('T17: %s is not passed off as a whole one', async (_what, bytes, after) => {
    await using upstream = await answering(bytes, after);
    await using gateway = await gatewayTo(upstream);
    const { text, ended } = await exchangeBytes(gateway, get('/'));
    expect(text).toContain('hello');
    expect(text).not.toContain('\r\n0\r\n');
    expect(ended).not.toBe('open');
  });

  test('T17: reaches a client of HTTP/1.0, for whom the end is the end, as a reset', async () => {
    await using upstream = await answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      'close',
    );
    await using gateway = await gatewayTo(upstream);
    expect((await exchangeBytes(gateway, 'GET / HTTP/1.0\r\n\r\n')).ended).toBe('reset');
  });

  test('T17: when it was short, is no answer at all: the client gets a 502', async () => {
    await using upstream = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', 'close');
    await using gateway = await gatewayTo(upstream);
    const bytes = 'POST / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: 1\r\n\r\na';
    const { text } = await exchangeBytes(gateway, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).not.toContain('hello');
    expect(upstream.seen).toHaveLength(1);
  });
});

const nonsense: readonly [what: string, bytes: string][] = [
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  [
    'a length and a transfer coding',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['chunks twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n'],
  ['an unknown transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'],
  [
    'a switch of protocols that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  ],
  ['more fields than one can hold', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`],
];
test.each(nonsense)('a service that answers with %s gives a 502', async (_what, bytes) => {
  await using upstream = await answering(bytes, 'close');
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(gateway, get('/', 'connection: close\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 502 /);
  expect(text.toLowerCase()).toContain('x-msa-error: bad-gateway');
});

test('an answer that only the end of the connection ends is passed on', async () => {
  await using upstream = await answering('HTTP/1.1 200 OK\r\n\r\nhello', 'close');
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(gateway, get('/', 'connection: close\r\n'));
  expect(text).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
});

test('T18: events arrive as they are sent, while the answer goes on', async () => {
  let write: ((text: string) => void) | undefined;
  let hasGone = false;
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    response.once('close', () => (hasGone = true));
    write = (text) => void response.write(text);
  });
  await using gateway = await gatewayTo(upstream);
  const socket = openSocket(gateway);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.write(get('/'));
  await waitUntil('the head arrives before any event', async () => text.includes('\r\n\r\n'));
  write?.('data: 1\n\n');
  await waitUntil('the first event arrives', async () => text.includes('data: 1'));
  write?.('data: 2\n\n');
  await waitUntil('the second event arrives', async () => text.includes('data: 2'));
  socket.destroy();
  await waitUntil('the service is told that the client has gone', async () => hasGone);
});

test('a short answer of known length that comes slowly is passed on before it is complete', async () => {
  await using upstream = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel');
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(gateway, get('/'), (sofar) => sofar.endsWith('hel'));
  expect(text).toContain('Content-Length: 9');
});

test('T16: a client that goes before the answer takes its request at the service with it', async () => {
  let carrier: Socket | undefined;
  await using upstream = await startRawUpstream((socket) => (carrier = socket));
  await using gateway = await gatewayTo(upstream);
  const socket = openSocket(gateway);
  socket.write(get('/'));
  await waitUntil('the request is at the service', async () => carrier !== undefined);
  socket.destroy();
  await waitUntil('its connection ends', async () => carrier?.destroyed === true);
  expect(gateway.log().some(({ msg }) => msg === 'instance ejected')).toBe(false);
});

test('T18, T19: a client that reads slowly slows the service down, and gets everything', async () => {
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const total = 64 * 1024 * 1024;
  await using upstream = await startUpstream((_request, response) => {
    const more = (): void => {
      while (written < total) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  await using gateway = await gatewayTo(upstream);
  const socket = openSocket(gateway);
  socket.write(get('/', 'connection: close\r\n'));
  socket.pause();
  let before = -1;
  await waitUntil('the service waits', async () => {
    const isStanding = written > 0 && written === before;
    before = written;
    return isStanding;
  });
  expect(written).toBeLessThan(total / 2);
  let received = 0;
  socket.on('data', (bytes) => (received += bytes.length)).resume();
  await waitUntil('everything arrives', async () => received > total);
});

test('T18: a service that reads slowly slows the client down', async () => {
  let resume: (() => void) | undefined;
  let received = 0;
  const total = 32 * 1024 * 1024;
  await using upstream = await startUpstream((request, response) => {
    request.pause();
    resume = () => {
      request.on('data', (chunk: Buffer) => (received += chunk.length));
      request.on('end', () => response.end('done')).resume();
    };
  });
  await using gateway = await gatewayTo(upstream);
  const socket = openSocket(gateway);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  let taken = 0;
  socket.write(`POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: ${total}\r\n\r\n`);
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = (): void => {
    while (taken < total) {
      taken += chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', more);
    }
  };
  more();
  let before = -1;
  await waitUntil('the client waits', async () => {
    const isStanding = resume !== undefined && taken === before;
    before = taken;
    return isStanding;
  });
  expect(taken).toBeLessThan(total / 2);
  resume?.();
  await waitUntil('the answer comes', async () => text.endsWith('done'));
  expect(received).toBe(total);
  socket.destroy();
});

describe('Expect: 100-continue', () => {
  test('T12: is met once the request has somewhere to go', async () => {
    await using upstream = await startUpstream((request, response) => void request.pipe(response));
    await using gateway = await gatewayTo(upstream);
    const socket = openSocket(gateway);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write(expecting('/'));
    await waitUntil('the gateway asks for the body', async () => text === 'HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('ok');
    await waitUntil('the answer comes', async () => text.includes('ok'));
    socket.destroy();
  });

  test('T12: is not met when there is nothing to wait for', async () => {
    await using gateway = await startGateway(stateOf({ routes: [route('/orders', 'orders')] }));
    expect((await exchangeBytes(gateway, expecting('/x'), (text) => text.includes('}'))).text).toMatch(
      /^HTTP\/1\.1 404 /,
    );
    expect((await exchangeBytes(gateway, expecting('/orders'), (text) => text.includes('}'))).text).toMatch(
      /^HTTP\/1\.1 503 /,
    );
  });
});

test('pipelined requests are answered in their order', async () => {
  await using upstream = await startUpstream((request, response) => {
    setTimeout(() => response.end(request.url), request.url === '/slow' ? 30 : 0);
  });
  await using gateway = await gatewayTo(upstream);
  const { text } = await exchangeBytes(
    gateway,
    `${get('/slow')}${get('/fast')}${get('/end', 'connection: close\r\n')}`,
  );
  expect(text.match(/\/(?:slow|fast|end)/g)).toEqual(['/slow', '/fast', '/end']);
});

test('an answer given before the body has come is passed on', async () => {
  await using upstream = await startRawUpstream((socket) =>
    socket.write('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  );
  await using gateway = await gatewayTo(upstream);
  const bytes = 'POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 9999999\r\n\r\nbegin';
  const { text } = await exchangeBytes(gateway, bytes, (sofar) => sofar.includes('\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

test('T20: a chunked body that grows beyond the limit is refused on the way', async () => {
  await using upstream = await startUpstream((request, response) => {
    request.resume().on('end', () => response.end('all of it'));
  });
  const limits = { maxBodyBytes: 100_000, replayBytes: 1000 };
  const state = stateOf({ instances: [instance('web-1', upstream)], routes: [route('/', 'web')] });
  await using gateway = await startGateway(state, { limits });
  const chunk = `${(4000).toString(16)}\r\n${'x'.repeat(4000)}\r\n`;
  const bytes = `POST / HTTP/1.1\r\nhost: shop\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(50)}0\r\n\r\n`;
  const { text } = await exchangeBytes(gateway, bytes, (sofar) => sofar.includes('}'));
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

function expecting(path: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: shop\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n`;
}

function fieldNames(head: string): string[] {
  const [text = ''] = head.split('\r\n\r\n');
  return text
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
}

test('T37: requests that were sent one behind the other are all answered when the gateway stops meanwhile', async () => {
  const held = new Map<string, () => void>();
  await using upstream = await startUpstream(({ url = '' }, response) => {
    held.set(url, () => void response.end(url));
  });
  await using gateway = await gatewayTo(upstream);
  const exchange = exchangeBytes(gateway, `${get('/a')}${get('/b')}`);
  await waitUntil('both are at the service', () => Promise.resolve(held.size === 2));
  const closed = gateway.gateway.close();
  for (const path of ['/b', '/a']) held.get(path)?.();
  const { text } = await exchange;
  expect(text.match(/\/[ab]$|\/a(?=HTTP)/g)).toEqual(['/a', '/b']);
  expect(text.match(/connection: close/gi)).toHaveLength(1);
  await closed;
});
