import { describe, expect, it } from 'vitest';
import { clientOf, declared, documentOf } from './documents.ts';

const typed = (schema: unknown, openapi?: string) =>
  declared({ Thing: schema, Other: { type: 'object' } }, 'Thing', openapi);

describe('the type of a schema', () => {
  it.each([
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'string', nullable: true }, 'string | null'],
    [{ enum: ['a', 1, true, null] }, "'a' | 1 | true | null"],
    [{ const: "it's" }, String.raw`'it\'s'`],
    [{ const: { a: 1 } }, 'unknown /* a constant that is no scalar */'],
    [{ enum: [] }, 'never'],
    [JSON.parse('{"const": 1e999}'), 'number'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, 'readonly (string | null)[]'],
    [{ type: 'array', items: { type: 'array', items: {} } }, 'readonly (readonly unknown[])[]'],
    [{ prefixItems: [{}] }, 'readonly unknown /* a tuple */[]'],
    [{ oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'string' }] }, 'string | number'],
    [{ anyOf: [{ $ref: '#/components/schemas/Other' }, { type: 'null' }] }, 'Other | null'],
    [
      { allOf: [{ $ref: '#/components/schemas/Other' }, { properties: { a: { type: 'string' } }, required: ['a'] }] },
      'Other & { readonly a: string }',
    ],
    [
      { type: 'object', allOf: [{ $ref: '#/components/schemas/Other' }], oneOf: [{ const: 1 }, { const: 2 }] },
      'Other & (1 | 2)',
    ],
    [true, 'unknown'],
    [false, 'never'],
    [{}, 'unknown'],
    [{ type: 'file' }, 'unknown /* no type of JSON Schema */'],
    ['no schema', 'unknown /* not a schema */'],
    [{ $ref: 'https://elsewhere.example/schema.json' }, 'unknown /* described in another document */'],
    [{ $ref: '#/components/schemas/Missing' }, 'unknown /* the reference leads nowhere */'],
    [{ $ref: '#/components/schemas/constructor' }, 'unknown /* the reference leads nowhere */'],
    [{ $ref: '#/components/schemas/Thing' }, 'unknown /* it describes only itself */'],
    [{ oneOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'string' }] }, 'unknown /* it describes only itself */'],
  ])('of %j is right', (schema, type) => {
    expect(typed(schema)).toBe(`export type Thing = ${type};`);
  });

  it('of an object is an interface with what the document says about its members', () => {
    const schema = {
      type: 'object',
      description: 'A thing',
      properties: {
        id: { type: 'string', description: 'Unique' },
        'full-name': { type: 'string', deprecated: true },
        inner: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'number' } },
        parent: { $ref: '#/components/schemas/Thing' },
      },
      required: ['id'],
    };
    expect(typed(schema)).toMatchInlineSnapshot(`
      "export interface Thing {
        /** Unique */
        readonly id: string;
        /** @deprecated */
        readonly 'full-name'?: string;
        readonly inner?: { readonly a?: string; readonly [name: string]: unknown };
        readonly parent?: Thing;
      }"
    `);
  });

  it('of a map is an index signature, also when it holds itself', () => {
    const map = { type: 'object', additionalProperties: { $ref: '#/components/schemas/Thing' } };
    expect(typed(map)).toBe('export interface Thing {\n  readonly [name: string]: Thing;\n}');
  });

  it('of schemas that are made of each other is unknown only where the circle closes', () => {
    const schemas = {
      Thing: {
        oneOf: [
          { $ref: '#/components/schemas/Middle' },
          { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
        ],
      },
      Middle: {
        allOf: [{ $ref: '#/components/schemas/End' }, { properties: { a: { $ref: '#/components/schemas/Thing' } } }],
      },
      End: { $ref: '#/components/schemas/Middle' },
    };
    expect(declared(schemas)).toBe('export type Thing = Middle | readonly Thing[];');
    expect(declared(schemas, 'Middle')).toBe('export interface Middle {\n  readonly a?: Thing;\n}');
    expect(declared(schemas, 'End')).toBe('export type End = Middle;');
  });

  it('of more combinations than TypeScript takes is unknown', () => {
    const choice = { oneOf: Array.from({ length: 60 }, (_, index) => ({ const: index })) };
    const other = { oneOf: Array.from({ length: 60 }, (_, index) => ({ const: String(index) })) };
    const third = { oneOf: Array.from({ length: 60 }, (_, index) => ({ const: `n${index}` })) };
    expect(typed({ allOf: [choice, other, third] })).toContain('unknown /* too many combinations */');
    expect(typed({ allOf: [choice, other] })).not.toContain('unknown');
  });

  it('is not written when no operation needs it', () => {
    expect(typed({ type: 'string' })).not.toContain('Other');
    expect(declared({ Thing: {}, Other: {} }, 'Other')).toBe('');
  });

  it('puts long unions on lines of their own', () => {
    const text = typed({ enum: Array.from({ length: 12 }, (_, index) => `a rather long value ${index}`) });
    expect(text.split('\n')).toHaveLength(13);
    expect(text).toContain("export type Thing =\n  | 'a rather long value 0'\n  | ");
  });

  it('gives no two schemas one name, nor one that the client needs itself', () => {
    const names = ['order-line', 'orderLine', 'OrderLine', 'Promise', '1st', '名'];
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/schemas/${name}` }]));
    const schemas = Object.fromEntries(names.map((name) => [name, { const: name }]));
    const text = clientOf(documentOf({ Thing: { properties }, ...schemas }));
    const types = [...text.matchAll(/^export type (\w+) = '/gm)].map(([, name]) => name);
    expect(types).toEqual(['OrderLine', 'OrderLine2', 'OrderLine3', 'Promise2', 'Schema1st', 'Schema']);
  });
});
