import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import {
  dockerText,
  groovyScript,
  groovyText,
  indented,
  jsLiteral,
  jsonLiteral,
  oneLine,
  shellText,
} from '../../../../src/scaffold/render/template-helpers.ts';
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

describe('shell', () => {
  it('writes a word that a shell reads as that text', () => {
    // No process is given a NUL, and half a character is none.
    const texts = [...hostile.filter((text) => !/[\0\uD800]/.test(text)), '', "it's", '-n', '*', '~', 'a b', '#'];
    const script = `printf '%s\\0' ${texts.map((text) => shellText(text)).join(' ')}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
      texts.map((text) => `${text}\0`).join(''),
    );
    expect(shellText('plain/word:1.2')).toBe('plain/word:1.2');
  });
});

describe('groovy', () => {
  it('writes a literal in which nothing ends it and nothing is expanded', () => {
    expect(groovyText('it\'s "$HOME" \\ x')).toBe(String.raw`'it\'s "$HOME" \\ x'`);
    for (const text of hostile) expect(groovyText(text)).toMatch(/^'(?:[^'\\\n]|\\.)*'$/);
  });

  it('writes a script of several lines as a block', () => {
    expect(groovyScript('one', 8)).toBe("'one'");
    expect(groovyScript('echo "$A" \\\n\n  b', 8)).toBe(`'''\n        echo "$A" \\\\\n\n          b\n    '''`);
    expect(groovyScript("a '''\nb", 4)).toBe(String.raw`'''` + '\n    a ' + String.raw`\'\'\'` + "\n    b\n'''");
  });
});

describe('block', () => {
  it('moves every line but the first and empty ones', () => {
    expect(indented('a\nb\n\n  c\n', 2)).toBe('a\n  b\n\n    c\n');
  });
});
