import { describe, expect, test } from 'vitest';

import { formatDouble, parseDouble } from '../../../src/redis/numbers/doubles.ts';
import { addIntegers, parseInteger } from '../../../src/redis/numbers/integers.ts';
import { addLongDoubles, parseLongDouble } from '../../../src/redis/numbers/long-doubles.ts';

test.each(['0', '7', '-7', '9223372036854775807', '-9223372036854775808'])('%s is an integer', (text) => {
  expect(parseInteger(text)).toBe(BigInt(text));
});

test.each(['', ' 1', '1 ', '+1', '01', '-0', '1.0', '1e3', '9223372036854775808', 'x'])('%j is no integer', (text) => {
  expect(parseInteger(text)).toBeUndefined();
});

test('a sum beyond 64 bits is none', () => {
  expect(addIntegers('9223372036854775807', -1n)).toBe(9_223_372_036_854_775_806n);
  expect(addIntegers('9223372036854775807', 1n)).toBeUndefined();
  expect(addIntegers('-9223372036854775808', -1n)).toBeUndefined();
});

test.each([
  ['1', 1],
  ['+.5', 0.5],
  ['5.', 5],
  ['-1e3', -1000],
  ['0x10', 16],
  ['INF', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
])('%s is the double %d', (text, value) => {
  expect(parseDouble(text)).toBe(value);
});

test.each(['', ' 1', '1 ', 'nan', '1e400', '1e-400', '.', 'e5', '0x', '1_0'])('%j is no double', (text) => {
  expect(parseDouble(text)).toBeUndefined();
});

test.each([
  [3, '3'],
  [-1.5, '-1.5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e17, '100000000000000000'],
  [1e19, '1e+19'],
  [1e-7, '1e-7'],
  [0.000_001, '0.000001'],
  [123_456_789.123_456_8, '1.234567891234568e+8'],
  [Number.NEGATIVE_INFINITY, '-inf'],
])('the double %d is written %s', (value, text) => {
  expect(formatDouble(value)).toBe(text);
});

describe('sums of decimal fractions are those of x86 long doubles', () => {
  test.each([
    ['0.1', '0.2', '0.3'],
    ['3.0e3', '200', '3200'],
    ['5005.6', '1e-30', '5005.60000000000000009'],
    ['1', '-1', '0'],
    ['0', '1e-20', '0'],
    ['100000000000000000', '1234567.891', '100000000001234567.890625'],
  ])('%s + %s = %s', (left, right, sum) => {
    expect(add(left, right)).toBe(sum);
  });

  test.each(['', 'x', '.', '1e5000', 'nan', '1 '])('%j is none', (text) => {
    expect(parseLongDouble(text)).toBeUndefined();
  });
});

function add(left: string, right: string): string | undefined {
  const [first, second] = [parseLongDouble(left), parseLongDouble(right)];
  if (first === undefined || second === undefined || first === 'infinite' || second === 'infinite') return undefined;
  return addLongDoubles(first, second);
}
