import { describe, expect, test } from 'vitest';

import type { Path } from '../../../src/model/problem.ts';
import { readDocument } from '../../../src/model/yaml/read-document.ts';
import { readPlain } from '../../../src/model/yaml/read-plain.ts';
import { deliveryYaml } from '../../support/delivery-workspace.ts';
import { workspaceTexts } from '../../support/workspace-texts.ts';

/** Every value of a document with the path that leads to it. */
function* walk(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inside] of Object.entries(value))
    yield* walk(inside, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** What the full reader makes of a text, with how each scalar was written; undefined when it has anything to complain of. */
function readFully(text: string): unknown {
  const reading = readDocument(text);
  if (!reading.ok || reading.document.findings.length > 0 || !reading.document.complete) return undefined;
  const { value, sourceMap } = reading.document;
  return describeDocument(value, (path) => sourceMap.entry(path)?.source);
}

function describeDocument(value: unknown, source: (path: Path) => string | undefined): unknown {
  return Array.from(walk(value), ([path, inside]) => [
    path,
    typeof inside === 'object' && inside !== null ? Object.keys(inside) : inside,
    source(path),
  ]);
}

/** True when the text was plain enough; fails the test when it then means anything else than it does. */
function agrees(text: string): boolean {
  const plain = readPlain(text);
  if (plain === undefined) return false;
  expect(describeDocument(plain.value, plain.source), text).toEqual(readFully(text));
  return true;
}

/** What of it is YAML without any problem. */
function corpus(): readonly string[] {
  return [deliveryYaml, ...workspaceTexts()].filter((text) => readFully(text) !== undefined);
}

const plainSpellings = [
  'a: 1',
  'a: 1.10\nb: 0.5\nc: 0\nd: 123456789012345',
  'a: true\nb: false\nc: null',
  'a:\nb:\n',
  'a: # nothing\nb: 1 # one\n# more\n  # indented\nc: x#y',
  'a: "x # y: z"\nb: \'it is "quoted"\'\nc: ""\nd: \'\'',
  "a: it's\nb: x [y] {z}, a\nc: http://x:80/y?z=1&a=2",
  'a: [1, two, "three", [4, 5], { b: c, d: [] }]\ne: []\nf: {}\ng: [ a , b ] # and so on',
  'a: { b: http://x/y, c: 10s, d: "e" }',
  'a:\n  - 1\n  - two words\nb:\n- 3\n- x: 1\n  y:\n  - 2\nc: 4',
  'a:\n  - b: 1\n    c:\n      d: 2\n  -   e: 3\n      f: 4',
  'a:\n    b:\n        c: 1\n    d: 2',
  'constructor: 1\nhasOwnProperty: 2\ntoString: 3',
  'a: 10s\nb: 1m\nc: 1.2.3\nd: 8080:80\ne: 1e\nf: 12ab\ng: 1_000\nh: 0b1',
  'a: yes\nb: no\nc: on\nd: 2026-01-01\ne: y',
  'a: b\r\nc:\r\n  - d\r\n',
  'a: Grüße – „hier“\n',
  'a.b-c/d_e: 1',
  'a: x   y',
  'a: b  \nc: "d"   \n',
];

const oddSpellings = [
  'a: &x 1\nb: *x',
  'a: &x { b: 1 }\nc:\n  <<: *x\n  d: 2',
  '<<: { a: 1 }',
  'a: !!str 1',
  'a: !tag b',
  'a: |\n  text\n  more\n',
  'a: >-\n  text\n  more\n',
  'a: one\n  two',
  'a: "one\n  two"',
  "a: 'one\n\n  two'",
  'a: "\\u0041\\n"',
  "a: 'it''s'",
  '"a": 1',
  "'a b': 1",
  '? a\n: 1',
  'a b: 1',
  'a : 1',
  'a:1',
  '1: a',
  'null: a',
  'true: a',
  '~: a',
  '__proto__: a',
  'a: { __proto__: { b: 1 } }',
  'constructor: 1\nconstructor: 2',
  'a: 1\na: 2',
  'a: { b: 1, b: 2 }',
  'a: [1,\n  2]',
  'a: {b: 1\n}',
  'a: [1, 2, ]',
  'a: [, 1]',
  'a: [b: 1]',
  'a: {b}',
  'a: {b: }',
  'a: {b:1}',
  'a: {"b":1}',
  'a: { b: c #d }',
  'a: [x y, "z" w]',
  'a: -1\nb: +1\nc: .5\nd: 1.\ne: 1e3\nf: 0x1F\ng: 0o17\nh: 017\ni: .inf\nj: -.INF\nk: .nan',
  'a: True\nb: FALSE\nc: Null\nd: ~',
  'a: 1234567890123456789',
  'a: 1.12345678',
  '---\na: 1',
  'a: 1\n---\nb: 2',
  'a: 1\n...\n',
  '%YAML 1.2\n---\na: 1',
  '- a\n- b',
  'a',
  '',
  '# nothing',
  'a:\n\tb: 1',
  'a:\tb',
  'a: b\tc',
  'a:\n  b: 1\n c: 2',
  'a:\n b: 1\n  c: 2',
  ' a: 1\nb: 2',
  '  a: 1\n  b: 2',
  'a: 1\n  b: 2',
  'a: [1]\n  b: 2',
  'a:\n  - 1\n b: 2',
  'a:\n  - 1\n    - 2',
  'a:\n  - - 1\n    - 2',
  'a:\n  -\n    b: 1',
  'a:\n  - b: 1\n   c: 2',
  'a:\n  - b\n  c: 1',
  'a: - b',
  'a: b: c',
  'a: b:',
  'a: @b',
  'a: `b`',
  'a: %b',
  'a: *b',
  'a: "b',
  'a: "b" c',
  'a: "b"#c',
  'a: "b" #c',
  'a: [b]#c',
  'a: [b] c',
  'a: [b',
  'a: b]',
  'a: #b',
  'a:  #b\n  c: 1',
  'a: b #c\n  d',
  'a: b\u0085c',
  'a: b\u2028c',
  'a: b\u00A0\nc: \u00A0d',
  'a: b\rc: d',
  '\uFEFFa: 1',
  'a: \u{1F600}',
  `a: ${'['.repeat(30)}${']'.repeat(30)}`,
  Array.from({ length: 30 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  `${'a'.repeat(300)}: 1`,
];

describe('the quick reader', () => {
  test.each(plainSpellings)('takes %j for what it is', (text) => {
    expect(agrees(text)).toBe(true);
  });

  test.each(oddSpellings)('leaves %j to the full reader, or means the same', (text) => {
    agrees(text);
  });

  test('reads what the documentation shows, and means the same', () => {
    const texts = corpus();
    const read = texts.filter(agrees);
    expect(texts.length).toBeGreaterThan(80);
    // Were it to read hardly any, it would agree with everything and be of no use.
    expect(read.length / texts.length).toBeGreaterThan(0.8);
  });

  test('means the same of every file that is nearly one of those', () => {
    const random = seeded(5);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const texts = [...corpus(), ...plainSpellings, ...oddSpellings].filter(({ length }) => length < 1500);
    const scraps = [
      ...Array.from(' \n:#-,[]{}"\'&*!|>?%@`~<=.0e_/\\\t\r'),
      '  ',
      ': ',
      ' #',
      '\n  ',
      '- ',
      '\n- ',
      '<<: ',
      '*a',
      '&a ',
      '---\n',
      "''",
      '0x1',
      '1e3',
      'null',
      'true',
      ' a: b',
      '\n\n',
    ];
    let plain = 0;
    for (let round = 0; round < 20_000; round += 1) {
      let text = pick(texts);
      const edits = 1 + Math.floor(random() * 3);
      for (let edit = 0; edit < edits; edit += 1) {
        const at = Math.floor(random() * (text.length + 1));
        const removed = random() < 0.5 ? 0 : Math.floor(random() * 4);
        text = text.slice(0, at) + (random() < 0.7 ? pick(scraps) : '') + text.slice(at + removed);
      }
      if (agrees(text)) plain += 1;
    }
    expect(plain).toBeGreaterThan(2000);
  });
});

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
