import { describe, expect, test } from 'vitest';

import { parseExactly, renderExactly, scalarText } from '../../../src/gateway/json/exact-json.ts';
import { moveAt, removeAt, setAt, valueAt } from '../../../src/gateway/json/json-paths.ts';
import { isJsonType } from '../../../src/gateway/json/media-type.ts';

describe('JSON that is written again', () => {
  test.each([
    '{"id":12345678901234567890,"text":"12345678901234567890"}',
    '[1e400,-0,0.1234567890123456789,9007199254740993]',
    '{"a\\"1234567890123456789":[1234567890123456789],"b\\\\":-12345678901234567890.5e-3}',
    '[12345678901234567890',
    '"\\u0000#12345678901234567890"',
  ])('keeps every number of %s', (text) => {
    if (text.endsWith(']') || text.endsWith('}') || text.endsWith('"'))
      expect(renderExactly(parseExactly(text))).toBe(text);
    else expect(() => parseExactly(text)).toThrow(SyntaxError);
  });

  test('is what JSON.parse and JSON.stringify give, wherever a double holds the numbers', () => {
    for (let round = 0; round < 300; round += 1) {
      const text = JSON.stringify(randomValue(round, 4));
      expect(renderExactly(parseExactly(text))).toBe(text);
    }
  });

  test('gives numbers of any length as text for addresses', () => {
    const value = parseExactly('[12345678901234567890, 7, true, "x", null, {}]');
    expect((value as unknown[]).map(scalarText)).toEqual([
      '12345678901234567890',
      '7',
      'true',
      'x',
      undefined,
      undefined,
    ]);
  });
});

/** Some value that depends on the seed alone. */
function randomValue(seed: number, depth: number): unknown {
  const next = (seed * 7919 + depth * 104_729) % 7;
  if (depth === 0 || next < 3) return [seed * 1234.5, `"${seed}\\u{}1e5`, null, seed % 2 === 0, -seed][seed % 5];
  const items = Array.from({ length: next - 2 }, (_, index) => randomValue(seed + index * 31 + 1, depth - 1));
  return next % 2 === 0 ? items : Object.fromEntries(items.map((item, index) => [`k"${index}`, item]));
}

describe('a place in a document', () => {
  test('is found among own members and items alone', () => {
    const document = JSON.parse('{"a":[{"b":1},{"b":2}],"__proto__":{"c":3}}');
    expect(valueAt(document, ['a', '1', 'b'])).toBe(2);
    expect(valueAt(document, ['a', '01', 'b'])).toBeUndefined();
    expect(valueAt(document, ['a', 'length'])).toBeUndefined();
    expect(valueAt(document, ['constructor', 'name'])).toBeUndefined();
    expect(valueAt(document, ['__proto__', 'c'])).toBe(3);
    expect(valueAt('text', ['length'])).toBeUndefined();
  });

  test('with a star is every item of a list', () => {
    const document = { items: [{ id: 1, secret: 'x' }, { secret: 'y' }, 'text'] };
    removeAt(document, ['items', '*', 'secret']);
    moveAt(document, { from: ['items', '*', 'id'], to: ['items', '*', 'key', 'id'] });
    setAt(document, ['items', '*', 'kind'], { name: 'item' });
    expect(document).toEqual({
      items: [{ key: { id: 1 }, kind: { name: 'item' } }, { kind: { name: 'item' } }, 'text'],
    });
  });

  test('that is set gets a value of its own each time', () => {
    const value = { count: 0 };
    const document = { items: [{}, {}] };
    setAt(document, ['items', '*', 'meta'], value);
    setAt(document, ['items', '0', 'meta', 'count'], 1);
    expect(document).toEqual({ items: [{ meta: { count: 1 } }, { meta: { count: 0 } }] });
    expect(value).toEqual({ count: 0 });
  });

  test('never leads into a prototype', () => {
    const document = {};
    setAt(document, ['__proto__', 'polluted'], true);
    setAt(document, ['constructor', 'prototype', 'polluted'], true);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(document).toEqual({});
  });

  test('in a list is an index or the end', () => {
    const document = { list: ['a', 'b', 'c'] };
    setAt(document, ['list', '-'], 'd');
    setAt(document, ['list', '0'], 'A');
    setAt(document, ['list', '99'], 'x');
    setAt(document, ['list', ''], 'x');
    removeAt(document, ['list', '1']);
    expect(document).toEqual({ list: ['A', 'c', 'd'] });
  });
});

test('a JSON document is told by its type', () => {
  expect(['application/json', 'APPLICATION/JSON ; charset=utf-8', 'application/problem+json'].map(isJsonType)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['', 'text/plain', 'application/jsonl', 'text/html; x=application/json'].some(isJsonType)).toBe(false);
});
