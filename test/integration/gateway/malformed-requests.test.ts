import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { exchangeBytes, instance, route, startGateway, startRawUpstream, stateOf } from './support.ts';
import type { TestGateway, Upstream } from './support.ts';

/*
 * Bytes that no service may ever get to see, because two programs could read them in two ways. The upstream writes down
 * all it gets.
 */

let upstream: Upstream;
let gateway: TestGateway;
let seen: string[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream((socket, head) => {
    seen.push(head);
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  });
  gateway = await startGateway(stateOf({ instances: [instance('web-1', upstream)], routes: [route('/', 'web')] }));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
beforeEach(() => (seen = []));

const get = (target: string, fields = 'host: shop\r\n'): string => `GET ${target} HTTP/1.1\r\n${fields}\r\n`;
const post = (fields: string, body = ''): string => `POST /x HTTP/1.1\r\nhost: shop\r\n${fields}\r\n\r\n${body}`;
const many = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}: 1\r\n`).join('');

const refused: readonly [what: string, bytes: string, status: number][] = [
  ['T9: two Host fields', get('/', 'host: shop\r\nhost: evil\r\n'), 400],
  ['T9: the same Host twice', get('/', 'host: shop\r\nhost: shop\r\n'), 400],
  ['T9: a Host with a space', get('/', 'host: a b\r\n'), 400],
  ['T9: a Host with a path', get('/', 'host: shop/x\r\n'), 400],
  ['T9: a Host with user information', get('/', 'host: me@shop\r\n'), 400],
  ['T9: a Host with a port that is none', get('/', 'host: shop:65536\r\n'), 400],
  ['T9: an empty Host', get('/', 'host:\r\n'), 400],
  ['T9: no Host', get('/', ''), 400],
  ['T10: a fragment', get('/a#b'), 400],
  ['T10: a path that begins with two slashes', get('//evil.test/x'), 400],
  ['T10: a target with a space', get('/a b'), 400],
  ['T10: a target with bytes that are no ASCII', get('/caf\u00e9'), 400],
  ['T10: an asterisk without OPTIONS', get('*'), 400],
  ['T10: a target that is no path', get('evil'), 400],
  ['T10: an absolute target without a host', get('http:///x'), 400],
  ['T10: an absolute target with a strange host', get('http://a%20b/x'), 400],
  ['T10: an absolute target of another scheme', get('ftp://shop/x'), 400],
  ['T11: an encoded slash', get('/a/..%2fadmin'), 400],
  ['T11: an encoded backslash', get('/a/..%5cadmin'), 400],
  ['T11: an encoded NUL', get('/a%00b'), 400],
  ['T11: a backslash', get('/a\\..\\b'), 400],
  ['T11: an escape cut short', get('/a%2'), 400],
  ['T11: dots with parameters', get('/a/..;x/b'), 400],
  ['T11: dots with parameters whose semicolon is encoded', get('/a/%2e%2e%3bx/b'), 400],
  ['T11: dots that leave two slashes in front', get('/a/..//evil.test'), 400],
  ['T20: a long target', get(`/${'a'.repeat(9000)}`), 414],
  ['T20: many fields', get('/', `host: shop\r\n${many(200)}`), 431],
  ['T20: large fields', get('/', `host: shop\r\nx: ${'a'.repeat(40_000)}\r\n`), 431],
  ['T10: HTTP/2.0 in a request line', 'GET / HTTP/2.0\r\nhost: shop\r\n\r\n', 505],
  ['T10: HTTP/0.9', 'GET / HTTP/0.9\r\nhost: shop\r\n\r\n', 505],
  [
    'T3: Content-Length and Transfer-Encoding',
    post('content-length: 3\r\ntransfer-encoding: chunked', '0\r\n\r\n'),
    400,
  ],
  ['T4: two lengths', post('content-length: 1\r\ncontent-length: 2', 'ab'), 400],
  ['T4: a list of lengths', post('content-length: 2, 2', 'ab'), 400],
  ['T4: a signed length', post('content-length: +2', 'ab'), 400],
  ['T4: an empty length', post('content-length:', 'ab'), 400],
  ['T4: an enormous length', post('content-length: 99999999999999999999'), 400],
  ['T20: a length above the limit', post('content-length: 99999999999'), 413],
  ['T5: Transfer-Encoding: identity, chunked', post('transfer-encoding: identity, chunked', '0\r\n\r\n'), 400],
  ['T5: Transfer-Encoding: ,chunked', post('transfer-encoding: ,chunked', '0\r\n\r\n'), 400],
  ['T5: Transfer-Encoding: chunked twice', post('transfer-encoding: chunked\r\ntransfer-encoding: chunked'), 400],
  ['T5: Transfer-Encoding: gzip', post('transfer-encoding: gzip'), 400],
  ['T5: Transfer-Encoding: chunked, gzip', post('transfer-encoding: chunked, gzip'), 400],
  ['T6: Transfer-Encoding in HTTP/1.0', 'POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['T7: a chunk size with 0x', post('transfer-encoding: chunked', '0x1\r\na\r\n0\r\n\r\n'), 400],
  ['T7: a chunk size with a sign', post('transfer-encoding: chunked', '+1\r\na\r\n0\r\n\r\n'), 400],
  ['T7: a chunk size that overflows', post('transfer-encoding: chunked', 'fffffffffffffffff\r\na'), 400],
  ['T7: a chunk that ends with a bare LF', post('transfer-encoding: chunked', '1\na\r\n0\r\n\r\n'), 400],
  ['T7: a CR in a chunk extension', post('transfer-encoding: chunked', '1;a\rb\r\na\r\n0\r\n\r\n'), 400],
  ['T7: a chunk size with an underscore', post('transfer-encoding: chunked', '1_0\r\na\r\n0\r\n\r\n'), 400],
  ['T7: a chunk without a size', post('transfer-encoding: chunked', '\r\na\r\n0\r\n\r\n'), 400],
  ['T7: a chunk that is longer than its size', post('transfer-encoding: chunked', '1\r\nabc\r\n0\r\n\r\n'), 400],
  ['T8: a folded field', get('/', 'host: shop\r\nx: a\r\n b\r\n'), 400],
  ['T8: a space before a colon', get('/', 'host : shop\r\n'), 400],
  ['T8: a NUL in a value', get('/', 'host: shop\r\nx: a\0b\r\n'), 400],
  ['T8: a bare CR in a value', get('/', 'host: shop\r\nx: a\rb\r\n'), 400],
  ['T8: an empty field name', get('/', 'host: shop\r\n: a\r\n'), 400],
  ['T8: a field that begins with a space', get('/', ' host: shop\r\n'), 400],
  ['T8: a field without a colon', get('/', 'host: shop\r\nxyz\r\n'), 400],
  ['T12: an unknown expectation', post('expect: magic\r\ncontent-length: 1', 'a'), 417],
  ['T22: our own name in Via', get('/', 'host: shop\r\nvia: 1.1 other, 1.1 msa-shop-abc123\r\n'), 508],
];

describe('refused, with the connection closed and nothing sent on', () => {
  test.each(refused)('%s', async (_what, bytes, status) => {
    // A second request stands behind: answering it too would mean that the first was read in another way.
    const { text } = await exchangeBytes(gateway, `${bytes}${get('/second')}`);
    expect(text.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
    expect(text.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(text).toContain('application/problem+json');
    // Whatever had gone to the service would be there before this.
    await exchangeBytes(gateway, get('/later'), (sofar) => sofar.endsWith('ok'));
    expect(seen.map((head) => head.split('\r\n', 1)[0])).toEqual(['GET /later HTTP/1.1']);
  });
});

const forwarded: readonly [what: string, bytes: string, line: string][] = [
  ['T11: dot segments are resolved', get('/public/../admin'), 'GET /admin HTTP/1.1'],
  ['T11: so are encoded ones', get('/public/%2e%2E/admin/%2e'), 'GET /admin/ HTTP/1.1'],
  ['T11: what leads above the root stays there', get('/../../a'), 'GET /a HTTP/1.1'],
  ['T11: unreserved characters are decoded', get('/%41%7e%2d'), 'GET /A~- HTTP/1.1'],
  ['T11: others stay encoded, in capitals', get('/a%c3%a9%3f'), 'GET /a%C3%A9%3F HTTP/1.1'],
  ['T11: empty segments inside stay', get('/a//b'), 'GET /a//b HTTP/1.1'],
  ['T11: the query stays as it is', get('/a?b=%2f..%2e/../#'.slice(0, -1)), 'GET /a?b=%2f..%2e/../ HTTP/1.1'],
  ['T10: an absolute target becomes a path', get('http://other:81/a?b'), 'GET /a?b HTTP/1.1'],
  ['T9: the last of all ports is one', get('/a', 'host: shop:65535\r\n'), 'GET /a HTTP/1.1'],
  ['T10: one without a path too', get('http://other?b'), 'GET /?b HTTP/1.1'],
  ['a method of its own', 'PURGE /a HTTP/1.1\r\nhost: shop\r\n\r\n', 'PURGE /a HTTP/1.1'],
  ['HTTP/1.0 without a host', 'GET /a HTTP/1.0\r\n\r\n', 'GET /a HTTP/1.1'],
];

describe('passed on in one form', () => {
  test.each(forwarded)('%s', async (_what, bytes, line) => {
    const { text } = await exchangeBytes(gateway, bytes, (sofar) => sofar.endsWith('ok'));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map((head) => head.split('\r\n', 1)[0])).toEqual([line]);
  });
});

test('a request behind one whose body nobody reads is not served, since the answer says that the connection ends', async () => {
  const bytes = 'POST /openapi.json HTTP/1.1\r\nhost: shop\r\ncontent-length: 5\r\n\r\nhello';
  const { text } = await exchangeBytes(gateway, `${bytes}${get('/second')}`);
  expect(text).toMatch(/^HTTP\/1\.1 405 [^]*\r\nconnection: close\r\n/i);
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  await exchangeBytes(gateway, get('/later'), (sofar) => sofar.endsWith('ok'));
  expect(seen.map((head) => head.split('\r\n', 1)[0])).toEqual(['GET /later HTTP/1.1']);
});

test('T4: a length goes on without zeros in front', async () => {
  const body = 'x'.repeat(100_000);
  await exchangeBytes(gateway, post('content-length: 000100000', body), (sofar) => sofar.endsWith('ok'));
  expect(seen[0]).toContain('\r\ncontent-length: 100000\r\n');
});

test('T9: the authority of an absolute target takes the place of the Host field', async () => {
  await exchangeBytes(gateway, get('http://other:81/a'), (text) => text.endsWith('ok'));
  expect(seen[0]).toContain('\r\nhost: other:81\r\n');
  expect(seen[0]).toContain('\r\nx-forwarded-host: other:81\r\n');
});

test('T10, T22: TRACE and CONNECT go no further; OPTIONS for the gateway is answered by it', async () => {
  expect((await askOnce('TRACE / HTTP/1.1\r\nhost: shop\r\n\r\n')).text).toMatch(
    /^HTTP\/1\.1 405 [^]*\r\nallow: GET, /i,
  );
  const tunnel = await exchangeBytes(gateway, 'CONNECT shop:80 HTTP/1.1\r\nhost: shop:80\r\n\r\n');
  expect(tunnel.text).toMatch(/^HTTP\/1\.1 405 [^]*\r\nallow: GET, [^]*"status":405/i);
  expect((await askOnce('OPTIONS * HTTP/1.1\r\nhost: shop\r\n\r\n')).text).toMatch(
    /^HTTP\/1\.1 204 [^]*\r\nallow: GET, /i,
  );
  const last = await askOnce('OPTIONS /a HTTP/1.1\r\nhost: shop\r\nmax-forwards: 0\r\n\r\n');
  expect(last.text).toMatch(/^HTTP\/1\.1 204 /);
  expect(seen).toEqual([]);
  await askOnce('OPTIONS /a HTTP/1.1\r\nhost: shop\r\nmax-forwards: 3\r\n\r\n');
  expect(seen[0]).toContain('\r\nmax-forwards: 2\r\n');
});

test.each([
  ['a broken request', 'nonsense\r\n\r\n'],
  ['a wish for a tunnel', 'CONNECT shop:80 HTTP/1.1\r\nhost: shop:80\r\n\r\n'],
])('%s behind good ones is answered by the end of the connection, after their answers', async (_what, bytes) => {
  const { text, ended } = await exchangeBytes(gateway, `${get('/a')}${get('/b')}${bytes}`);
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(2);
  expect(ended).toBe('end');
});

/** The head of the answer, and perhaps more. */
function askOnce(bytes: string): Promise<{ readonly text: string }> {
  return exchangeBytes(gateway, bytes, (text) => text.includes('\r\n\r\n'));
}
