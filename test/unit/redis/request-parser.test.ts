import { describe, expect, test } from 'vitest';

import { defaultLimits } from '../../../src/redis/limits.ts';
import { RequestParser } from '../../../src/redis/resp/request-parser.ts';
import { splitInline } from '../../../src/redis/resp/split-inline.ts';

describe('the request parser', () => {
  const bytes = "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\nPING \"x \\x00\\n\"\r\n\r\n*0\r\n*1\r\n$0\r\n\r\nset 'a\\'b' c\n";
  const commands = [['GET', 'a\r\nb'], ['PING', 'x \0\n'], [''], ['set', "a'b", 'c']];

  test.each([1, 2, 3, 7, 1000])('gives the same commands when bytes come by %i', (size) => {
    const parser = new RequestParser(defaultLimits);
    const found: (readonly string[])[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      parser.feed(Buffer.from(bytes.slice(start, start + size), 'latin1'));
      for (let next = parser.next(); next !== undefined; next = parser.next()) found.push(next);
    }
    expect(found).toEqual(commands);
    expect(parser.pendingBytes).toBe(0);
  });

  test('keeps every byte', () => {
    const value = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const parser = new RequestParser(defaultLimits);
    parser.feed(Buffer.from(`*1\r\n$256\r\n${value}\r\n`, 'latin1'));
    expect(parser.next()).toEqual([value]);
  });

  test('refuses a request that is too big as soon as it is announced', () => {
    const parser = new RequestParser({ ...defaultLimits, maxRequestBytes: 1000 });
    parser.feed(Buffer.from(`*3\r\n$600\r\n${'x'.repeat(600)}\r\n$600\r\n`));
    expect(() => parser.next()).toThrow('ERR Protocol error: too big request');
  });
});

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  ['"a b" \'c d\'', ['a b', 'c d']],
  [String.raw`"\x41\n\"\q"`, ['A\n"q']],
  [String.raw`'a\'b\n'`, [String.raw`a'b\n`]],
  ['""', ['']],
  ['  ', []],
  ['"a', undefined],
  ['"a"b', undefined],
  ["'a", undefined],
])('the line %j has the words %j', (line, words) => {
  expect(splitInline(line)).toEqual(words);
});
