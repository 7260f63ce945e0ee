import { describe, expect, test } from 'vitest';

import { AnswerReader } from '../../../src/gateway/http1/answer-reader.ts';
import { renderHead } from '../../../src/gateway/http1/request-head.ts';

interface Told {
  readonly heads: { readonly status: number; readonly fields: readonly string[]; readonly isLast: boolean }[];
  body: string;
  trailers: readonly string[] | undefined;
  isWhole: boolean;
  error: string | undefined;
}

/** What is told of an answer whose bytes come in these pieces, after which the connection ends. */
function readPieces(pieces: readonly string[]): Told {
  const told: Told = { heads: [], body: '', trailers: undefined, isWhole: false, error: undefined };
  const reader = new AnswerReader(
    {
      answerBegan: ({ status, fields, isLast }) => void told.heads.push({ status, fields, isLast }),
      answerContinued: (bytes) => void (told.body += bytes.toString('latin1')),
      answerEnded: (trailers) => void (told.trailers = trailers),
    },
    1000,
  );
  const lent = Buffer.alloc(2000);
  try {
    for (const piece of pieces) reader.read(lent.subarray(0, lent.write(piece, 'latin1')));
    told.isWhole = reader.end();
  } catch (error) {
    told.error = error instanceof Error ? error.message : String(error);
  }
  return told;
}

const read = (text: string): Told => readPieces([text]);

const answers = {
  length: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:\t a b \r\n\r\nhello',
  chunks:
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n002;a="b"\r\nlo\r\n0\r\nx-t: 1\r\nx-u:\r\n\r\n',
  'chunks without trailers': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n',
  rest: 'HTTP/1.0 200 \r\nx-a: 1\r\n\r\nhello',
  'information first':
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  'no reason': 'HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello',
};

describe('an answer', () => {
  test.each(Object.entries(answers))('is read the same however its bytes come: %s', (_name, text) => {
    const whole = read(text);
    expect(whole).toMatchObject({ body: 'hello', isWhole: true, error: undefined });
    for (let at = 1; at < text.length; at += 1) expect(readPieces([text.slice(0, at), text.slice(at)])).toEqual(whole);
    expect(readPieces(Array.from(text))).toEqual(whole);
  });

  test('has its fields as they were written, and its trailers', () => {
    expect(read(answers.length).heads[0]?.fields).toEqual(['Content-Length', '5', 'X-A', 'a b']);
    expect(read(answers.chunks).trailers).toEqual(['x-t', '1', 'x-u', '']);
    expect(read(answers['information first']).heads.map(({ status }) => status)).toEqual([103, 200]);
  });

  test.each([204, 304])('of status %i has no body, whatever it says of one', (status) => {
    for (const field of ['content-length: 5', 'transfer-encoding: chunked'])
      expect(read(`HTTP/1.1 ${status} X\r\n${field}\r\n\r\n`)).toMatchObject({ body: '', trailers: [], isWhole: true });
  });

  test('that is cut off is not whole', () => {
    for (const text of [answers.length, answers.chunks]) {
      for (let at = 0; at < text.length; at += 1) expect(read(text.slice(0, at)).isWhole).toBe(false);
    }
  });

  test.each([
    ['1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', true],
    ['close', 'HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 0\r\n\r\n', true],
    ['nothing said', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', false],
  ])('says whether its connection goes on: %s', (_name, text, isLast) => {
    expect(read(text).heads[0]?.isLast).toBe(isLast);
  });

  const ok = 'HTTP/1.1 200 OK\r\n';
  const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`;
  test.each([
    ['another protocol', 'RTSP/1.0 200 OK\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a line end alone', `${ok}x-a: 1\nx-b: 2\r\n\r\n`],
    ['a return alone', `${ok}x-a: 1\rx-b: 2\r\n\r\n`],
    ['a folded field', `${ok}x-a: 1\r\n 2\r\n\r\n`],
    ['a blank before the colon', `${ok}content-length : 5\r\n\r\nhello`],
    ['a field without a colon', `${ok}x-a\r\n\r\n`],
    ['a NUL', `${ok}x-a: \0\r\n\r\n`],
    ['two lengths', `${ok}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`],
    ['a list of lengths', `${ok}content-length: 5, 5\r\n\r\nhello`],
    ['a length with a sign', `${ok}content-length: +5\r\n\r\nhello`],
    ['a length and chunks', `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ['chunks within chunks', `${ok}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    ['another coding', `${ok}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a chunk without a size', `${chunked}\r\nhello\r\n0\r\n\r\n`],
    ['a size with a sign', `${chunked}-5\r\nhello\r\n0\r\n\r\n`],
    ['a size with a prefix', `${chunked}0x5\r\nhello\r\n0\r\n\r\n`],
    ['a size that is too large', `${chunked}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`],
    ['a chunk that is longer than it says', `${chunked}4\r\nhello\r\n0\r\n\r\n`],
    ['an extension that has a line end', `${chunked}5;a\nb\r\nhello\r\n0\r\n\r\n`],
    ['a trailer that is none', `${chunked}0\r\nx t: 1\r\n\r\n`],
    ['more than the answer', `${ok}content-length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n`],
    ['a head that is too long', `${ok}x-a: ${'a'.repeat(1000)}\r\n\r\n`],
    ['a head without an end', `${ok}x-a: ${'a'.repeat(1000)}`],
    ['trailers without an end', `${chunked}0\r\n${'x-a: a\r\n'.repeat(200)}`],
  ])('is refused for %s', (_name, text) => {
    expect(read(text).error).toBeDefined();
    expect(readPieces(Array.from(text)).error).toBeDefined();
  });
});

describe('a request for an instance', () => {
  const request = { method: 'GET', path: '/a', headers: ['Host', 'shop'], body: null };

  test('has the length of its body and no other', () => {
    const headers = ['Content-Length', '7', 'X-A', '1'];
    expect(renderHead({ ...request, headers })).toBe('GET /a HTTP/1.1\r\nconnection: keep-alive\r\nX-A: 1\r\n\r\n');
    const body = Buffer.from('hello');
    expect(renderHead({ ...request, headers, body })).toMatch(/\r\nX-A: 1\r\ncontent-length: 5\r\n\r\n$/);
  });

  test('says that it has no body where one could be expected', () => {
    for (const method of ['POST', 'PUT', 'PATCH'])
      expect(renderHead({ ...request, method })).toContain('length: 0\r\n');
    for (const method of ['GET', 'DELETE']) expect(renderHead({ ...request, method })).not.toContain('length');
  });

  test.each([
    ['a value', { headers: ['x-a', '1\r\nx-b: 2'] }],
    ['a value', { headers: ['x-a', '\u0100'] }],
    ['a name', { headers: ['x-a: 1\r\nx-b', '2'] }],
    ['a name', { headers: ['', '2'] }],
    ['a coding', { headers: ['Transfer-Encoding', 'chunked'] }],
    ['a word on the connection', { headers: ['connection', 'close'] }],
    ['a path', { path: '/a HTTP/1.1\r\nx: ' }],
    ['a method', { method: 'GET /a' }],
  ])('is not sent when %s would be read as more', (_name, change) => {
    expect(() => renderHead({ ...request, ...change })).toThrow(
      expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }),
    );
  });
});
