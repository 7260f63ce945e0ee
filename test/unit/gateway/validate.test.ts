import { describe, expect, test } from 'vitest';

import { checkBody, findOperation, planAnswer, planBody } from '../../../src/gateway/validate/check-message.ts';
import { checkParameters } from '../../../src/gateway/validate/check-parameters.ts';
import { dropInvalid, SchemaChecker } from '../../../src/gateway/validate/compile-schemas.ts';
import { PathTable } from '../../../src/gateway/validate/path-table.ts';
import { readPattern } from '../../../src/gateway/validate/patterns.ts';
import { readContract } from '../../../src/gateway/validate/read-contract.ts';
import { finish } from '../../support/finish.ts';

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly responses?: unknown;
}

function contractOf(paths: Record<string, Record<string, Operation>>, more: Record<string, unknown> = {}) {
  const contract = finish(readContract({ openapi: '3.1.0', paths, ...more }));
  finish(dropInvalid(contract.schemas));
  return { contract, checker: new SchemaChecker(contract.schemas) };
}

/** The errors of a JSON body that goes to an operation with this schema. */
function bodyErrors(schema: unknown, body: unknown, more: Record<string, unknown> = {}): readonly string[] {
  const requestBody = { required: true, content: { 'application/json': { schema } } };
  const { contract, checker } = contractOf({ '/a': { post: { requestBody } } }, more);
  const found = findOperation(contract, 'POST', '/a');
  if ('unknown' in found) throw new Error('the operation is not found');
  const plan = planBody(found.operation, { fields: ['content-type', 'application/json'], hasBody: true });
  if (plan.kind !== 'check') throw new Error(`the body is not checked: ${plan.kind}`);
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return checkBody(bytes, plan.schema, checker).map(({ pointer, detail }) => `${pointer}: ${detail}`);
}

/** The errors of a request's parameters. */
function parameterErrors(
  parameters: readonly unknown[],
  request: { path?: string; query?: string; fields?: string[] },
) {
  const { contract, checker } = contractOf({ '/a/{id}': { get: { parameters } } });
  const found = findOperation(contract, 'GET', request.path ?? '/a/1');
  if ('unknown' in found) throw new Error('the operation is not found');
  const source = { path: found.path, query: request.query ?? '', fields: request.fields ?? [] };
  return checkParameters(found.operation.parameters, source, checker).map((error) => {
    return `${error.in} ${error.pointer}: ${error.detail}`;
  });
}

describe('path templates', () => {
  test.each([
    ['/pets/mine', '/pets/mine', {}],
    ['/pets/7', '/pets/{id}', { id: '7' }],
    ['/pets/7/toys', '/pets/{id}/toys', { id: '7' }],
    ['/pets/mine/toys', '/pets/mine/{what}', { what: 'toys' }],
    ['/files/a.b.json', '/files/{name}.json', { name: 'a.b' }],
    ['/files/a.xml', '/files/{name}', { name: 'a.xml' }],
    ['/between/1-2', '/between/{from}-{to}', { from: '1', to: '2' }],
    ['/caf%C3%A9/x', '/café/{id}', { id: 'x' }],
    ['/', '/', {}],
    ['/pets', undefined, {}],
    ['/pets/', undefined, {}],
    ['/pets/7/', undefined, {}],
    ['/files/.json', '/files/{name}', { name: '.json' }],
    ['/between/-2', undefined, {}],
  ])('%s is %s', (path, template, parameters) => {
    const templates = ['/pets/{id}', '/pets/mine', '/pets/{id}/toys', '/pets/mine/{what}', '/', '/café/{id}'];
    const files = ['/files/{name}', '/files/{name}.json', '/between/{from}-{to}'];
    const table = new PathTable([...templates, ...files].map((text) => [text, text] as const));
    const found = table.find(path);
    expect(found?.value).toBe(template);
    expect(Object.fromEntries(found?.parameters ?? [])).toEqual(parameters);
  });

  test('come after what stands there in plain text, in whatever order they are given', () => {
    const given = ['/a/{x}', '/a/b', '/{y}/b', '/{y}/{z}'];
    for (const templates of [given, given.toReversed()]) {
      const table = new PathTable(templates.map((text) => [text, text] as const));
      expect(['/a/b', '/a/c', '/c/b', '/c/d'].map((path) => table.find(path)?.value)).toEqual([
        '/a/b',
        '/a/{x}',
        '/{y}/b',
        '/{y}/{z}',
      ]);
    }
  });
});

describe('an operation', () => {
  const { contract } = contractOf(
    { '/a': { get: {}, post: {} } },
    { servers: [{ url: 'https://shop.example/api/v1/' }, { url: '{scheme}://x' }] },
  );

  test('is found by path and method', () => {
    expect(findOperation(contract, 'GET', '/a')).toHaveProperty('operation');
    expect(findOperation(contract, 'HEAD', '/a')).toHaveProperty('operation');
    expect(findOperation(contract, 'GET', '/api/v1/a')).toHaveProperty('operation');
    expect(findOperation(contract, 'DELETE', '/a')).toEqual({ unknown: 'method', allowed: ['GET', 'POST'] });
    expect(findOperation(contract, 'GET', '/b')).toEqual({ unknown: 'path' });
    expect(findOperation(contract, 'GET', '/__proto__')).toEqual({ unknown: 'path' });
  });
});

describe('parameters', () => {
  const integer = { type: 'integer', minimum: 1 };

  test.each([
    ['/a/7', []],
    ['/a/x', ['path /id: must be integer']],
    ['/a/0', ['path /id: must be >= 1']],
    ['/a/1.5', ['path /id: must be integer']],
    ['/a/0x10', ['path /id: must be integer']],
    ['/a/%201', ['path /id: must be integer']],
    ['/a/1e3', []],
    ['/a/%FF', ['path /id: must be encoded as UTF-8 in percents']],
  ])('of the path: %s', (path, expected) => {
    expect(parameterErrors([{ name: 'id', in: 'path', schema: integer }], { path })).toEqual(expected);
  });

  test.each([
    [{ schema: integer }, '?n=5', []],
    [{ schema: integer }, '?n=', ['query /n: must be integer']],
    [{ schema: integer }, '?n', ['query /n: must be integer']],
    [{ schema: integer }, '?n=1&n=2', ['query /n: must be given once']],
    [{ schema: integer }, '?m=1', []],
    [{ schema: integer, required: true }, '?m=1', ['query /n: is required']],
    [{ schema: { type: 'boolean' } }, '?n=true', []],
    [{ schema: { type: 'boolean' } }, '?n=1', ['query /n: must be boolean']],
    [{ schema: { type: 'string', maxLength: 2 } }, '?n=%C3%BC%C3%BC', []],
    [{ schema: { type: 'string' } }, '?n=12', []],
    [{ schema: { type: ['string', 'integer'] } }, '?n=12', []],
    [{ schema: { anyOf: [integer, { enum: ['all'], type: 'string' }] } }, '?n=all', []],
    [{ schema: { anyOf: [integer, { enum: ['all'], type: 'string' }] } }, '?n=5', []],
    [{ schema: { type: 'array', items: integer } }, '?n=1&n=2', []],
    [{ schema: { type: 'array', items: integer } }, '?n=1&n=x', ['query /n/1: must be integer']],
    [
      { schema: { type: 'array', items: integer, maxItems: 1 }, explode: false },
      '?n=1,2',
      ['query /n: must NOT have more than 1 items'],
    ],
    [{ schema: { type: 'array', items: integer }, style: 'pipeDelimited' }, '?n=1|2', []],
    [
      { content: { 'application/json': { schema: { type: 'object', required: ['a'] } } } },
      '?n={}',
      ["query /n: must have required property 'a'"],
    ],
    [{ content: { 'application/json': { schema: { type: 'object' } } } }, '?n={', ['query /n: must be JSON']],
    [{ schema: { type: 'object' }, style: 'deepObject', required: true }, '?n[a]=1', []],
  ] as const)('of the query: %j with %s', (more, query, expected) => {
    expect(parameterErrors([{ name: 'n', in: 'query', ...more }], { query })).toEqual(expected);
  });

  test('are pointed at with their whole name', () => {
    const parameters = [{ name: 'a/b~c', in: 'query', schema: integer }];
    expect(parameterErrors(parameters, { query: '?a%2Fb~c=x' })).toEqual(['query /a~1b~0c: must be integer']);
  });

  test('of header and cookies', () => {
    const parameters = [
      { name: 'X-Count', in: 'header', schema: integer, required: true },
      { name: 'Authorization', in: 'header', required: true },
      { name: 'X-Ids', in: 'header', schema: { type: 'array', items: integer } },
      { name: 'session', in: 'cookie', schema: { type: 'string', minLength: 3 } },
    ];
    const fields = ['x-count', '0', 'x-ids', '1', 'x-ids', '2', 'Cookie', 'a=b; session=xy'];
    expect(parameterErrors(parameters, { fields })).toEqual([
      'header /x-count: must be >= 1',
      'cookie /session: must NOT have fewer than 3 characters',
    ]);
    expect(parameterErrors(parameters, {})).toEqual(['header /x-count: is required']);
  });
});

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function json(schema: unknown) {
  return { content: { 'application/json': { schema } } };
}

function node(name: string) {
  return { properties: { next: { $ref: '#/components/schemas/Node' }, kind: { const: name } } };
}

describe('bodies', () => {
  const order = {
    type: 'object',
    required: ['id', 'item', 'qty'],
    properties: {
      id: { type: 'string', readOnly: true },
      item: { type: 'string', minLength: 1 },
      qty: { type: 'integer', minimum: 1 },
      lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
    },
    additionalProperties: false,
  };
  const components = { schemas: { Order: order, Line: { type: 'object', properties: { 'a/b': { type: 'number' } } } } };

  test('are told with pointers what is wrong with them', () => {
    const ref = { $ref: '#/components/schemas/Order' };
    expect(bodyErrors(ref, { item: 'x', qty: 1 }, { components })).toEqual([]);
    const wrong = { item: '', qty: 1.5, lines: [{}, { 'a/b': 'x' }], 'x~y': 1 };
    expect(bodyErrors(ref, wrong, { components }).toSorted()).toEqual([
      '/item: must NOT have fewer than 1 characters',
      '/lines/1/a~1b: must be number',
      '/qty: must be integer',
      '/x~0y: must NOT have additional properties',
    ]);
    expect(bodyErrors(ref, '{"item":', { components })).toEqual([': must be JSON in UTF-8']);
    expect(bodyErrors(ref, '"\xff"', { components })).toHaveLength(1);
  });

  test('are pointed at by the name of a member that must not be there', () => {
    const closed = { type: 'object', allOf: [{ properties: { a: {} } }], unevaluatedProperties: false };
    expect(bodyErrors(closed, { a: 1, 'b/c': 2 })).toEqual(['/b~1c: must NOT have unevaluated properties']);
    const short = { type: 'object', propertyNames: { maxLength: 2 } };
    expect(bodyErrors(short, { a: 1, long: 2 })).toContain('/long: property name must be valid');
  });

  test('are pointed at by what contains the place when its own pointer is too long', () => {
    const name = 'n'.repeat(150);
    const inner = { type: 'object', properties: { [name]: { type: 'number' } } };
    const schema = { type: 'object', properties: { [name]: inner } };
    expect(bodyErrors(schema, { [name]: { [name]: 'x' } })).toEqual([`/${name}: must be number`]);
  });

  test.each([
    ['{"item":"a","item":1}', 1],
    ['{"item":"a","it\\u0065m":"b"}', 1],
    ['{"lines":[{"a":1},{"b":{"c":1,"c":1}}]}', 1],
    ['{"__proto__":1,"__proto__":2}', 1],
    ['{"a":{"b":1},"b":{"a":":\\":"}}', 0],
    ['[":",{},[],{"a":":"},"{\\"a\\":1}"]', 0],
  ])('with a member twice are refused: %s', (body, count) => {
    const expected = Array.from({ length: count }, () => ': must not have a member twice');
    expect(bodyErrors({}, body)).toEqual(expected);
  });

  test('that are not UTF-8 are no JSON', () => {
    const { checker, contract } = contractOf({
      '/a': { post: { requestBody: { content: { 'application/json': { schema: {} } } } } },
    });
    expect(checkBody(Buffer.from([0x22, 0xff, 0x22]), 's1', checker)).toHaveLength(1);
    expect(Object.keys(contract.schemas.definitions)).toEqual(['s1']);
  });

  test('get at most 20 errors, and one when they are large', () => {
    const schema = { type: 'array', items: { type: 'integer' } };
    expect(
      bodyErrors(
        schema,
        Array.from({ length: 100 }, () => 'x'),
      ),
    ).toHaveLength(20);
    expect(
      bodyErrors(
        schema,
        Array.from({ length: 40_000 }, () => 'x'),
      ),
    ).toHaveLength(1);
  });

  test('may be nested 100 deep', () => {
    expect(bodyErrors({}, nested(100))).toEqual([]);
    expect(bodyErrors({}, nested(5000))).toEqual([': must not be nested more than 100 deep']);
  });

  test('take no longer than their size allows, whatever schemas they are compared with', () => {
    const schemas = {
      Node: { anyOf: [node('a'), node('b'), node('c')] },
      Twice0: { type: 'number' },
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => {
          const ref = { $ref: `#/components/schemas/Twice${index}` };
          return [`Twice${index + 1}`, { allOf: [{ ...ref }, ref] }];
        }),
      ),
    };
    let value: unknown = { kind: 'x' };
    for (let depth = 0; depth < 60; depth += 1) value = { next: value, kind: 'c' };
    const told = [': takes too long to be compared with the contract'];
    expect(bodyErrors({ $ref: '#/components/schemas/Node' }, value, { components: { schemas } })).toEqual(told);
    expect(bodyErrors({ $ref: '#/components/schemas/Twice40' }, 1, { components: { schemas } })).toEqual(told);
    const list = { type: 'array', items: { $ref: '#/components/schemas/Twice0' } };
    expect(
      bodyErrors(
        list,
        Array.from({ length: 20_000 }, () => 1),
        { components: { schemas } },
      ),
    ).toEqual([]);
  });

  test.each([
    ['a schema that contains itself', { $ref: '#/components/schemas/Node' }, { next: { next: { next: 1 } } }, 1],
    [
      'a member called __proto__',
      { type: 'object', properties: { a: { type: 'number' } } },
      '{"__proto__":{"a":"x"}}',
      0,
    ],
    ['inherited names', { type: 'object', required: ['toString'] }, {}, 1],
    ['nullable of OpenAPI 3.0', { type: 'string', nullable: true, enum: ['a'] }, null, 0],
    ['exclusiveMinimum of OpenAPI 3.0', { type: 'number', minimum: 1, exclusiveMinimum: true }, 1, 1],
    ['a reference to nothing', { $ref: '#/components/schemas/None' }, 1, 0],
    ['a reference to another place', { $ref: 'https://example.com/schema.json' }, 1, 0],
    ['ids, which could point elsewhere', { $id: 'https://example.com/x', type: 'string' }, 1, 1],
    ['a property called $ref', { type: 'object', properties: { $ref: { type: 'number' } } }, { $ref: 'x' }, 1],
    [
      'unique items in any order of members',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      1,
    ],
    ['items that only look alike', { uniqueItems: true }, [1, '1', [1], { 0: 1 }, null, 'null'], 0],
    ['a format', { type: 'string', format: 'email' }, '"nobody"', 1],
    ['a format that nobody knows', { type: 'string', format: 'isbn' }, '"x"', 0],
    ['a number format', { type: 'integer', format: 'int32' }, 2 ** 31, 1],
    ['a pattern', { type: 'string', pattern: '^[a-z]+\\d{2}$' }, '"ab1"', 1],
    ['a pattern without a linear way', { type: 'string', pattern: '^(?=a)b' }, '"x"', 0],
    ['pattern properties', { type: 'object', patternProperties: { '^x-': { type: 'number' } } }, { 'x-a': 'b' }, 1],
  ] as const)('with %s', (...[_what, schema, body, count]) => {
    const Node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } };
    expect(bodyErrors(schema, body, { components: { schemas: { Node } } })).toHaveLength(count);
  });

  test('are only checked when their type says what they are', () => {
    const schema = { type: 'number' };
    const content = { 'application/json': { schema }, 'text/*': { schema }, 'application/*+json': { schema } };
    const { contract } = contractOf({ '/a': { post: { requestBody: { content } }, put: {} } });
    const found = findOperation(contract, 'POST', '/a');
    if ('unknown' in found) throw new Error('the operation is not found');
    const planFor = (...fields: string[]) => planBody(found.operation, { fields, hasBody: true }).kind;
    expect(planFor('content-type', 'application/json; charset=utf-8')).toBe('check');
    expect(planFor('content-type', 'text/plain')).toBe('leave');
    expect(planFor('content-type', 'image/png')).toBe('unknown');
    expect(planFor()).toBe('unknown');
    expect(planFor('content-type', 'application/json', 'Content-Type', 'text/plain')).toBe('unknown');
    expect(planFor('content-type', 'application/json', 'content-encoding', 'gzip')).toBe('unknown');
    expect(planBody(found.operation, { fields: [], hasBody: false }).kind).toBe('leave');
  });

  test('of answers are found by their status', () => {
    const responses = { 200: json({}), '4xx': json({ minimum: 1 }), 204: {}, default: json({ minimum: 2 }) };
    const { contract } = contractOf({ '/a': { get: { responses } }, '/b': { get: {} } });
    const found = findOperation(contract, 'GET', '/a');
    if ('unknown' in found) throw new Error('the operation is not found');
    const planFor = (status: number) => planAnswer(found.operation, status, ['content-type', 'application/json']);
    expect([200, 404, 500].map((status) => planFor(status).kind)).toEqual(['check', 'check', 'check']);
    expect(new Set([200, 404, 500].map((status) => JSON.stringify(planFor(status)))).size).toBe(3);
    expect(planFor(204).kind).toBe('leave');
  });

  test('of answers need write-only members no more than requests need read-only ones', () => {
    const schema = {
      type: 'object',
      required: ['id', 'password'],
      properties: { id: { readOnly: true }, password: { $ref: '#/components/schemas/Password' } },
    };
    const content = { 'application/json': { schema } };
    const { contract, checker } = contractOf(
      { '/a': { post: { requestBody: { content }, responses: { 200: { content } } } } },
      { components: { schemas: { Password: { type: 'string', writeOnly: true } } } },
    );
    const found = findOperation(contract, 'POST', '/a');
    if ('unknown' in found) throw new Error('the operation is not found');
    const plan = planAnswer(found.operation, 200, ['content-type', 'application/json']);
    if (plan.kind !== 'check') throw new Error('the answer is not checked');
    expect(checkBody(Buffer.from('{"id":1}'), plan.schema, checker)).toEqual([]);
    expect(checkBody(Buffer.from('{"password":"x"}'), plan.schema, checker)).toHaveLength(1);
  });
});

const ref = (index: number) => ({ $ref: `#/components/schemas/S${index}` });

describe('contracts', () => {
  test('beyond the limits are not read', () => {
    let schema: unknown = {};
    for (let depth = 0; depth < 200; depth += 1) schema = { items: schema };
    expect(() => bodyErrors(schema, [])).toThrow('nested more than 100 deep');
    const many = { allOf: Array.from({ length: 20_001 }, () => ({})) };
    expect(() => bodyErrors(many, [])).toThrow('more than 20000 schemas');
  });

  test('whose schemas refer to each other in a long row are checked to its end', () => {
    const count = 2000;
    const schemas = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `S${index}`,
        { type: 'object', properties: { next: ref((index + 1) % count), n: { type: 'integer' } } },
      ]),
    );
    const body = { next: { next: { next: { n: 'x' } }, n: 1 } };
    expect(bodyErrors(ref(0), body, { components: { schemas } })).toEqual(['/next/next/next/n: must be integer']);
  });

  test('know what a schema that is referred to says of the same object', () => {
    const schemas = { Base: { properties: { a: { $ref: '#/components/schemas/Text' } } }, Text: { type: 'string' } };
    const closed = { allOf: [{ $ref: '#/components/schemas/Base' }], unevaluatedProperties: false };
    expect(bodyErrors(closed, { a: 'x' }, { components: { schemas } })).toEqual([]);
    expect(bodyErrors(closed, { a: 1, b: 2 }, { components: { schemas } }).toSorted()).toEqual([
      '/a: must be string',
      '/b: must NOT have unevaluated properties',
    ]);
  });

  test.each([
    null,
    [],
    'x',
    { '/a': null },
    { '/a': { get: 1 } },
    { '/a': { post: { requestBody: { content: { 'application/json': 1 } } } } },
  ])('of any nonsense do no harm: %j', (paths) => {
    const contract = finish(readContract({ openapi: '3.1.0', paths }));
    expect(() => new SchemaChecker(contract.schemas)).not.toThrow();
  });

  test('with an invalid schema are checked but for this schema', () => {
    const bad = { type: 'strnig', minLength: '1' };
    const requestBody = { content: { 'application/json': { schema: bad } } };
    const good = { content: { 'application/json': { schema: { type: 'number' } } } };
    const { checker } = contractOf({ '/a': { post: { requestBody }, put: { requestBody: good } } });
    expect(() => checker.prepare('s1')).not.toThrow();
    expect(checker.errorsOf('s2', 'x')).toHaveLength(0);
    expect(checker.errorsOf('s1', 'x')).toHaveLength(1);
  });
});

test('a pattern takes time by the length of the text alone', () => {
  const pattern = readPattern('^(a+)+$');
  expect(pattern?.test(`${'a'.repeat(5000)}b`)).toBe(false);
  expect(pattern?.test('aaa')).toBe(true);
  expect(pattern?.test('a'.repeat(9000))).toBe(false);
});
