import { expect, test } from 'vitest';

import { createLineSplitter, maxLineBytes } from '../../../src/supervisor/logs/split-lines.ts';

/** The lines of a stream that comes in these pieces. */
function linesOf(...pieces: readonly string[]): readonly string[] {
  const splitter = createLineSplitter();
  const lines = pieces.flatMap((piece) => splitter.push(Buffer.from(piece)));
  return [...lines, ...splitter.finish()].map((line) => line.toString());
}

test('lines come whole, however the stream is cut', () => {
  const text = 'one\n\ntwo and more\nthree';
  for (let first = 0; first <= text.length; first++)
    for (let second = first; second <= text.length; second++)
      expect(linesOf(text.slice(0, first), text.slice(first, second), text.slice(second))).toEqual([
        'one',
        '',
        'two and more',
        'three',
      ]);
});

test('nothing gives no line, and an end gives one that is empty', () => {
  expect(linesOf('')).toEqual([]);
  expect(linesOf('\n')).toEqual(['']);
});

test('a long line comes in pieces, also when it never ends', () => {
  const long = 'x'.repeat(maxLineBytes);
  expect(linesOf(`${long}\n`)).toEqual([long]);
  expect(linesOf(`${long}y\n`)).toEqual([long, 'y']);
  const splitter = createLineSplitter();
  const pushed = Array.from({ length: 100 }, () => splitter.push(Buffer.from('z'.repeat(1000)))).flat();
  expect(pushed.map(({ length }) => length)).toEqual(Array.from({ length: 6 }, () => maxLineBytes));
  expect(splitter.finish().map(({ length }) => length)).toEqual([100_000 - 6 * maxLineBytes]);
});

test('characters that a cut divides are whole again', () => {
  const splitter = createLineSplitter();
  const bytes = Buffer.from('größer\n');
  const lines = [...bytes].flatMap((byte) => splitter.push(Buffer.from([byte])));
  expect(lines.map((line) => line.toString())).toEqual(['größer']);
});
