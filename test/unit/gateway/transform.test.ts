import { describe, expect, test } from 'vitest';

import { changeJson } from '../../../src/gateway/transform/change-json.ts';
import { changeQuery } from '../../../src/gateway/transform/change-query.ts';

const noChange = { remove: [], rename: [], set: [] };

describe('a query', () => {
  test.each([
    ['', {}, ''],
    ['?', {}, ''],
    ['?a=1&b=%20&&c', {}, '?a=1&b=%20&c'],
    ['?a=1&debug=1&d%65bug&debug=2', { remove: ['debug'] }, '?a=1'],
    ['?q=a+b&x', { rename: [['q', 'search']] }, '?search=a+b&x'],
    ['?q=1&search=2', { rename: [['q', 'search']] }, '?search=1'],
    ['?search=2', { rename: [['q', 'search']] }, '?search=2'],
    ['?v=1&a=2&v=3', { set: [['v', 'a&b=ö']] }, '?a=2&v=a%26b%3D%C3%B6'],
    ['?%=1&%E4=2', { remove: ['ä'] }, '?%=1&%E4=2'],
  ] as const)('%j with %j is %j', (query, change, expected) => {
    expect(changeQuery(query, { ...noChange, ...change })).toBe(expected);
  });
});

describe('a body', () => {
  test('is picked, cut, renamed, added to and wrapped in this order', () => {
    const document = { data: { id: 1, secret: 'x', items: [{ q: 2 }] }, meta: {} };
    const change = {
      pick: ['data'],
      remove: [['secret']],
      rename: [
        [['id'], ['order', 'id']],
        [
          ['items', '*', 'q'],
          ['items', '*', 'quantity'],
        ],
      ],
      set: [[['order', 'source'], 'web']],
      wrap: 'result',
    } as const;
    expect(changeJson(document, change)).toEqual({
      result: { order: { id: 1, source: 'web' }, items: [{ quantity: 2 }] },
    });
  });

  test('of another form than expected is left where it differs', () => {
    const change = { ...noChange, remove: [['a', 'b']], rename: [[['x'], ['y']]], set: [[['a', 'c'], 1]] } as const;
    expect(changeJson('text', change)).toBe('text');
    expect(changeJson([1], change)).toEqual([1]);
    expect(changeJson({ a: 'text' }, change)).toEqual({ a: 'text' });
    expect(changeJson({}, { ...noChange, pick: ['none'] })).toBeNull();
  });
});
