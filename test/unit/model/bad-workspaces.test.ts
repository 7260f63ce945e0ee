import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

/** Every problem as `line:column path: message [hint]`. */
function problems(text: string): readonly string[] {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (parsed.ok) return [];
  return parsed.problems.map(({ line, column, path, message, hint }) =>
    [`${line}:${column} ${path}: ${message}`, ...(hint === undefined ? [] : [`[${hint}]`])].join(' '),
  );
}

/** The problems of a service `orders` that has a neighbour `users`; its entry stands in line 3 from column 11. */
function serviceProblems(yaml: string): readonly string[] {
  return problems(`name: shop\nservices:\n  orders: ${yaml}\n  users: { path: u, routes: [{ path: /users }] }\n`);
}

describe('a file that is no workspace', () => {
  it.each([
    ['', '1:1 : The file is empty. [Begin with a name: `name: shop`.]'],
    ['# only a comment\n', '1:1 : The file is empty. [Begin with a name: `name: shop`.]'],
    ['- a\n- b\n', '1:1 : The file must be a mapping of keys to values, such as `name: shop`.'],
    ['just text', '1:1 : The file must be a mapping of keys to values, such as `name: shop`.'],
    ['services: {}', '1:1 name: The workspace has no `name`. [Begin the file with one: `name: shop`.]'],
    ['name: shop\n\tengine: auto\n', '2:1 : A tab cannot indent in YAML. [Replace it by spaces.]'],
    [
      'name: a: b\n',
      '1:7 : A second `key: value` begins on the same line. [Put the value in quotes if its colon belongs to it, or begin a new line.]',
    ],
    [
      'name: a\nservices:\n  a:\n    path: a\n   image: b\n',
      '5:1 : The indentation of this line does not fit the lines above it. [Indent entries of one level by the same number of spaces.]',
    ],
    ['name: "shop\nengine: auto\n', '1:7 : The text in quotes that begins here has no end. [Close the quotes.]'],
    ['name: [a\nengine: auto\n', '2:1 : A closing `]` is missing before this.'],
    [
      'name: a\n---\nname: b\n',
      '2:1 : A second YAML document begins here, but a workspace is one document. [Remove the `---` or `...` line and what follows.]',
    ],
    ['name: !secret a\n', '1:7 : msa reads no YAML tags (words that begin with `!`). [Remove the tag.]'],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });
});

describe('keys', () => {
  it.each([
    ['engin: auto', '2:1 engin: `engin` is not a key msa knows in a workspace. [Did you mean `engine`?]'],
    [
      'version: 3',
      '2:1 version: `version` is not a key msa knows in a workspace. [Known here: name, engine, isolation, gateway, services, delivery.]',
    ],
    [
      'name: again',
      '2:1 name: `name` is written twice in the same mapping. The other is in line 1. [Keep one of the two.]',
    ],
    [
      'on: 1',
      '2:1 on: `on` is not a key msa knows in a workspace. [Known here: name, engine, isolation, gateway, services, delivery.]',
    ],
    ['services: { a: *b }', '2:16 services.a: No `&b` stands before this `*b`.'],
  ])('%s', (yaml, expected) => {
    expect(problems(`name: shop\n${yaml}\n`)[0]).toBe(expected);
  });

  it('of other tools are named in ours', () => {
    expect(serviceProblems('{ path: a, environment: {}, depends_on: [], ports: [] }')).toEqual([
      '3:22 services.orders.environment: `environment` is not a key msa knows in a service. [The key is `env`.]',
      '3:39 services.orders.depends_on: `depends_on` is not a key msa knows in a service. [`calls` lists the services it calls.]',
      '3:55 services.orders.ports: `ports` is not a key msa knows in a service. [`port` is what the program listens on; `routes` make it public.]',
    ]);
  });
});

describe('names', () => {
  it.each([
    ['Shop', '1:7 name: `name` must begin with a lower-case letter, but is `Shop`. [For example: `shop`.]'],
    ['3', '1:7 name: `name` must begin with a lower-case letter, but is the number `3`.'],
    ['"My Shop"', '1:7 name: `name` must begin with a lower-case letter, but is `My Shop`. [For example: `my-shop`.]'],
    ['true', '1:7 name: `name` must be a text, but is `true`. [Put it in quotes if it is meant: `"true"`.]'],
    ['""', '1:7 name: `name` must not be empty, but is empty.'],
    ['', '1:7 name: `name` must not be empty, but has no value.'],
    ['[a]', '1:7 name: `name` must be a text, but is a list.'],
  ])('name: %s', (name, expected) => {
    expect(problems(`name: ${name}\n`)).toEqual([expected]);
  });

  it.each([
    ['redis', ['3:3 services.redis: The service name `redis` must be another name: msa uses this one itself.']],
    [
      'user_profile',
      [
        '3:3 services.user_profile: The service name `user_profile` must consist of lower-case letters, digits and hyphens (it becomes a host name). [For example: `user-profile`.]',
      ],
    ],
    [
      '1',
      [
        '3:3 services.1: YAML reads the key `1` as a number, not as a name. [Put it in quotes if it is meant: `"1":`.]',
        '3:3 services.1: The service name `1` must begin with a lower-case letter.',
      ],
    ],
    [
      'true',
      [
        '3:3 services.true: YAML reads the key `true` as the value `true`, not as a name. [Put it in quotes if it is meant: `"true":`.]',
      ],
    ],
    [
      '__proto__',
      [
        '3:3 services.__proto__: The service name `__proto__` must begin with a lower-case letter. [For example: `proto`.]',
      ],
    ],
  ])('a service %s', (name, expected) => {
    expect(problems(`name: shop\nservices:\n  ${name}: { path: a }\n`)).toEqual(expected);
  });
});

function besideWeb(name: string): readonly string[] {
  return problems(`name: shop\nservices:\n  ${name}: { path: a }\n  web: { path: b }\n`);
}

it('no service has the name of an instance of another', () => {
  expect(besideWeb('web-2')).toEqual([
    '3:3 services.web-2: The service name `web-2` is that of an instance of `web`. The other is in line 4. [Give one of the two another name.]',
  ]);
  for (const other of ['web-0', 'web-a2', 'api-2']) expect(besideWeb(other)).toEqual([]);
});

describe('values of a service', () => {
  it.each([
    ['', '3:11 services.orders: `orders` must be a mapping such as `{ path: services/users }`, but has no value.'],
    [
      'services/orders',
      '3:11 services.orders: `orders` must be a mapping such as `{ path: services/users }`, but is `services/orders`.',
    ],
    [
      '{}',
      '3:3 services.orders: The service `orders` has neither `path` nor `image`, so there is nothing to run. [For example: `path: services/orders`.]',
    ],
    [
      '{ path: a, image: b }',
      '3:22 services.orders.image: The service `orders` has both `path` and `image`, but comes from one of them. The other is in line 3. [Keep `path` to build it from its folder, or `image` to run it as it is.]',
    ],
    [
      '{ path: a, replicas: two }',
      '3:32 services.orders.replicas: `replicas` must be a whole number from 0 to 50, but is `two`.',
    ],
    [
      '{ path: a, replicas: "2" }',
      '3:32 services.orders.replicas: `replicas` must be a whole number from 0 to 50, but is the text `"2"`. [Remove the quotes.]',
    ],
    [
      '{ path: a, replicas: 51 }',
      '3:32 services.orders.replicas: `replicas` must be a whole number from 0 to 50, but is the number `51`.',
    ],
    [
      '{ path: a, replicas: 1.5 }',
      '3:32 services.orders.replicas: `replicas` must be a whole number from 0 to 50, but is the number `1.5`.',
    ],
    [
      '{ path: a, store: mongo }',
      '3:29 services.orders.store: `store` must be one of `memory`, `redis`, `postgres`, but is `mongo`.',
    ],
    [
      '{ path: a, protocol: http2 }',
      '3:32 services.orders.protocol: `protocol` must be one of `http`, `h2c`, `grpc`, but is `http2`.',
    ],
    [
      '{ path: a, port: 70000 }',
      '3:28 services.orders.port: `port` must be a whole number from 1 to 65535, but is the number `70000`.',
    ],
    [
      '{ path: a, health: status }',
      '3:30 services.orders.health: `health` must be a path that begins with `/`, such as `/status`, or `tcp`, but is `status`.',
    ],
    [
      '{ path: a, limits: { memory: 512 } }',
      '3:40 services.orders.limits.memory: `memory` must be an amount with its unit, such as `512m` or `1g`, but is the number `512`.',
    ],
    [
      '{ path: a, limits: { memory: 1m } }',
      '3:40 services.orders.limits.memory: `memory` must be at least `6m`, but is `1m`.',
    ],
    [
      '{ path: a, limits: { cpus: "0.5" } }',
      '3:38 services.orders.limits.cpus: `cpus` must be a number of processors from 0.01 to 256, such as 0.5, but is the text `"0.5"`. [Remove the quotes.]',
    ],
    [
      '{ image: "Legacy Image" }',
      '3:20 services.orders.image: `image` must be an image name such as `ghcr.io/acme/legacy:1` (lower-case, no spaces), but is `Legacy Image`.',
    ],
    [
      '{ path: a, command: npm ci && npm start }',
      '3:31 services.orders.command: `command` must be one program with its arguments, since no shell runs it (`sh -c "…"` asks for one), but is `npm ci && npm start`.',
    ],
    [
      '{ path: a, prepare: [npm ci, 3] }',
      '3:40 services.orders.prepare[1]: `prepare[1]` must be a text, but is the number `3`. [Put it in quotes if it is meant: `"3"`.]',
    ],
  ])('%s', (yaml, expected) => {
    expect(serviceProblems(yaml)).toEqual([expected]);
  });
});

it('a command has an end to its quotes', () => {
  expect(serviceProblems('{ path: a, command: "it\'s" }')).toEqual([
    "3:31 services.orders.command: `command` must have an end to each text in quotes, but is `it's`.",
  ]);
});

it('an alias to nowhere is told once', () => {
  expect(serviceProblems('{ path: *here }')).toEqual([
    '3:19 services.orders.path: No `&here` stands before this `*here`.',
  ]);
});

describe('paths of a service', () => {
  it.each([
    ['../orders', 'must stay inside the workspace (`..` leads out of it)'],
    ['a/../../b', 'must stay inside the workspace (`..` leads out of it)'],
    ['/srv/orders', 'must be relative to the folder of msa.yaml'],
    ['C:/orders', 'must be relative to the folder of msa.yaml'],
    ['~/orders', 'must be relative to the folder of msa.yaml (`~` has no meaning here)'],
    ['services\\orders', 'must have `/` between its parts (on every system)'],
    ['.msa/run', 'must not be inside `.msa` (that folder belongs to msa)'],
  ])('%s', (path, reason) => {
    expect(serviceProblems(`{ path: '${path}' }`)).toEqual([
      `3:19 services.orders.path: \`path\` ${reason}, but is \`${path}\`.`,
    ]);
  });

  it('belong to one service each, however they are written', () => {
    expect(serviceProblems('{ path: ./u/ }')).toEqual([
      '4:18 services.users.path: `u` is already the folder of `orders`. The other is in line 3.',
    ]);
  });
});

describe('calls', () => {
  it.each([
    [
      '[user]',
      '3:30 services.orders.calls[0]: There is no service `user` for `orders` to call. [Did you mean `users`?]',
    ],
    [
      '[payments]',
      '3:30 services.orders.calls[0]: There is no service `payments` for `orders` to call. [The other services are: users.]',
    ],
    [
      '[orders]',
      '3:30 services.orders.calls[0]: `orders` calls itself, which needs no address from msa. [Remove it from `calls`.]',
    ],
    [
      '[users, users]',
      '3:37 services.orders.calls[1]: `orders` calls `users` twice. The other is in line 3. [Keep one of the two.]',
    ],
    ['users', '3:29 services.orders.calls: `calls` must be a list such as `[users, payments]`, but is `users`.'],
    [
      '[3]',
      '3:30 services.orders.calls[0]: `calls[0]` must be the name of a service, or a mapping such as `{ service: users, timeout: 1s }`, but is the number `3`.',
    ],
    [
      '[{ timeout: 1s }]',
      '3:30 services.orders.calls[0].service: `service` is missing; it must be the name of a service.',
    ],
    [
      '[{ service: [users] }]',
      '3:41 services.orders.calls[0].service: `service` must be the name of a service, but is a list.',
    ],
    [
      '[{ service: user }]',
      '3:41 services.orders.calls[0].service: There is no service `user` for `orders` to call. [Did you mean `users`?]',
    ],
    [
      '[users, { service: users }]',
      '3:48 services.orders.calls[1].service: `orders` calls `users` twice. The other is in line 3. [Keep one of the two.]',
    ],
    [
      '[{ service: users, timeout: 1 }]',
      '3:57 services.orders.calls[0].timeout: `timeout` must be a duration with its unit, such as `2s`, `500ms` or `1m`, but is the number `1`.',
    ],
    [
      '[{ service: users, servise: a }]',
      '3:48 services.orders.calls[0].servise: `servise` is not a key msa knows in a call. [Did you mean `service`?]',
    ],
  ])('%s', (calls, expected) => {
    expect(serviceProblems(`{ path: a, calls: ${calls} }`)).toEqual([expected]);
  });
});

describe('routes', () => {
  it.each([
    ['/x', '3:31 services.orders.routes[0]: `routes[0]` must be a mapping such as `{ path: /users }`, but is `/x`.'],
    [
      '{}',
      '3:31 services.orders.routes[0]: The route does not say which path it takes. [For example `path: /users`, with everything below it, or `exact: /users`.]',
    ],
    ['{ path: x }', '3:39 services.orders.routes[0].path: `path` must begin with `/`, but is `x`.'],
    [
      '{ path: "/x/{id}" }',
      '3:39 services.orders.routes[0].path: `path` must be a plain prefix, without parameters (`/users` also takes `/users/1`), but is `/x/{id}`.',
    ],
    [
      '{ path: /x?a=1 }',
      '3:39 services.orders.routes[0].path: `path` must be a path alone, without query or fragment, but is `/x?a=1`.',
    ],
    [
      '{ path: /x/../y }',
      '3:39 services.orders.routes[0].path: `path` must have no empty, `.` or `..` parts, but is `/x/../y`.',
    ],
    [
      '{ path: /größe }',
      '3:39 services.orders.routes[0].path: `path` must consist of letters, digits and the usual punctuation of paths, but is `/größe`.',
    ],
    [
      '{ path: /rels/x }',
      '3:39 services.orders.routes[0].path: `path` must be another path (the gateway answers `/rels` itself), but is `/rels/x`.',
    ],
    [
      '{ path: /x, timeout: 2 }',
      '3:52 services.orders.routes[0].timeout: `timeout` must be a duration with its unit, such as `2s`, `500ms` or `1m`, but is the number `2`.',
    ],
    [
      '{ path: /x, timeout: 2 s }',
      '3:52 services.orders.routes[0].timeout: `timeout` must be a duration with its unit, such as `2s`, `500ms` or `1m`, but is `2 s`.',
    ],
    [
      '{ path: /x, timeout: 2h }',
      '3:52 services.orders.routes[0].timeout: `timeout` must be from `1ms` to `1h`, but is `2h`.',
    ],
    [
      '{ path: /x, retry: 3 }',
      '3:50 services.orders.routes[0].retry: `retry` must be a mapping such as `{ attempts: 2 }`, but is the number `3`.',
    ],
    [
      '{ path: /x, retry: { attemps: 3 } }',
      '3:52 services.orders.routes[0].retry.attemps: `attemps` is not a key msa knows in `retry`. [Did you mean `attempts`?]',
    ],
    [
      '{ path: /x, rateLimit: 600 }',
      '3:54 services.orders.routes[0].rateLimit: `rateLimit` must be a mapping such as `{ by: user, limit: 600, per: 1m }`, or a list of those, but is the number `600`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5 } }',
      '3:43 services.orders.routes[0].rateLimit.per: `per` is missing; it must be a time with its unit, such as `1s`, `1m`, `1h` or `1d`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 0, per: 1s } }',
      '3:63 services.orders.routes[0].rateLimit.limit: `limit` must be a whole number from 1 to 1000000000, but is the number `0`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1 } }',
      '3:71 services.orders.routes[0].rateLimit.per: `per` must be a time with its unit, such as `1s`, `1m`, `1h` or `1d`, but is the number `1`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 400d } }',
      '3:71 services.orders.routes[0].rateLimit.per: `per` must be from `1ms` to `366d`, but is `400d`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, by: ip } }',
      '3:79 services.orders.routes[0].rateLimit.by: `by` must be `user`, `key`, `address`, `service`, `route`, or a header such as `header:x-tenant`, but is `ip`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, by: "header:a b" } }',
      '3:79 services.orders.routes[0].rateLimit.by: `by` must be `user`, `key`, `address`, `service`, `route`, or a header such as `header:x-tenant`, but is `header:a b`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1d, burst: 2 } }',
      '3:82 services.orders.routes[0].rateLimit.burst: `burst` must be left out, since a quota (`per` in days) may be used up at once, but is the number `2`.',
    ],
    [
      '{ path: /x, rateLimit: [] }',
      '3:54 services.orders.routes[0].rateLimit: `rateLimit` must have 1 to 8 limits, but is a list.',
    ],
    [
      '{ path: /x, rateLimit: [{ limit: 5, per: 1s }, { limit: 6, per: 1s }] }',
      '3:54 services.orders.routes[0].rateLimit: `rateLimit` must tell its limits apart by `name`, `by` or `per`, but is a list.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, name: "a, b" } }',
      '3:81 services.orders.routes[0].rateLimit.name: `name` must have at most 50 letters, digits, spaces, dots, hyphens and underscores, but is `a, b`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, exactly: true } }',
      '3:75 services.orders.routes[0].rateLimit.exactly: `exactly` is not a key msa knows in `rateLimit`. [Did you mean `exact`?]',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, exact: 1 } }',
      '3:82 services.orders.routes[0].rateLimit.exact: `exact` must be true or false, but is the number `1`.',
    ],
    [
      '{ path: /x, rateLimit: { limit: 5, per: 1s, whenRedisIsGone: open } }',
      '3:92 services.orders.routes[0].rateLimit.whenRedisIsGone: `whenRedisIsGone` must be one of `local`, `refuse`, but is `open`.',
    ],
    [
      '{ path: /x }, { path: /x/ }',
      '3:53 services.orders.routes[1].path: `/x/` is the same path as `/x`, which is already a route of this service. The other is in line 3. [Keep one of the two.]',
    ],
  ])('%s', (route, expected) => {
    expect(serviceProblems(`{ path: a, routes: [${route}] }`)).toEqual([expected]);
  });

  it('lead to one service, and both places are named', () => {
    expect(serviceProblems('{ path: a, routes: [{ path: /users }] }')).toEqual([
      '4:38 services.users.routes[0].path: `/users` is already a route of `orders`. The other is in line 3. [Give one of the two another path; a path leads to one service.]',
    ]);
  });
});

describe('other origins in a call', () => {
  it('mean nothing', () => {
    expect(serviceProblems('{ path: a, calls: [{ service: users, cors: true }] }')).toEqual([
      '3:48 services.orders.calls[0].cors: `cors` is for browsers, and none takes part in a call between services. [Move it to a route.]',
    ]);
  });
});

describe('a cache', () => {
  it.each([
    [
      'cache: 5',
      '3:50 services.orders.routes[0].cache: `cache` must be `true`, `false`, or a mapping such as `{ ttl: 30s }`, but is the number `5`.',
    ],
    [
      'cache: { tll: 3s }',
      '3:52 services.orders.routes[0].cache.tll: `tll` is not a key msa knows in `cache`. [Did you mean `ttl`?]',
    ],
    [
      'cache: { ttl: 5 }',
      '3:57 services.orders.routes[0].cache.ttl: `ttl` must be a duration with its unit, such as `2s`, `500ms` or `1m`, but is the number `5`.',
    ],
    [
      'cache: { ttl: 48h }',
      '3:57 services.orders.routes[0].cache.ttl: `ttl` must be from `1ms` to `24h`, but is `48h`.',
    ],
    [
      'cache: { vary: accept }',
      '3:58 services.orders.routes[0].cache.vary: `vary` must be a list of at most 32 names of header fields, such as `[accept-language]`, but is `accept`.',
    ],
    [
      'cache: { vary: [a b] }',
      '3:59 services.orders.routes[0].cache.vary[0]: `vary[0]` must be the name of a header field, such as `x-version`, but is `a b`.',
    ],
    [
      'cache: { maxBytes: 1g }',
      '3:62 services.orders.routes[0].cache.maxBytes: `maxBytes` must be from `1k` to `16m`, but is `1g`.',
    ],
    [
      'cache: { stale: 5m }',
      '3:59 services.orders.routes[0].cache.stale: `stale` must be a mapping such as `{ whileRevalidate: 10s, ifError: 5m }`, but is `5m`.',
    ],
    [
      'cache: { stale: { ifError: 0s } }',
      '3:70 services.orders.routes[0].cache.stale.ifError: `ifError` must be from `1ms` to `24h`, but is `0s`.',
    ],
    [
      'cache: { private: sometimes }',
      '3:61 services.orders.routes[0].cache.private: `private` must be `true` or `false`, but is `sometimes`.',
    ],
  ])('%s', (keys, expected) => {
    expect(serviceProblems(`{ path: a, routes: [{ path: /x, ${keys} }] }`)).toEqual([expected]);
  });
});

describe('compression and pages of other origins', () => {
  it.each([
    [
      'compress: fast',
      '3:53 services.orders.routes[0].compress: `compress` must be `true`, `false`, or a mapping such as `{ codings: [gzip] }`, but is `fast`.',
    ],
    [
      'compress: { codings: [zstd] }',
      '3:65 services.orders.routes[0].compress.codings[0]: `codings[0]` must be one of `br`, `gzip`, but is `zstd`.',
    ],
    [
      'compress: { codings: [] }',
      '3:64 services.orders.routes[0].compress.codings: `codings` must be a list such as `[br, gzip]`, but is a list.',
    ],
    [
      'compress: { minBytes: 100 }',
      '3:65 services.orders.routes[0].compress.minBytes: `minBytes` must be an amount with its unit, such as `64k` or `1m`, but is the number `100`.',
    ],
    [
      'compress: { minBytes: 2m }',
      '3:65 services.orders.routes[0].compress.minBytes: `minBytes` must be from `1k` to `1m`, but is `2m`.',
    ],
    [
      'compress: { types: [TEXT] }',
      '3:63 services.orders.routes[0].compress.types[0]: `types[0]` must be a media type in lower case, such as `text/*`, but is `TEXT`.',
    ],
    [
      'compress: { level: 9 }',
      '3:55 services.orders.routes[0].compress.level: `level` is not a key msa knows in `compress`. [Known here: codings, minBytes, types.]',
    ],
    [
      'cors: "*"',
      '3:49 services.orders.routes[0].cors: `cors` must be `true`, `false`, or a mapping such as `{ origins: [https://app.example.com] }`, but is `*`.',
    ],
    [
      'cors: { origins: "*" }',
      '3:60 services.orders.routes[0].cors.origins: `origins` must be a list of at most 64 origins, such as `[https://app.example.com]`, but is `*`.',
    ],
    [
      'cors: { origins: [] }',
      '3:60 services.orders.routes[0].cors.origins: `origins` must be a list of at most 64 origins, such as `[https://app.example.com]`, but is a list.',
    ],
    [
      'cors: { origins: [app.example.com] }',
      '3:61 services.orders.routes[0].cors.origins[0]: `origins[0]` must be `*` or an origin in lower case without a path, such as `https://app.example.com` or `https://*.example.com`, but is `app.example.com`.',
    ],
    [
      'cors: { origins: ["https://a.example/"] }',
      '3:61 services.orders.routes[0].cors.origins[0]: `origins[0]` must be `*` or an origin in lower case without a path, such as `https://app.example.com` or `https://*.example.com`, but is `https://a.example/`.',
    ],
    [
      'cors: { origins: ["https://a.example:443"] }',
      '3:61 services.orders.routes[0].cors.origins[0]: `origins[0]` must not name the usual port, because browsers leave it out, but is `https://a.example:443`.',
    ],
    [
      'cors: { methods: [get] }',
      '3:61 services.orders.routes[0].cors.methods[0]: `methods[0]` must be a method in capitals, such as `GET`, but is `get`.',
    ],
    [
      'cors: { headers: ["a:b"] }',
      '3:61 services.orders.routes[0].cors.headers[0]: `headers[0]` must be the name of a header field, such as `x-version`, but is `a:b`.',
    ],
    [
      'cors: { expose: location }',
      '3:59 services.orders.routes[0].cors.expose: `expose` must be a list of at most 32 names of header fields, such as `[location, etag]`, but is `location`.',
    ],
    [
      'cors: { credentials: 1 }',
      '3:64 services.orders.routes[0].cors.credentials: `credentials` must be `true` or `false`, but is the number `1`.',
    ],
    [
      'cors: { maxAge: 500ms }',
      '3:59 services.orders.routes[0].cors.maxAge: `maxAge` must be from `1s` to `24h`, but is `500ms`.',
    ],
  ])('%s', (keys, expected) => {
    expect(serviceProblems(`{ path: a, routes: [{ path: /x, ${keys} }] }`)).toEqual([expected]);
  });
});

describe('variables', () => {
  it.each([
    [
      '{ A-B: 1 }',
      '3:29 services.orders.env.A-B: `A-B` cannot be the name of a variable. [Use letters, digits and `_`, and begin with no digit: `LOG_LEVEL`.]',
    ],
    ['{ PORT: 1 }', '3:29 services.orders.env.PORT: `PORT` is set by msa for every service. [Remove it or rename it.]'],
    [
      '{ USERS_URL: x }',
      '3:29 services.orders.env.USERS_URL: `USERS_URL` is set by msa because this service calls `users`. [Remove it or rename it.]',
    ],
    [
      '{ REDIS_URL: x }',
      '3:29 services.orders.env.REDIS_URL: `REDIS_URL` is set by msa because of `store: redis`. [Remove it or rename it.]',
    ],
    [
      '{ A: }',
      '3:32 services.orders.env.A: `A` must be a text, a number, true or false (`""` is the empty text), but has no value.',
    ],
    [
      '{ A: [1] }',
      '3:32 services.orders.env.A: `A` must be a text, a number, true or false (`""` is the empty text), but is a list.',
    ],
    ['[A=1]', '3:27 services.orders.env: `env` must be a mapping such as `{ LOG_LEVEL: debug }`, but is a list.'],
  ])('%s', (env, expected) => {
    expect(serviceProblems(`{ path: a, env: ${env}, calls: [users], store: redis }`)).toEqual([expected]);
  });
});

describe('ports and engines', () => {
  it.each([
    [
      'gateway: { port: 8761 }',
      '2:18 gateway.port: Port 8761 belongs to the registry. [Choose another one, or `auto`.]',
    ],
    [
      'gateway: { port: "80" }',
      '2:18 gateway.port: `port` must be a port from 1 to 65535, or `auto`, but is the text `"80"`. [Remove the quotes.]',
    ],
    ['gateway: { port: any }', '2:18 gateway.port: `port` must be a port from 1 to 65535, or `auto`, but is `any`.'],
    [
      'gateway: { port: 81080 }',
      '2:18 gateway.port: `port` must be a port from 1 to 65535, or `auto`, but is the number `81080`.',
    ],
    [
      'gateway: { workers: 0 }',
      '2:21 gateway.workers: `workers` must be a number of processes from 1 to 64, or `auto`, but is the number `0`.',
    ],
    [
      'gateway: { bind: 1.2.3 }',
      '2:18 gateway.bind: `bind` must be an IP address of this machine, such as `127.0.0.1`, or `0.0.0.0` for all of them, but is `1.2.3`.',
    ],
    [
      'gateway: { bind: localhost }',
      '2:18 gateway.bind: `bind` must be an IP address of this machine, such as `127.0.0.1`, or `0.0.0.0` for all of them, but is `localhost`.',
    ],
    [
      'gateway: { tls: true }',
      '2:17 gateway.tls: `tls` must be `auto`, a mapping such as `{ cert: certs/shop.pem, key: certs/shop.key }`, or names for `auto` such as `{ names: [shop.test] }`, but is `true`.',
    ],
    [
      'gateway: { tls: { cert: a.pem } }',
      '2:12 gateway.tls: `tls` has a `cert` and no `key`. [Write `tls: auto`, or name both: `{ cert: certs/shop.pem, key: certs/shop.key }`.]',
    ],
    [
      'gateway: { tls: { key: a.key } }',
      '2:12 gateway.tls: `tls` has a `key` and no `cert`. [Write `tls: auto`, or name both: `{ cert: certs/shop.pem, key: certs/shop.key }`.]',
    ],
    [
      'gateway: { tls: {} }',
      '2:12 gateway.tls: `tls` says nothing of its certificate. [Write `tls: auto`, or name both: `{ cert: certs/shop.pem, key: certs/shop.key }`.]',
    ],
    [
      'gateway: { tls: { cert: /etc/a.pem, key: a.key } }',
      '2:25 gateway.tls.cert: `cert` must be relative to the folder of msa.yaml, but is `/etc/a.pem`.',
    ],
    [
      'gateway: { tls: { cert: a.pem, key: a.key, names: [a.test] } }',
      '2:44 gateway.tls.names: `names` are for the certificate that msa makes; one of your own has its names. [Remove `names`, or `cert` and `key`.]',
    ],
    [
      'gateway: { tls: { names: [Shop.test] } }',
      '2:27 gateway.tls.names[0]: `names[0]` must be a host name in lower case, such as `shop.test`, but is `Shop.test`.',
    ],
    [
      'gateway: { tls: { names: shop.test } }',
      '2:26 gateway.tls.names: `names` must be a list of at most 32 host names such as `[shop.test]`, but is `shop.test`.',
    ],
    [
      'gateway: { tls: { certificate: a.pem } }',
      '2:19 gateway.tls.certificate: `certificate` is not a key msa knows in `tls`. [Known here: cert, key, names.]',
    ],
    [
      'gateway: { tls: manual }',
      '2:17 gateway.tls: `tls` must be `auto`, a mapping such as `{ cert: certs/shop.pem, key: certs/shop.key }`, or names for `auto` such as `{ names: [shop.test] }`, but is `manual`.',
    ],
    ['gateway: 8080', '2:10 gateway: `gateway` must be a mapping such as `{ port: 8080 }`, but is the number `8080`.'],
    ['isolation: hard', '2:12 isolation: `isolation` must be one of `open`, `strict`, but is `hard`.'],
  ])('%s', (yaml, expected) => {
    expect(problems(`name: shop\n${yaml}\n`)).toEqual([expected]);
  });

  it('are shared by all services under the process engine, and by none under others', () => {
    const services =
      'services:\n  a: { path: a, port: 8080 }\n  b: { path: b, port: 1 }\n  c: { path: c, port: 1 }\n  d: { path: d, port: 2, replicas: 2 }\n';
    const hint = '[Remove `port` if the program reads PORT, or use `engine: docker`.]';
    expect(problems(`name: shop\nengine: process\n${services}`)).toEqual([
      `4:23 services.a.port: Port 8080 is used by the gateway already, and under the process engine all share one machine. ${hint}`,
      `6:23 services.c.port: Port 1 is used by \`b\` already, and under the process engine all share one machine. The other is in line 5. ${hint}`,
      `7:23 services.d.port: 2 instances of \`d\` cannot all listen on port 2 of one machine. ${hint}`,
    ]);
    expect(problems(`name: shop\nengine: docker\n${services}`)).toEqual([]);
  });

  it('an image needs a command under the process engine', () => {
    expect(problems('name: shop\nengine: process\nservices:\n  a: { image: a }\n')).toEqual([
      '4:8 services.a.image: The process engine cannot run the image of `a`. [Add the `command` that starts the same program.]',
    ]);
  });
});

it('all problems of a file are told at once, in the order of its lines', () => {
  const text = `\uFEFFname: Shop
engin: docker
services:
  users: { path: ../u, calls: [order] }
  orders: { replicas: many, path: o }
`;
  expect(problems(text).map((problem) => problem.split(': ')[0])).toEqual([
    '1:7 name',
    '2:1 engin',
    '4:18 services.users.path',
    '4:32 services.users.calls[0]',
    '5:23 services.orders.replicas',
  ]);
});

describe('filters', () => {
  const needed = 'must be the name of a filter, or a mapping such as `{ filter: stamp, timeout: 200ms }`';
  const named =
    'must be the name of a file in gateway/filters without `.ts`: at most 40 lower-case letters, digits and hyphens, a letter first';
  const at = 'services.orders.routes[0].filters';

  it.each([
    ['stamp', `3:52 ${at}: \`filters\` must be a list of at most 16 filters, such as \`[stamp]\`, but is \`stamp\`.`],
    ['[3]', `3:53 ${at}[0]: \`filters[0]\` ${needed}, but is the number \`3\`.`],
    ['[[a]]', `3:53 ${at}[0]: \`filters[0]\` ${needed}, but is a list.`],
    ['[Stamp]', `3:53 ${at}[0]: \`filters[0]\` ${named}, but is \`Stamp\`.`],
    ['[../a]', `3:53 ${at}[0]: \`filters[0]\` ${named}, but is \`../a\`.`],
    ['[stamp.ts]', `3:53 ${at}[0]: \`filters[0]\` ${named}, but is \`stamp.ts\`.`],
    [
      '[msa-filters]',
      `3:53 ${at}[0]: \`filters[0]\` must be another name: the file with the types of filters has this one, but is \`msa-filters\`.`,
    ],
    ['[a, b, a]', `3:59 ${at}[2]: \`a\` is in the list twice. The other is in line 3. [Keep one of the two.]`],
    [
      '[a, { filter: a }]',
      `3:66 ${at}[1].filter: \`a\` is in the list twice. The other is in line 3. [Keep one of the two.]`,
    ],
    ['[{ timeout: 1s }]', `3:53 ${at}[0].filter: \`filter\` is missing; it ${named}.`],
    [
      '[{ filter: a, timeout: 1 }]',
      `3:75 ${at}[0].timeout: \`timeout\` must be a duration with its unit, such as \`200ms\` or \`2s\`, but is the number \`1\`.`,
    ],
    [
      '[{ filter: a, timeout: 2m }]',
      `3:75 ${at}[0].timeout: \`timeout\` must be from \`1ms\` to \`1m\`, but is \`2m\`.`,
    ],
    [
      '[{ filter: a, onFailure: skip }]',
      `3:77 ${at}[0].onFailure: \`onFailure\` must be one of \`refuse\`, \`pass\`, but is \`skip\`.`,
    ],
    [
      '[{ filter: a, timout: 1s }]',
      `3:66 ${at}[0].timout: \`timout\` is not a key msa knows in a filter. [Did you mean \`timeout\`?]`,
    ],
    [
      '[{ filter: a, services: users }]',
      `3:76 ${at}[0].services: \`services\` must be a list of services, such as \`[orders-next]\`, but is \`users\`.`,
    ],
    [
      '[{ filter: a, services: [usrs] }]',
      `3:77 ${at}[0].services[0]: There is no service \`usrs\` for the filter \`a\` to choose. [Did you mean \`users\`?]`,
    ],
  ])('%s', (yaml, expected) => {
    expect(serviceProblems(`{ path: o, routes: [{ path: /o, filters: ${yaml} }] }`)).toEqual([expected]);
  });

  it('for all public routes are checked as well', () => {
    expect(problems('name: shop\ngateway:\n  defaults:\n    filters: [a, a, { filter: b, services: [x] }]\n')).toEqual([
      '4:18 gateway.defaults.filters[1]: `a` is in the list twice. The other is in line 4. [Keep one of the two.]',
      '4:45 gateway.defaults.filters[2].services[0]: There is no service `x` for the filter `b` to choose. [There are no services yet.]',
    ]);
  });
});
