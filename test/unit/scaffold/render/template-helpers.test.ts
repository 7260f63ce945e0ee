import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { dockerText, jsLiteral, jsonLiteral, oneLine } from '../../../../src/scaffold/render/template-helpers.ts';
import { randomTexts } from '../random-texts.ts';

const hostile = randomTexts(
  500,
  String.raw`*/ /* ${'`'} ${'$'}{ $ " ' \ </script> <!-- --> <b> // # : - {{ }} a`
    .split(' ')
    .concat([
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      '\0',
      '\u007F',
      '\u0085',
      '\u202E',
      '\uFEFF',
      '\uD800',
      '*\u200B/',
      '$\u200B{',
      ' ',
      '\t',
      '😀',
    ]),
);

describe('a literal', () => {
  it('means the same in JavaScript, JSON and YAML', () => {
    for (const text of hostile) {
      const literal = jsonLiteral(text);
      expect(runInNewContext(literal)).toBe(text);
      expect(JSON.parse(literal)).toBe(text);
      expect(parse(literal)).toBe(text);
    }
  });

  it('has no character that ends a line, a script or turns the reading direction', () => {
    for (const text of hostile) expect(jsonLiteral(text)).not.toMatch(/[\n\r\u2028\u2029\u202E\uFEFF]|<\//);
  });

  it('of a list or object is one too', () => {
    expect(jsonLiteral({ a: ['</b>', null, 1] })).toBe(String.raw`{"a":["<\/b>",null,1]}`);
  });
});

describe('a literal in the style of our code', () => {
  it('has single quotes unless that takes more escapes, and blanks in lists', () => {
    expect(jsLiteral(['s', 'the "m"', "it's", 1, true])).toBe(`['s', 'the "m"', "it's", 1, true]`);
  });

  it('means the same, whatever the text says', () => {
    for (const text of hostile) {
      expect(runInNewContext(jsLiteral(text))).toBe(text);
      expect(runInNewContext(jsLiteral([text, text]))).toEqual([text, text]);
    }
  });
});

describe('text for a comment', () => {
  it('stays what it was when it is harmless', () => {
    expect(oneLine('Takes orders: 5 > 4, 3 < 4, costs $5 (ca. 50%).')).toBe(
      'Takes orders: 5 > 4, 3 < 4, costs $5 (ca. 50%).',
    );
  });

  it('never ends the comment, the line or the template literal it stands in, and is no HTML', () => {
    for (const text of hostile) {
      const line = oneLine(text);
      expect(line).not.toMatch(/[\n\r\u2028\u2029\0\u202E]|\*\/|\/\*|`|\$\{|<[a-z/!]/i);
      expect(runInNewContext(`/* ${line} */ 1`)).toBe(1);
      expect(runInNewContext(`// ${line}\n1`)).toBe(1);
    }
  });
});

describe('text for a Dockerfile', () => {
  it('is expanded by nobody', () => {
    expect(dockerText('a "b" $HOME \\ `c`\nRUN x')).toBe(String.raw`a \"b\" \$HOME \\ 'c' RUN x`);
    for (const text of hostile) expect(dockerText(text).replaceAll(/\\["\\$]/g, '')).not.toMatch(/["\\$\n\r]/);
  });
});
