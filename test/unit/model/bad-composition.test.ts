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
    ['validate: { request: 1 }', '4:26 validate.request: `request` must be true or false, but is the number `1`.'],
    [
      'validate: { response: maybe }',
      '4:27 validate.response: `response` must be true, false or `log`, but is `maybe`.',
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
      body(`set: { /a: "${'x'.repeat(24_000)}" }`),
      '4:16 transform: `transform` must have at most 24000 characters in all, but is a mapping.',
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

/** The problems of an aggregate with these calls, each in a line of its own from line 9 on and column 9. */
function aggregateProblems(...calls: readonly string[]): readonly string[] {
  const lines = [
    'name: shop',
    'services:',
    '  orders: { path: o }',
    '  users: { path: u }',
    'gateway:',
    '  routes:',
    '    - path: /home',
    '      aggregate: { calls: {',
    ...calls.map((call) => `        ${call},`),
    '        } }',
  ];
  const parsed = parseWorkspace(lines.join('\n'), { file: 'msa.yaml' });
  if (parsed.ok) return [];
  return parsed.problems.map(({ line, column, path, message, hint }) => {
    const place = path.replace('gateway.routes[0].aggregate.', '');
    return `${line}:${column} ${place}: ${message}${hint === undefined ? '' : ` [${hint}]`}`;
  });
}

describe('aggregation', () => {
  it.each([
    [['a: { service: order, path: / }'], '9:23 calls.a.service: There is no service `order`. [Did you mean `orders`?]'],
    [['a: { path: / }'], '9:9 calls.a.service: `service` is missing; it must be the name of a service.'],
    [['a: { service: orders, path: orders }'], '9:37 calls.a.path: `path` must begin with `/`, but is `orders`.'],
    [
      ['a: { service: orders, path: "/{id}" }'],
      '9:37 calls.a.path: `path` must not contain `{id}`: values are `{query.id}`, `{header.x-user}`, `{path.1}`, `{order.body.userId}` and `{item.id}`, but is `/{id}`.',
    ],
    [
      ['a: { service: orders, path: "/{basket.body.id}" }'],
      '9:37 calls.a.path: There is no call `basket` whose answer `a` could use. [The calls are: a.]',
    ],
    [
      ['a: { service: orders, path: "/{b.body.id}" }', 'b: { service: users, path: "/{a.body.id}" }'],
      '8:20 calls: These calls need each other, so none of them can be made: a > b > a. [Let one of them do without the answer of the other.]',
    ],
    [
      ['a: { service: orders, path: "/{a.body.id}" }'],
      '8:20 calls: These calls need each other, so none of them can be made: a > a. [Let one of them do without the answer of the other.]',
    ],
    [
      ['a: { service: orders, path: /, optional: true }', 'b: { service: users, path: "/{a.body.id}" }'],
      '10:36 calls.b.path: `b` needs the answer of `a`, which is optional, but is not optional itself. The other is in line 9. [Make `b` optional too, or `a` not.]',
    ],
    [
      ['a: { service: orders, path: "/{item.id}" }'],
      '9:37 calls.a.path: `{item}` stands for an item of a list, but the call is made once. [Add `forEach: { list: "{orders.body.items}" }`.]',
    ],
    [
      ['a: { service: orders, path: /, merge: true, group: b }'],
      '9:40 calls.a.merge: `merge` and `group` exclude each other. The other is in line 9. [`merge` brings the members of the answer into the result, `group` the answer as one member.]',
    ],
    [
      ['a: { service: orders, path: / }', 'b: { service: users, path: /, group: a }'],
      '10:46 calls.b.group: `a` is the place of another answer already. The other is in line 9. [Keep one of the two.]',
    ],
    [
      ['a: { service: orders, path: /, group: _problems }'],
      '9:47 calls.a.group: `_problems` must be another name: it tells what is missing in the result.',
    ],
    [
      ['query: { service: orders, path: / }'],
      '9:9 calls.query: The call `query` must have another name: `{query.…}` means something else.',
    ],
    [
      ['B: { service: orders, path: / }'],
      '9:9 calls.B: The call `B` must have a name of lower-case letters, digits and hyphens.',
    ],
    [[], '8:20 calls: There are no calls, so there is nothing to answer with.'],
    [
      Array.from({ length: 17 }, (_, index) => `c${index}: { service: orders, path: / }`),
      '8:20 calls: One answer is made of 17 calls; 16 are allowed. [Let a service bring some of them together.]',
    ],
    [
      [
        'a: { service: orders, path: / }',
        ...Array.from({ length: 4 }, (_, index) => {
          const source = index === 0 ? 'a' : `c${index - 1}`;
          return `c${index}: { service: orders, path: "/{${source}.body.id}" }`;
        }),
      ],
      '8:20 calls: The calls wait for each other in 5 steps; 4 are allowed. [Let a service make some of these calls.]',
    ],
    [
      [
        'a: { service: orders, path: / }',
        'b: { service: users, path: "/{item}", forEach: { list: "{a.body}", limit: 40 } }',
        'c: { service: users, path: "/{item}", forEach: { list: "{a.body}", limit: 40 } }',
      ],
      '8:20 calls: One answer may take 81 requests, with every item of its lists; 64 are allowed. [Lower the `limit` of a `forEach`.]',
    ],
    [
      ['a: { service: orders, path: /, method: PUT }'],
      '9:48 calls.a.method: `method` must be one of `GET`, `POST`, but is `PUT`.',
    ],
    ...['Host', 'x-msa-user', 'Accept-Encoding', 'If-None-Match', 'range'].map((name): [string[], string] => [
      [`a: { service: orders, path: /, headers: [accept-language, ${name}] }`],
      '9:49 calls.a.headers: `headers` must leave out what the gateway itself says to services, such as `host` and `accept`, and what asks for a part of an answer, but is a list.',
    ]),
    [
      ['a: { service: orders, path: /, headers: ["a b"] }'],
      '9:50 calls.a.headers[0]: `headers[0]` must be the name of a header field, such as `x-version`, but is `a b`.',
    ],
    [
      ['a: { service: orders, path: /, forEach: { list: "{query.ids}" } }'],
      '9:57 calls.a.forEach.list: `list` must be a list in the answer of another call, such as `{orders.body.items}`, but is `{query.ids}`.',
    ],
    [
      ['a: { service: orders, path: /, pick: /__proto__ }'],
      '9:46 calls.a.pick: `pick` must name no `__proto__`, `constructor` or `prototype`, which mean something else in JavaScript, but is `/__proto__`.',
    ],
  ])('%j', (calls, expected) => {
    expect(aggregateProblems(...calls)).toEqual([expected]);
  });

  it('excludes other places to go', () => {
    const text =
      'name: shop\nservices: { a: { path: a } }\ngateway:\n  routes:\n' +
      '    - { path: /x, respond: {}, aggregate: { calls: { a: { service: a, path: / } } } }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      '`aggregate` and `respond` exclude each other. The other is in line 5.',
    ]);
  });

  it('is in no contract', () => {
    const text =
      'name: shop\nservices: { a: { path: a } }\ngateway:\n  routes:\n' +
      '    - { path: /x, validate: true, aggregate: { calls: { a: { service: a, path: / } } } }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      'An answer made of several is in no contract with which `validate` could compare it.',
    ]);
  });

  it('needs one path where values of the path are used', () => {
    const text =
      'name: shop\nservices: { a: { path: a } }\ngateway:\n  routes:\n' +
      '    - { matches: [{ path: /x }, { path: /y }], aggregate: { calls: { a: { service: a, path: "/{path.1}" } } } }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      '`{path.1}` is what follows the path of the route, but its matches have not all the same `path`.',
    ]);
  });

  it('becomes a policy with its addresses taken apart', () => {
    const text =
      'name: shop\nservices: { a: { path: a } }\ngateway:\n  routes:\n' +
      '    - { path: /x/, timeout: 2s, aggregate: { calls: { a: { service: a, path: "/b/{path.1}?q={query.q}", headers: [Authorization], merge: true } } } }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok && parsed.workspace.gateway.routes[0]?.policy).toEqual({
      aggregate: {
        timeoutMs: 2000,
        base: '/x',
        calls: [
          {
            name: 'a',
            service: 'a',
            method: 'GET',
            path: ['/b/', { from: 'path', segment: 1 }],
            query: [['q', [{ from: 'query', name: 'q' }]]],
            headers: ['authorization'],
            optional: false,
            place: { kind: 'merge' },
          },
        ],
      },
    });
  });
});
