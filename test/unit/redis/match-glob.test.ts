import { expect, test } from 'vitest';

import { createGlobMatcher } from '../../../src/redis/match-glob.ts';

test.each([
  ['*', '', true],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxbyy', false],
  ['h?llo', 'hello', true],
  ['h?llo', 'hllo', false],
  ['h[ae]llo', 'hallo', true],
  ['h[^e]llo', 'hello', false],
  ['h[c-a]llo', 'hbllo', true],
  [String.raw`h\*`, 'h*', true],
  [String.raw`h\*`, 'hx', false],
  [String.raw`[\]]`, ']', true],
  ['[abc', 'c', true],
  ['', '', true],
  ['', 'a', false],
])('%j against %j: %s', (pattern, text, expected) => {
  expect(createGlobMatcher(pattern)(text)).toBe(expected);
});
