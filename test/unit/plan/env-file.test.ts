import { describe, expect, test } from 'vitest';

import { parseEnvFile } from '../../../src/plan/env-file.ts';

describe('parseEnvFile', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\uFEFFA=1', { A: '1' }],
    ['  export A = 1  ', { A: '1' }],
    ['# nothing\n\nA=1 # one', { A: '1' }],
    ['A=one#two', { A: 'one#two' }],
    ['A=', { A: '' }],
    ['A= # empty', { A: '' }],
    ['A=b=c', { A: 'b=c' }],
    ['A=$HOME/${B}', { A: '$HOME/${B}' }],
    [String.raw`A="one\ntwo\t\"three\" \\ \$x \q"`, { A: 'one\ntwo\t"three" \\ $x \\q' }],
    [String.raw`A='one\n "two"' # as it is`, { A: String.raw`one\n "two"` }],
    ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ["KEY='-----BEGIN\nabc\n-----END'", { KEY: '-----BEGIN\nabc\n-----END' }],
    ['A=1\nA=2', { A: '2' }],
    ['A=""', { A: '' }],
  ])('%j', (text, values) => {
    expect(parseEnvFile(text)).toEqual({ values, problems: [] });
  });

  test.each([
    ['A=1\n2B=3', [{ line: 2, message: 'is no `NAME=value` with a name of letters, digits and `_`' }]],
    ['just words', [{ line: 1, message: 'is no `NAME=value` with a name of letters, digits and `_`' }]],
    ['__proto__=1', [{ line: 1, message: 'is no `NAME=value` with a name of letters, digits and `_`' }]],
    ['\nA="open\nB=1', [{ line: 2, message: 'begins with ", which nothing closes' }]],
    ['A="one" two', [{ line: 1, message: 'has text behind the closing "' }]],
  ])('refuses %j with the line', (text, problems) => {
    expect(parseEnvFile(text).problems).toEqual(problems);
  });

  test('goes on behind a wrong line, so that every one of them is told', () => {
    expect(parseEnvFile('one\nA=1\ntwo')).toMatchObject({ values: { A: '1' }, problems: [{ line: 1 }, { line: 3 }] });
  });
});
