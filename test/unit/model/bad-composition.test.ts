import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

/** The problems of a route with these keys, which stand in line 4 from column 5. */
function problems(keys: string): readonly string[] {
  const text = `name: shop\nservices:\n  orders: { path: o, routes: [{ path: /orders,\n    ${keys}\n    }] }\n`;
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (parsed.ok) return [];
  return parsed.problems.map(({ line, column, path, message, hint }) => {
    const place = path.replace('services.orders.routes[0].', '');
    return `${line}:${column} ${place}: ${message}${hint === undefined ? '' : ` [${hint}]`}`;
  });
}

describe('validation', () => {
  it.each([
    [
      'validate: 1',
      '4:15 validate: `validate` must be true, false or a mapping such as `{ request: true, response: log }`, but is the number `1`.',
    ],
    [
      'validate: { reqest: true }',
      '4:17 validate.reqest: `reqest` is not a key msa knows in `validate`. [Did you mean `request`?]',
    ],
    ['validate: { maxBody: 100m }', '4:26 validate.maxBody: `maxBody` must be from `1k` to `16m`, but is `100m`.'],
  ])('%s', (keys, expected) => {
    expect(problems(keys)).toEqual([expected]);
  });
});

function body(change: string): string {
  return `transform: { request: { body: { ${change} } } }`;
}

describe('transformation', () => {
  it.each([
    [
      'transform: true',
      '4:16 transform: `transform` must be a mapping such as `{ response: { body: { remove: [/internal] } } }`, but is `true`.',
    ],
    [
      'transform: { respons: {} }',
      '4:18 transform.respons: `respons` is not a key msa knows in `transform`. [Did you mean `response`?]',
    ],
    [
      'transform: { response: { query: {} } }',
      '4:30 transform.response.query: `query` is not a key msa knows in `response`. [Known here: body.]',
    ],
    [
      body('remove: /a'),
      '4:45 transform.request.body.remove: `remove` must be a list such as `[/internal, /items/*/cost]`, with at most 50 items, but is `/a`.',
    ],
    [
      body('remove: [a..b]'),
      '4:46 transform.request.body.remove[0]: `remove[0]` must have no empty parts, but is `a..b`.',
    ],
    [
      body('pick: /a~b'),
      '4:43 transform.request.body.pick: `pick` must write `~` as `~0` and `/` as `~1` within a name, but is `/a~b`.',
    ],
    [
      body('pick: a b'),
      '4:43 transform.request.body.pick: `pick` must be a place in a JSON document, such as `/items/0/id` or `items.0.id`, but is `a b`.',
    ],
    [
      body(`pick: ${'/a'.repeat(17)}`),
      `4:43 transform.request.body.pick: \`pick\` must have at most 16 parts, but is \`${'/a'.repeat(17)}\`.`,
    ],
    [
      body('rename: { /a/*/b: /a/b }'),
      '4:55 transform.request.body.rename["/a/*/b"]: `/a/*/b` must stay in the same item: both sides go through the same `*`, but is `/a/b`.',
    ],
    [
      body('rename: { /a/*: /a/* }'),
      '4:53 transform.request.body.rename["/a/*"]: `/a/*` must end with a name, but is `/a/*`.',
    ],
    [
      body('set: { /__proto__/x: 1 }'),
      '4:58 transform.request.body.set["/__proto__/x"]: `/__proto__/x` must name no `__proto__`, `constructor` or `prototype`, which mean something else in JavaScript, but is the number `1`.',
    ],
    [
      body('wrap: a/b'),
      '4:43 transform.request.body.wrap: `wrap` must be the name of a member, such as `data`, but is `a/b`.',
    ],
    [
      'transform: { request: { query: { rename: { "a b": c } } } }',
      '4:55 transform.request.query.rename["a b"]: `a b` must be the name of a query parameter, such as `page`, but is `c`.',
    ],
    [
      'transform: { request: { query: { set: { a: [1] } } } }',
      '4:48 transform.request.query.set.a: `a` must be a text, a number, true or false, but is a list.',
    ],
  ])('%s', (keys, expected) => {
    expect(problems(keys)).toEqual([expected]);
  });
});

describe('what is right', () => {
  it('becomes what the gateway works by, with everything that is left open', () => {
    const keys = [
      'validate: true,',
      'transform: { request: { query: { set: { v: 2 } }, body: { rename: { /a/*/b: /a/*/c~1d } } }, maxBody: 64k }',
    ].join(' ');
    const text = `name: shop\nservices:\n  orders: { path: o, routes: [{ path: /orders, ${keys} }] }\n`;
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok && parsed.workspace.services[0]?.routes[0]?.policy).toEqual({
      transform: {
        request: {
          query: { remove: [], rename: [], set: [['v', '2']] },
          body: {
            remove: [],
            rename: [
              [
                ['a', '*', 'b'],
                ['a', '*', 'c/d'],
              ],
            ],
            set: [],
          },
        },
        maxBytes: 65_536,
      },
      validate: { request: true, response: 'no', unknown: 'pass', without: 'pass', maxBytes: 1_048_576 },
    });
  });

  it('is nothing where nothing is asked for', () => {
    for (const keys of [
      'validate: false',
      'validate: { request: false }',
      'transform: {}',
      'transform: { maxBody: 1m }',
    ]) {
      const text = `name: shop\nservices:\n  orders: { path: o, routes: [{ path: /orders, ${keys} }] }\n`;
      const parsed = parseWorkspace(text, { file: 'msa.yaml' });
      expect(parsed.ok && parsed.workspace.services[0]?.routes[0]).not.toHaveProperty('policy');
    }
  });
});
