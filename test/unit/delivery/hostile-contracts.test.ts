import { describe, expect, test } from 'vitest';

import { compareContracts } from '../../../src/delivery/contract/compare-contracts.ts';
import { openDocument } from '../../../src/delivery/contract/document.ts';

type Schemas = Readonly<Record<string, unknown>>;

const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

function content(name: string): object {
  return { content: { 'application/json': { schema: reference(name) } } };
}

function operation(name: string): object {
  return { post: { requestBody: content(name), responses: { 200: { description: '', ...content(name) } } } };
}

/** A document with an operation that takes and answers each schema. */
function documentOf(schemas: Schemas, operations: readonly string[] = Object.keys(schemas).slice(0, 1)): object {
  return {
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: Object.fromEntries(operations.map((name) => [`/${name}`, operation(name)])),
    components: { schemas },
  };
}

/** What breaks, as `rule message`; or the error that ends it. */
function compare(from: object, to: object): readonly string[] {
  try {
    const changes = compareContracts(openDocument(from, 'from.json'), openDocument(to, 'to.json'));
    return changes.filter(({ breaking }) => breaking).map(({ rule, message }) => `${rule} ${message}`);
  } catch (error) {
    return [String(error)];
  }
}

const list = (item: unknown, more: object = {}): object => ({
  type: 'object',
  properties: { next: item, ...more },
});

const chain = (last: object): Schemas => ({
  A: list(reference('B')),
  B: list(reference('C'), { back: reference('A') }),
  C: { type: 'object', properties: { back: reference('A'), end: last } },
});

const circle = (last: object): Schemas => ({
  A: list(reference('B'), { own: last }),
  B: list(reference('A')),
});

describe('schemas that contain themselves', () => {
  test.each<[string, Schemas, Schemas]>([
    ['by a property', { A: list(reference('A')) }, { A: list(reference('A')) }],
    ['in two steps and in one', { A: list(reference('B')), B: list(reference('A')) }, { A: list(reference('A')) }],
    ['by allOf', { A: { allOf: [reference('A'), list(reference('A'))] } }, { A: list(reference('A')) }],
    ['by the only alternative', { A: { anyOf: [reference('A')] } }, { A: { anyOf: [reference('A')] } }],
    [
      'by an alternative',
      { A: { anyOf: [reference('A'), { type: 'null' }] } },
      { A: { anyOf: [reference('A'), { type: 'null' }] } },
    ],
    ['by items', { A: { type: 'array', items: reference('A') } }, { A: { type: 'array', items: reference('A') } }],
    [
      'by joined parts',
      { A: { allOf: [reference('B'), reference('C')] }, B: list(reference('A')), C: list(reference('A')) },
      { A: { allOf: [reference('B'), reference('C')] }, B: list(reference('A')), C: list(reference('A')) },
    ],
  ])('%s: nothing differs', (_how, from, to) => {
    expect(compare(documentOf(from), documentOf(to))).toEqual([]);
  });

  test('a difference far down is told once for each direction, where it is first met', () => {
    expect(compare(documentOf(chain({ type: 'string' })), documentOf(chain({ type: 'integer' })))).toEqual([
      'request-type-narrowed POST /A takes "next.next.end": type string became integer',
      'response-type-widened POST /A answers 200 with "next.next.end": type string became integer',
    ]);
  });

  test('a shared schema is told for each operation that leads to it, also where a cycle was met before', () => {
    const from = documentOf(circle({ type: 'string' }), ['A', 'B']);
    const to = documentOf(circle({ type: 'integer' }), ['A', 'B']);
    expect(compare(from, to).filter((line) => line.startsWith('response'))).toEqual([
      'response-type-widened POST /A answers 200 with "own": type string became integer',
      'response-type-widened POST /B answers 200 with "next.own": type string became integer',
    ]);
  });
});

describe('documents that are made to keep us busy', () => {
  test('many operations over many schemas', () => {
    const names = Array.from({ length: 400 }, (_, index) => `S${index}`);
    const schemas = (type: string): Schemas =>
      Object.fromEntries(
        names.map((name, index) => [
          name,
          list(reference(`S${(index * 7 + 1) % 400}`), { other: reference(`S${(index + 1) % 400}`), own: { type } }),
        ]),
      );
    expect(compare(documentOf(schemas('string'), names), documentOf(schemas('string'), names))).toEqual([]);
    const other = { ...schemas('string'), S7: list(reference('S50'), { own: { type: 'integer' } }) };
    const found = compare(documentOf(schemas('string'), names), documentOf(other, names));
    // Of each operation, in both directions: one type changed, and one property is gone.
    expect(found).toHaveLength(400 * 2 * 2);
  });

  test('references in a chain', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `S${index}`,
        index === 4999 ? { type: 'string' } : reference(`S${index + 1}`),
      ]),
    );
    expect(compare(documentOf(schemas), documentOf(schemas))).toEqual([
      expect.stringMatching(/from\.json cannot be compared: the reference .* leads through too many others/),
    ]);
  });

  test('alternatives of one in a chain', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `S${index}`,
        { anyOf: [index === 4999 ? { type: 'string' } : reference(`S${index + 1}`)] },
      ]),
    );
    expect(compare(documentOf(schemas), documentOf(schemas))).toEqual([
      expect.stringMatching(/lead through too many others/),
    ]);
  });

  test('parts that double at every step', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `S${index}`,
        {
          allOf: [
            { properties: { a: reference(`S${(index + 1) % 60}`) } },
            { properties: { a: reference(`S${(index + 7) % 60}`) } },
          ],
        },
      ]),
    );
    const found = compare(documentOf(schemas), documentOf(schemas));
    expect(found.length).toBeLessThanOrEqual(1);
    if (found.length === 1) expect(found[0]).toMatch(/too many/);
  });

  test('names that are controls, quotes and lines', () => {
    const name = '\u001B[2J\n"\u202E';
    const found = compare(
      documentOf({ A: { type: 'object', properties: { [name]: { type: 'string' } } } }),
      documentOf({ A: { type: 'object' } }),
    );
    expect(found).toHaveLength(2);
    for (const control of ['\u001B', '\n', '\u202E']) expect(found.join('')).not.toContain(control);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    const schema = (type: string): object =>
      JSON.parse(`{"type":"object","properties":{"${name}":{"type":"${type}"}}}`) as object;
    const schemas = (type: string): Schemas => JSON.parse(`{"${name}":${JSON.stringify(schema(type))}}`) as Schemas;
    const document = (type: string): object => documentOf(schemas(type), [name]);
    expect(compare(document('string'), document('string'))).toEqual([]);
    expect(compare(document('string'), document('integer'))).toEqual([
      `request-type-narrowed POST /${name} takes "${name}": type string became integer`,
      `response-type-widened POST /${name} answers 200 with "${name}": type string became integer`,
    ]);
    expect(compare(documentOf({ A: { type: 'string' } }), documentOf({ A: reference(name) }))).toEqual([
      expect.stringMatching(/to\.json cannot be compared: the reference .* leads nowhere/),
    ]);
  });

  test.each([
    [null],
    [[]],
    ['text'],
    [7],
    [{ openapi: 3.1 }],
    [{ openapi: '3.1.0', paths: [] }],
    [{ openapi: '3.1.0', paths: { '/a': { get: 1 } } }],
  ])('%j ends well', (value) => {
    const found = compare(value as object, value as object);
    expect(found.every((line) => line.includes('cannot be compared'))).toBe(true);
  });
});
