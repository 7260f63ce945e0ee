import { expect, test } from 'vitest';

import { waitUntil } from '../../support/wait-until.ts';
import { exchangeBytes, instance, route, startGateway, startRawUpstream, stateOf } from './support.ts';

/*
 * Requests with damage at the places where programs read differently, each with a second request behind it in the same
 * bytes. Whatever the gateway makes of them, the service must only ever see whole requests of one meaning, as many as
 * the client got answers for, and the gateway must live.
 */

const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 600);

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const targets = ['/a', '/a?x=1', '/a/../b', '/%61', '//a', 'http://shop/a', '/a#b', '*', '/a%00', '/é', '/a b', '\\a'];
const framings = [
  '',
  'Content-Length: 3\r\n',
  'Content-Length: 03\r\n',
  'Content-Length: 3\r\nContent-Length: 3\r\n',
  'Content-Length: 3\r\nContent-Length: 5\r\n',
  'Content-Length : 3\r\n',
  'Content-Length: 3,3\r\n',
  'Content-Length: 0x3\r\n',
  'Content_Length: 30\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: Chunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n',
  'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Transfer-Encoding: chunked, identity\r\n',
  'Transfer-Encoding\r\n: chunked\r\n',
  'X: y\r\n Transfer-Encoding: chunked\r\n',
  'Host: shop\r\n',
  'Host: evil\r\nContent-Length: 3\r\n',
  'Connection: Content-Length\r\nContent-Length: 3\r\n',
  'Expect: 100-continue\r\nContent-Length: 3\r\n',
];
const bodies = [
  '',
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '3;x=y\r\nabc\r\n0\r\n\r\n',
  '3\nabc\n0\n\n',
  '-1\r\n',
  'ffffffffff\r\nabc',
  '0\r\n\r\n',
];
const damage = ['\r', '\n', '\0', ' ', '\t', ':', '\u000b', '\u0080', '\r\n', 'GET / HTTP/1.1\r\n'];

/** One request with a mark, damaged in up to two places. */
function randomRequest(random: () => number, mark: string): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] ?? (items[0] as Item);
  const method = pick(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'get', 'DELETE']);
  const version = pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/01.1']);
  let text = `${method} ${pick(targets)} ${version}\r\nHost: shop\r\nX-Mark: ${mark}\r\n${pick(framings)}\r\n${pick(bodies)}`;
  for (let times = Math.floor(random() * 3); times > 0; times -= 1) {
    const place = Math.floor(random() * text.length);
    const removed = random() < 0.3 ? 1 : 0;
    text = text.slice(0, place) + pick(damage) + text.slice(place + removed);
  }
  return text;
}

/** A good one that stands behind it. */
function follow(round: number): string {
  return `GET /follow HTTP/1.1\r\nHost: shop\r\nX-Mark: f-${round}\r\nConnection: close\r\n\r\n`;
}

const line = /^[!#$%&'*+.^_`|~\w-]+: ?[^\r\n\0]*$/;

/**
 * Whether RFC 9112 leaves no choice but to refuse these bytes: read as simply as can be, so that it says so only of what
 * is beyond doubt.
 */
function mustBeRefused(text: string): boolean {
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  const [first = '', ...fields] = head.split('\r\n');
  const [, target = '', version = ''] = first.split(' ');
  const valuesOf = (name: string): string[] =>
    fields
      .filter((field) => field.toLowerCase().startsWith(`${name}:`))
      .map((field) => field.slice(name.length + 1).trim());
  const [hosts, lengths, codings] = [valuesOf('host'), valuesOf('content-length'), valuesOf('transfer-encoding')];
  return (
    !/^HTTP\/1\.[01]$/.test(version) ||
    /^\/\/|#|%00|\\/.test(target) ||
    hosts.length !== 1 ||
    new Set(lengths).size > 1 ||
    lengths.some((length) => !/^\d+$/.test(length)) ||
    codings.some((coding) => coding.toLowerCase() !== 'chunked') ||
    (codings.length > 0 && (lengths.length > 0 || version === 'HTTP/1.0')) ||
    fields.some((field) => /^\s|^[^:]*\s:|[\0\r\n]/.test(field))
  );
}

/** What is wrong with the head of a request as a service gets it; undefined when it has one meaning. */
function wrongWith(head: string): string | undefined {
  const [first = '', ...fields] = head.slice(0, -4).split('\r\n');
  if (!/^[A-Z]+ \/(?!\/)[!-"$-[\]-~]* HTTP\/1\.1$/.test(first)) return `request line ${JSON.stringify(first)}`;
  const bad = fields.find((field) => !line.test(field));
  if (bad !== undefined) return `field ${JSON.stringify(bad)}`;
  const named = (name: string): string[] => fields.filter((field) => field.toLowerCase().startsWith(`${name}:`));
  if (named('host').length !== 1) return 'not one Host';
  const lengths = named('content-length');
  if (lengths.length > 1 || !lengths.every((field) => /^content-length: ?\d+$/i.test(field))) return 'lengths';
  if (lengths.length > 0 && named('transfer-encoding').length > 0) return 'two framings';
  return undefined;
}

test('damaged requests reach the service whole and in one meaning, or not at all', async () => {
  const random = createRandom(20_261_125);
  const wrong: string[] = [];
  const marks = new Map<string, number>();
  await using upstream = await startRawUpstream((socket, head) => {
    // The reader of this service knows heads only: what follows as a body it takes for the beginning of the next one.
    const start = head.search(/[A-Z]+ \S+ HTTP\/1\.1\r\n/);
    const own = start < 0 ? head : head.slice(start);
    const problem = wrongWith(own);
    if (problem !== undefined) wrong.push(problem);
    const mark = /\r\nx-mark: ([\w-]+)\r\n/i.exec(own)?.[1] ?? 'none';
    marks.set(mark, (marks.get(mark) ?? 0) + 1);
    const isHead = own.startsWith('HEAD');
    socket.write(
      `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${isHead ? 0 : 2}\r\n\r\n${isHead ? '' : 'ok'}`,
    );
    socket.end();
  });
  const state = stateOf({ instances: [instance('web-1', upstream)], routes: [route('/', 'web')] });
  await using gateway = await startGateway(state, {
    limits: { headersTimeoutMs: 300, requestTimeoutMs: 300, idleTimeoutMs: 300 },
  });
  let answered = 0;
  const batch = 40;
  for (let from = 0; from < rounds; from += batch) {
    const numbers = Array.from({ length: batch }, (_, index) => from + index);
    const texts = numbers.map((round) => randomRequest(random, `r-${round}`) + follow(round));
    const answers = await Promise.all(texts.map((text) => exchangeBytes(gateway, text)));
    for (const [index, { text }] of answers.entries()) {
      const finals = text.match(/^HTTP\/1\.1 [2-5]\d\d /gm)?.length ?? 0;
      const good = text.match(/^HTTP\/1\.1 200 /gm)?.length ?? 0;
      const round = from + index;
      const sent = (marks.get(`r-${round}`) ?? 0) + (marks.get(`f-${round}`) ?? 0);
      // GETs may be sent again when an instance closes; nothing may reach the service that nobody was answered for.
      if (marks.has(`r-${round}`) && mustBeRefused(texts[index] ?? '')) wrong.push(`round ${round}: ${texts[index]}`);
      if (good === 0 && sent > 0 && finals === 0) wrong.push(`round ${round}: served without an answer`);
      answered += finals;
    }
  }
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(rounds / 2);
  await waitUntil('the gateway lives', async () => {
    const { text } = await exchangeBytes(gateway, follow(rounds));
    return text.startsWith('HTTP/1.1 200 ');
  });
});
