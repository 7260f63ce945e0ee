import { describe, expect, test } from 'vitest';

import { fieldOf, listOf, removeField, setField } from '../../../src/gateway/http/fields.ts';
import { addVary } from '../../../src/gateway/http/vary.ts';

describe('fields in a list', () => {
  test('are found whatever their case, the first or all lines as one', () => {
    const fields = ['X-A', '1', 'x-b', '2', 'x-a', '3'];
    expect(fieldOf(fields, 'x-a')).toBe('1');
    expect(listOf(fields, 'x-a')).toBe('1, 3');
    expect(listOf(fields, 'x-c')).toBeUndefined();
    expect(listOf(['x-a', ''], 'x-a')).toBe('');
  });

  test('are replaced, all lines of one by one, or taken out', () => {
    const fields = ['X-A', '1', 'x-b', '2', 'x-a', '3'];
    setField(fields, 'x-a', '4');
    expect(fields).toEqual(['x-b', '2', 'x-a', '4']);
    removeField(fields, 'x-b');
    expect(fields).toEqual(['x-a', '4']);
  });
});

describe('what an answer differs by', () => {
  test.each([
    [[], ['vary', 'Origin']],
    [
      ['Vary', ''],
      ['vary', 'Origin'],
    ],
    [
      ['Vary', 'Accept'],
      ['vary', 'Accept, Origin'],
    ],
    [
      ['vary', 'Accept', 'Vary', 'X-A'],
      ['vary', 'Accept, X-A, Origin'],
    ],
    [
      ['Vary', 'origin'],
      ['Vary', 'origin'],
    ],
    [
      ['Vary', '*'],
      ['Vary', '*'],
    ],
  ])('%j and by one more field', (fields, expected) => {
    const copy = [...fields];
    addVary(copy, 'Origin');
    expect(copy).toEqual(expected);
  });
});
