import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

/** Every problem as `path: message [hint]`. */
function problems(text: string): readonly string[] {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (parsed.ok) return [];
  return parsed.problems.map(({ path, message, hint }) =>
    [`${path}: ${message}`, ...(hint === undefined ? [] : [`[${hint}]`])].join(' '),
  );
}

const services = 'services:\n  users: { path: u, routes: [{ path: /users }] }\n  next: { path: n }\n';

/** The problems of a route of the service `orders`, which has the neighbours `users` and `next`; paths from the route on. */
function routeProblems(route: string): readonly string[] {
  const found = problems(`name: shop\n${services}  orders: { path: a, routes: [${route}] }\n`);
  return found.map((problem) => problem.replace('services.orders.routes[0]', 'R'));
}

function gatewayProblems(routes: string): readonly string[] {
  return problems(`name: shop\ngateway: { routes: [${routes}] }\n${services}`);
}

describe('what a route takes', () => {
  it.each([
    [
      '{ path: /x, exact: /x }',
      'R.exact: A route has either `path` or `exact`. The other is in line 5. [`path` takes everything below it, `exact` only itself.]',
    ],
    ['{ exact: x }', 'R.exact: `exact` must begin with `/`, but is `x`.'],
    ['{ exact: "/x/:id" }', 'R.exact: `exact` must be a plain path, without parameters, but is `/x/:id`.'],
    [
      '{ exact: /openapi.json }',
      'R.exact: `exact` must be another path (the gateway answers `/openapi.json` itself), but is `/openapi.json`.',
    ],
    [
      '{ exact: /x%2Fy }',
      'R.exact: `exact` must consist of letters, digits and the usual punctuation of paths, but is `/x%2Fy`.',
    ],
    ['{ path: /x, methods: GET }', 'R.methods: `methods` must be a list such as `[GET, HEAD]`, but is `GET`.'],
    [
      '{ path: /x, methods: [get] }',
      'R.methods[0]: `methods[0]` must be a method in capitals, such as `GET`, but is `get`.',
    ],
    [
      '{ path: /x, methods: [TRACE] }',
      'R.methods[0]: `methods[0]` must be another method: the gateway does not pass this one on, but is `TRACE`.',
    ],
    [
      '{ path: /x, headers: [a] }',
      'R.headers: `headers` must be a mapping such as `{ x-version: "2" }`, but is a list.',
    ],
    [
      '{ path: /x, headers: { x-version: 2 } }',
      'R.headers.x-version: `x-version` must be a text, but is the number `2`. [Put it in quotes if it is meant: `"2"`.]',
    ],
    [
      '{ path: /x, headers: { "x y": a } }',
      'R.headers: `headers` must have names of header fields as keys, which `x y` is none of, but is a mapping.',
    ],
    [
      '{ path: /x, headers: { Host: a } }',
      'R.headers: `headers` must leave `Host` out, which belongs to the connection or to the gateway, but is a mapping.',
    ],
    [
      '{ path: /x, headers: { x-msa-error: a } }',
      'R.headers: `headers` must leave `x-msa-error` out, which belongs to the connection or to the gateway, but is a mapping.',
    ],
    [
      '{ path: /x, headers: { a: "x\\ny" } }',
      'R.headers.a: `a` must be printable ASCII without spaces at its ends, but is `x y`.',
    ],
    ['{ path: /x, query: beta }', 'R.query: `query` must be a mapping such as `{ beta: "1" }`, but is `beta`.'],
    [
      '{ path: /x, query: { beta: true } }',
      'R.query.beta: `beta` must be a text, but is `true`. [Put it in quotes if it is meant: `"true"`.]',
    ],
    [
      '{ path: /x, host: "https://a.test" }',
      'R.host: `host` must be a host without scheme and port, such as `api.example.com`, but is `https://a.test`.',
    ],
    [
      '{ path: /x, host: "a.*.test" }',
      'R.host: `host` must be a host such as `api.example.com` or `*.example.com`, but is `a.*.test`.',
    ],
    [
      '{ path: /x, host: [a.test, b_c] }',
      'R.host: `host` must be a host such as `api.example.com` or `*.example.com`, but is a list.',
    ],
    [
      `{ path: /x, host: [${Array.from({ length: 65 }, (_, index) => `h${index}.test`).join(', ')}] }`,
      'R.host: `host` must have at most 64 hosts, but is a list.',
    ],
    [
      `{ path: /x, methods: [${Array.from({ length: 33 }, (_, index) => 'A'.repeat((index % 20) + 1)).join(', ')}] }`,
      'R.methods: `methods` must have at most 32 methods, but is a list.',
    ],
    [
      `{ path: /x, query: { ${'n'.repeat(101)}: a } }`,
      'R.query: `query` must have names of at most 100 characters, but is a mapping.',
    ],
    ['{ path: /x, host: [] }', 'R.host: `host` must have at least one host, but is a list.'],
    [
      '{ path: /x, host: 1 }',
      'R.host: `host` must be a host such as `api.example.com`, or a list of hosts, but is the number `1`.',
    ],
    ['{ matches: [] }', 'R.matches: `matches` must have 1 to 64 matches, but is a list.'],
    [
      '{ matches: [/x] }',
      'R.matches[0]: `matches[0]` must be a mapping such as `{ path: /users, methods: [GET] }`, but is `/x`.',
    ],
    [
      '{ matches: [{ methods: [GET] }] }',
      'R.matches[0]: The match does not say which path it takes. [For example `path: /users`, with everything below it, or `exact: /users`.]',
    ],
    [
      '{ matches: [{ path: /x, exact: /x }] }',
      'R.matches[0].exact: A match has either `path` or `exact`. The other is in line 5. [`path` takes everything below it, `exact` only itself.]',
    ],
    [
      '{ path: /x, matches: [{ path: /y }] }',
      'R.path: `path` cannot stand beside `matches`. [Put it into each of the `matches` it is meant for.]',
    ],
    [
      '{ matches: [{ path: /x, host: a.test }] }',
      'R.matches[0].host: `host` is not a key msa knows in a match. [Known here: path, exact, methods, headers, query.]',
    ],
  ])('%s', (route, expected) => {
    expect(routeProblems(route)).toEqual([expected]);
  });

  it.each([
    '{ path: /users, methods: [POST] }',
    '{ exact: /users }',
    '{ exact: /users/ }',
    '{ path: /users, host: api.example.com }',
    '{ path: /users, headers: { x-version: "2" } }',
    '{ path: /users, query: { beta: "1" } }',
    '{ path: / }',
    '{ matches: [{ path: /users/a }, { exact: /users/b, methods: [GET, HEAD] }] }',
  ])('%s is no conflict with { path: /users }', (route) => {
    expect(routeProblems(route)).toEqual([]);
  });

  it.each([
    [
      '{ path: /x, methods: [GET] }, { path: /x/, methods: [PUT, GET] }',
      'services.orders.routes[1].path: `PUT,GET /x/` takes what is taken by `GET /x`, which is already a route of this service. The other is in line 5. [Keep one of the two.]',
    ],
    [
      '{ path: /x, headers: { A: "1", b: "2" } }, { path: /x, headers: { B: "2", a: "1" } }',
      'services.orders.routes[1].path: `/x [b=2] [a=1]` takes what is taken by `/x [a=1] [b=2]`, which is already a route of this service. The other is in line 5. [Keep one of the two.]',
    ],
    [
      '{ path: /x, host: [a.test, b.test] }, { path: /x, host: B.test }',
      'services.orders.routes[1].path: `B.test/x` takes what is taken by `a.test,b.test/x`, which is already a route of this service. The other is in line 5. [Keep one of the two.]',
    ],
    [
      '{ matches: [{ path: /x }, { path: /y }, { path: /x }] }',
      'R.matches[2].path: `/x` is already a route of this service. The other is in line 5. [Keep one of the two.]',
    ],
  ])('%s is a conflict', (routes, expected) => {
    expect(routeProblems(routes)).toEqual([expected]);
  });
});

describe('where a route leads', () => {
  it.each([
    ['split: orders', 'R.split: `split` must be a list such as `[{ service: orders, weight: 90 }]`, but is `orders`.'],
    ['split: []', 'R.split: `split` must have 1 to 16 services, but is a list.'],
    ['split: [{ weight: 1 }]', 'R.split[0].service: `service` is missing; it must be the name of a service.'],
    [
      'split: [{ service: users, weight: -1 }]',
      'R.split[0].weight: `weight` must be a whole number from 0 to 1000000, but is the number `-1`.',
    ],
    ['split: [{ service: user }]', 'R.split[0].service: There is no service `user`. [Did you mean `users`?]'],
    [
      'split: [{ service: elsewhere }]',
      'R.split[0].service: There is no service `elsewhere`. [The services are: users, next, orders.]',
    ],
    [
      'split: [{ service: users }, { service: users }]',
      'R.split[1].service: `users` has a share already. The other is in line 5. [Add the weights.]',
    ],
    [
      'split: [{ service: users, weight: 0 }]',
      'R.split: All weights are 0, so nobody gets the requests. [Give one of them a weight.]',
    ],
    [
      'split: [{ service: users }], respond: {}',
      'R.respond: `respond` and `split` exclude each other. The other is in line 5. [Keep one of the two.]',
    ],
    [
      'redirect: /new',
      'R.redirect: `redirect` must be a mapping such as `{ path: /new, status: 301 }`, but is `/new`.',
    ],
    [
      'redirect: { status: 301 }',
      'R.redirect: `redirect` must say where to: `path`, `prefix`, `host`, `port` or `scheme`, but is a mapping.',
    ],
    [
      'redirect: { path: /new, status: 304 }',
      'R.redirect.status: `status` must be one of 301, 302, 303, 307, 308, but is the number `304`.',
    ],
    ['redirect: { path: new }', 'R.redirect.path: `path` must begin with `/`, but is `new`.'],
    [
      'redirect: { path: //evil.test }',
      'R.redirect.path: `path` must have no empty, `.` or `..` parts, but is `//evil.test`.',
    ],
    [
      'redirect: { host: "a.test:80" }',
      'R.redirect.host: `host` must be a host without scheme and port, such as `api.example.com`, but is `a.test:80`.',
    ],
    [
      'redirect: { host: "*.test" }',
      'R.redirect.host: `host` must be one host, such as `example.com`, but is `*.test`.',
    ],
    ['redirect: { scheme: ftp }', 'R.redirect.scheme: `scheme` must be one of `http`, `https`, but is `ftp`.'],
    ['redirect: { port: 0 }', 'R.redirect.port: `port` must be a whole number from 1 to 65535, but is the number `0`.'],
    [
      'redirect: { path: /a, prefix: /b }',
      'R.redirect.prefix: `redirect` has either `path` or `prefix`. The other is in line 5. [`path` replaces the whole path, `prefix` only that of the route.]',
    ],
    [
      'redirect: { path: /a }, rewrite: { path: /b }',
      'R.rewrite: `rewrite` and `redirect` exclude each other. The other is in line 5. [Keep one of the two.]',
    ],
    [
      'redirect: { path: /a }, breaker: {}',
      'R.breaker: `breaker` and `redirect` exclude each other. The other is in line 5. [Keep one of the two.]',
    ],
    [
      'respond: { body: x }, fallback: stale',
      'R.fallback: `fallback` and `respond` exclude each other. The other is in line 5. [Keep one of the two.]',
    ],
    ['rewrite: {}', 'R.rewrite: `rewrite` must have `host`, `path` or `prefix`, but is a mapping.'],
    [
      'respond: { status: 100 }',
      'R.respond.status: `status` must be a whole number from 200 to 599, but is the number `100`.',
    ],
    [
      'respond: { status: 204, body: x }',
      'R.respond: `respond` must have no `body` with this `status`, but is a mapping.',
    ],
    [
      'respond: { headers: { content-length: "3" } }',
      'R.respond.headers: `headers` must leave `content-length` out, which belongs to the connection or to the gateway, but is a mapping.',
    ],
    [
      'mirror: next',
      'R.mirror: `mirror` must be a list such as `[{ service: orders-next, percent: 10 }]`, but is `next`.',
    ],
    ['mirror: [{ service: nxt }]', 'R.mirror[0].service: There is no service `nxt`. [Did you mean `next`?]'],
    [
      'mirror: [{ service: next, percent: 101 }]',
      'R.mirror[0].percent: `percent` must be a percentage from 0 to 100, such as 10 or 0.5, but is the number `101`.',
    ],
    [
      'requestHeaders: { set: { via: x } }',
      'R.requestHeaders.set: `set` must leave `via` out, which belongs to the connection or to the gateway, but is a mapping.',
    ],
    [
      'requestHeaders: { set: { a: "é" } }',
      'R.requestHeaders.set.a: `a` must be printable ASCII without spaces at its ends, but is `é`.',
    ],
    [
      'requestHeaders: { remove: server }',
      'R.requestHeaders.remove: `remove` must be a list such as `[server]`, but is `server`.',
    ],
    [
      'requestHeaders: { remove: [X-Forwarded-For] }',
      'R.requestHeaders.remove: `remove` must leave `X-Forwarded-For` out, which belongs to the connection or to the gateway, but is a list.',
    ],
    [
      'responseHeaders: { set: { a: "1" }, remove: [A] }',
      'R.responseHeaders.remove[0]: `A` is changed twice. The other is in line 5. [Keep one of the two.]',
    ],
    [
      'responseHeaders: { put: {} }',
      'R.responseHeaders.put: `put` is not a key msa knows in `responseHeaders`. [Known here: set, add, remove.]',
    ],
  ])('{ path: /x, %s }', (keys, expected) => {
    expect(routeProblems(`{ path: /x, ${keys} }`)).toEqual([expected]);
  });

  it('is one place for each prefix that is replaced', () => {
    expect(routeProblems('{ matches: [{ path: /x }, { path: /y }], rewrite: { prefix: / } }')).toEqual([
      'R.rewrite.prefix: It is not plain which `prefix` is replaced: the matches of the route have not all the same `path`. [Make a route of its own for each `path`.]',
    ]);
    expect(routeProblems('{ exact: /x, redirect: { prefix: /y } }')).toHaveLength(1);
    expect(routeProblems('{ matches: [{ path: /x }, { path: /x/, methods: [GET] }], rewrite: { prefix: / } }')).toEqual(
      [],
    );
  });
});

describe('a route of the gateway', () => {
  it.each([
    [
      '{ path: /x }',
      'gateway.routes[0]: The route belongs to no service, so it must say what happens to its requests. [Add one of `split`, `redirect`, `respond`, `aggregate`, or move it to the `routes` of a service.]',
    ],
    [
      '{ path: /users, respond: {} }',
      'services.users.routes[0].path: `/users` is already a route of the gateway. The other is in line 2. [Give one of the two another path; a path leads to one service.]',
    ],
    [
      '{ path: /x, split: [{ service: orders }] }',
      'gateway.routes[0].split[0].service: There is no service `orders`. [The services are: users, next.]',
    ],
    [
      '{ path: /x, respond: {} }, { path: /x, respond: {} }',
      'gateway.routes[1].path: `/x` is already a route of the gateway. The other is in line 2. [Keep one of the two.]',
    ],
    ['/x', 'gateway.routes[0]: `routes[0]` must be a mapping such as `{ path: /users }`, but is `/x`.'],
  ])('%s', (routes, expected) => {
    expect(gatewayProblems(routes)).toEqual([expected]);
  });
});

describe('what happens on the way', () => {
  it('is checked in calls and in defaults for routes, too', () => {
    const yaml = `
name: shop
gateway:
  defaults: { mirror: [{ service: user }], responseHeaders: { set: { a: "1" }, add: { A: "2" } } }
services:
  users: { path: u }
  orders: { path: o, calls: [{ service: users, mirror: [{ service: nobody }] }] }
`;
    expect(problems(yaml)).toEqual([
      'gateway.defaults.mirror[0].service: There is no service `user`. [Did you mean `users`?]',
      'gateway.defaults.responseHeaders.add.A: `A` is changed twice. The other is in line 4. [Keep one of the two.]',
      'services.orders.calls[0].mirror[0].service: There is no service `nobody`. [The services are: users, orders.]',
    ]);
  });
});

it('the example in docs/gateway.md is a good one', () => {
  const page = readFileSync(new URL('../../../docs/gateway.md', import.meta.url), 'utf8');
  const [, example = ''] = /## Routes\n.*?```yaml\n(.*?)```/s.exec(page) ?? [];
  expect(example).toContain('mirror');
  expect(problems(`name: shop\n${example}`)).toEqual([]);
});
