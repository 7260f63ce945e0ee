import { describe, expect, test } from 'vitest';

import { readConfig } from '../../../src/gateway/read-config.ts';
import { encodeCommand } from '../../../src/gateway/redis/encode-command.ts';
import { ReplyReader, StoreError } from '../../../src/gateway/redis/reply-reader.ts';
import type { Answer } from '../../../src/gateway/redis/reply-reader.ts';

function readAll(chunks: readonly Buffer[]): Answer[] {
  const answers: Answer[] = [];
  const reader = new ReplyReader((answer) => answers.push(answer));
  for (const chunk of chunks) reader.read(chunk);
  return answers;
}

describe('what is no answer of Redis', () => {
  test.each([
    ['an answer of HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['an endless line', `+${'a'.repeat(70_000)}`],
    ['a size that is none', '$a\r\n'],
    ['a negative size', '$-2\r\n'],
    ['a size beyond all measure', '$999999999999\r\n'],
    ['too many items', '*99999999\r\n'],
    ['lists in lists without end', '*1\r\n'.repeat(20)],
  ])('%s is refused', (_what, text) => {
    expect(() => readAll([Buffer.from(text)])).toThrow('no Redis');
  });
});

test('answers are read alike in pieces of any size', () => {
  const bytes = Buffer.concat([
    Buffer.from('+OK\r\n:42\r\n:-1\r\n$-1\r\n*-1\r\n$0\r\n\r\n-ERR no\r\n$5\r\n'),
    Buffer.from([13, 10, 0, 255, 36]),
    Buffer.from('\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n+b\r\n$-1\r\n*0\r\n+END\r\n'),
  ]);
  const expected = [
    'OK',
    42,
    -1,
    null,
    null,
    Buffer.alloc(0),
    new StoreError('ERR no'),
    Buffer.from([13, 10, 0, 255, 36]),
    [1, [Buffer.from('a'), 'b'], null],
    [],
    'END',
  ];
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(readAll(chunks), `pieces of ${size} bytes`).toEqual(expected);
  }
});

test('a large text is put together once, when all of it has come', () => {
  const text = Buffer.alloc(4 * 1024 * 1024, 'x');
  const chunks = [Buffer.from(`$${text.length}\r\n`)];
  for (let offset = 0; offset < text.length; offset += 16_384) chunks.push(text.subarray(offset, offset + 16_384));
  const [answer] = readAll([...chunks, Buffer.from('\r\n')]);
  expect(Buffer.isBuffer(answer) && answer.equals(text)).toBe(true);
});

test('a command is one text, or the parts around its bytes', () => {
  expect(encodeCommand(['GET', 'ä'])).toEqual(['*2\r\n$3\r\nGET\r\n$2\r\nä\r\n']);
  const bytes = Buffer.from([0, 255]);
  expect(encodeCommand(['SET', bytes, 'b'])).toEqual(['*3\r\n$3\r\nSET\r\n$2\r\n', bytes, '\r\n$1\r\nb\r\n']);
});

test.each(['localhost:6379', 'http://127.0.0.1:6379', 'redis://', 'redis://:secret@'])(
  '%s is no URL of a Redis',
  (url) => {
    expect(() => readConfig({ REDIS_URL: url })).toThrow(
      /^REDIS_URL must be a URL such as redis:\/\/127\.0\.0\.1:6379\.$/,
    );
  },
);

test('a password may be in the URL', () => {
  expect(readConfig({ REDIS_URL: 'redis://:secret@127.0.0.1:6379/1' }).redisUrl).toContain('secret');
});
