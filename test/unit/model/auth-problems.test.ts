import { describe, expect, it, test } from 'vitest';

import { parseKeysFile } from '../../../src/model/keys-file.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import type { Workspace } from '../../../src/model/workspace.ts';

/** Every problem as `line:column path: message [hint]`. */
function problems(text: string): readonly string[] {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  return parsed.ok ? [] : parsed.problems.map((problem) => render(problem));
}

interface Shown {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

function render({ line, column, path, message, hint }: Shown): string {
  return `${line}:${column} ${path}: ${message}${hint === undefined ? '' : ` [${hint}]`}`;
}

function workspace(text: string): Workspace {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.workspace;
}

/** The problems of `gateway.auth`, which stands in line 2 from column 18. */
function authProblems(yaml: string): readonly string[] {
  return problems(`name: shop\ngateway: { auth: ${yaml} }\nservices:\n  auth: { path: a }\n`);
}

/** The problems of a route, whose key stands in line 4 from column 48. */
function routeProblems(yaml: string): readonly string[] {
  const gateway = 'gateway: { auth: { keysFile: keys.yaml } }';
  return problems(`name: shop\n${gateway}\nservices:\n  orders: { path: a, routes: [{ path: /orders, ${yaml} }] }\n`);
}

describe('issuers', () => {
  it.each([
    ['{}', '2:18 gateway.auth: `auth` names nobody who is believed. [Add `issuers`, or a `keysFile` with API keys.]'],
    [
      '[]',
      '2:18 gateway.auth: `auth` must be a mapping such as `{ issuers: [{ service: auth, issuer: …, audience: … }] }`, but is a list.',
    ],
    [
      '{ issuers: [{ service: auht, issuer: me, audience: shop }] }',
      '2:41 gateway.auth.issuers[0].service: There is no service `auht` to issue tokens. [Did you mean `auth`?]',
    ],
    [
      '{ issuers: [{ service: login, issuer: me, audience: shop }] }',
      '2:41 gateway.auth.issuers[0].service: There is no service `login` to issue tokens. [Add the service, or give the address of the keys with `jwks`.]',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me }] }',
      '2:30 gateway.auth.issuers[0]: The issuer has no `audience`, so a token it made for anybody else would be good here too. [Say what `aud` has to say: `audience: shop`.]',
    ],
    [
      '{ issuers: [{ service: auth, audience: shop }] }',
      '2:30 gateway.auth.issuers[0].issuer: `issuer` is missing; it must be a text.',
    ],
    [
      '{ issuers: [{ issuer: me, audience: shop }] }',
      '2:30 gateway.auth.issuers[0]: The issuer has neither `service` nor `jwks`, so its keys cannot be found. [For example: `service: auth`, or `jwks: https://login.example.com/keys`.]',
    ],
    [
      '{ issuers: [{ service: auth, jwks: https://x.y/z, issuer: me, audience: shop }] }',
      '2:47 gateway.auth.issuers[0].jwks: The issuer has both `service` and `jwks`, but its keys are in one place. The other is in line 2. [Keep `service` for one of this workspace, or `jwks` for somebody else.]',
    ],
    [
      '{ issuers: [{ jwks: https://x.y, path: /x, issuer: me, audience: shop }] }',
      '2:51 gateway.auth.issuers[0].path: `path` belongs to `service`; `jwks` is a whole address. [Remove it.]',
    ],
    [
      '{ issuers: [{ jwks: http://x.y/z, issuer: me, audience: shop }] }',
      '2:38 gateway.auth.issuers[0].jwks: `jwks` must be an `https:` address (keys that come unencrypted could be anybody’s), but is `http://x.y/z`.',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me, audience: shop, algorithms: [HS256] }] }',
      '2:88 gateway.auth.issuers[0].algorithms[0]: `algorithms[0]` must be a way to sign with a pair of keys, such as `ES256` (with one secret, whoever checks tokens could make them), but is `HS256`.',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me, audience: shop, algorithms: [none] }] }',
      '2:88 gateway.auth.issuers[0].algorithms[0]: `algorithms[0]` must be a way to sign, such as `ES256`, but is `none`.',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me, audience: shop, clockSkew: 10m }] }',
      '2:86 gateway.auth.issuers[0].clockSkew: `clockSkew` must be at most `5m`, but is `10m`.',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me, audience: shop, claims: { roles: "a b" } }] }',
      '2:92 gateway.auth.issuers[0].claims.roles: `roles` must be the name of a claim, such as `roles` or `realm_access.roles`, but is `a b`.',
    ],
    [
      '{ issuers: [{ service: auth, issuer: me, audience: a }, { jwks: https://x.y, issuer: me, audience: b }] }',
      '2:103 gateway.auth.issuers[1].issuer: `me` is an issuer already, and a token says only that. The other is in line 2. [Keep one of the two; `audience` may be a list.]',
    ],
    [
      '{ keysFile: ../keys.yaml }',
      '2:30 gateway.auth.keysFile: `keysFile` must stay inside the workspace (`..` leads out of it), but is `../keys.yaml`.',
    ],
  ])('%s', (yaml, expected) => {
    expect(authProblems(yaml)).toEqual([expected]);
  });

  test.each(['http://localhost:8081/keys', 'http://127.0.0.1/keys', 'http://[::1]:80/keys', 'https://x.y'])(
    'may publish their keys at %s',
    (url) => {
      expect(authProblems(`{ issuers: [{ jwks: "${url}", issuer: me, audience: shop }] }`)).toEqual([]);
    },
  );

  test.each([
    'http://localhost.evil.test/k',
    'http://127.evil.test/k',
    'ftp://x.y/z',
    'https://a@b/c',
    'https://x.y/z#f',
  ])('may not publish them at %s', (url) => {
    expect(authProblems(`{ issuers: [{ jwks: "${url}", issuer: me, audience: shop }] }`)).toHaveLength(1);
  });
});

test('claims lie as deep as they have dots, but where an address is their name', () => {
  const claims = '{ roles: "https://shop.example.com/roles", scopes: access.granted.scp }';
  const issuer = `{ jwks: "https://x.y", issuer: me, audience: shop, claims: ${claims} }`;
  const { gateway } = workspace(
    `name: shop\ngateway: { auth: { issuers: [${issuer}] } }\nservices: { a: { path: a } }\n`,
  );
  expect(gateway.policy?.auth?.issuers[0]).toMatchObject({
    rolesClaim: ['https://shop.example.com/roles'],
    scopesClaim: ['access', 'granted', 'scp'],
  });
});

describe('what routes ask for', () => {
  const must = '`required`, `optional`, `none`, or a mapping such as `{ scopes: [orders:read] }`';

  it.each([
    ['auth: requird', `4:54 services.orders.routes[0].auth: \`auth\` must be ${must}, but is \`requird\`.`],
    ['auth: true', `4:54 services.orders.routes[0].auth: \`auth\` must be ${must}, but is \`true\`.`],
    ['auth:', `4:54 services.orders.routes[0].auth: \`auth\` must be ${must}, but has no value.`],
    [
      'auth: { scope: [read] }',
      '4:56 services.orders.routes[0].auth.scope: `scope` is not a key msa knows in `auth`. [Did you mean `scopes`?]',
    ],
    [
      'auth: { scopes: ["a b"] }',
      '4:65 services.orders.routes[0].auth.scopes[0]: `scopes[0]` must be one scope such as `orders:read`, without spaces and quotes, but is `a b`.',
    ],
    [
      'auth: { methods: { GET: no } }',
      `4:72 services.orders.routes[0].auth.methods.GET: \`GET\` must be ${must}, but is \`no\`.`,
    ],
    [
      'auth: { others: any, methods: { GET: none } }',
      '4:64 services.orders.routes[0].auth.others: `others` must be one of `required`, `optional`, `none`, but is `any`.',
    ],
    [
      'auth: { methods: { get: none } }',
      '4:67 services.orders.routes[0].auth.methods.get: `get` is not a key msa knows in `methods`. [Did you mean `GET`?]',
    ],
    [
      'auth: { others: none }',
      '4:56 services.orders.routes[0].auth.others: `others` says what methods ask for that are not in `methods`, but there are no `methods`. [Remove it, or name methods.]',
    ],
    [
      'auth: { scopes: [read], methods: { POST: required }, others: none }',
      '4:56 services.orders.routes[0].auth.scopes: `scopes` are asked of nobody: they are for methods that `methods` does not name, and `others` lets everybody in by those. The other is in line 4. [Remove `others`, or write the `scopes` into `methods`.]',
    ],
    [
      'access: { allow: [10.0.0.0/33] }',
      '4:66 services.orders.routes[0].access.allow[0]: `allow[0]` must be an address or a network, such as `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`, but is `10.0.0.0/33`.',
    ],
    [
      'access: { allow: [example.com] }',
      '4:66 services.orders.routes[0].access.allow[0]: `allow[0]` must be an address or a network, such as `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`, but is `example.com`.',
    ],
    [
      'access: { allow: [] }',
      '4:65 services.orders.routes[0].access.allow: `allow` must have somebody in it (without it, everybody may come in), but is a list.',
    ],
    [
      'access: { alow: [] }',
      '4:58 services.orders.routes[0].access.alow: `alow` is not a key msa knows in `access`. [Did you mean `allow`?]',
    ],
  ])('%s', (yaml, expected) => {
    expect(routeProblems(yaml)).toEqual([expected]);
  });

  it('is in vain when nobody is believed; once is enough to say so', () => {
    const hint =
      '[Say who in `gateway.auth`: `issuers: [{ service: auth, issuer: …, audience: … }]`, or a `keysFile`.]';
    const message = 'This asks for a token or an API key, but nobody is believed who could give one.';
    const route = '{ path: /orders, auth: required }';
    expect(problems(`name: shop\nservices:\n  a: { path: a, routes: [${route}] }\n  b: { path: b }\n`)).toEqual([
      `3:43 services.a.routes[0].auth: ${message} ${hint}`,
    ]);
    expect(
      problems(
        `name: shop\ngateway: { defaults: { auth: required } }\nservices:\n  a: { path: a, routes: [${route}] }\n`,
      ),
    ).toEqual([`2:24 gateway.defaults.auth: ${message} ${hint}`]);
    expect(problems('name: shop\nservices:\n  a: { path: a, routes: [{ path: /a, auth: none }] }\n')).toEqual([]);
  });

  it('holds for all routes that do not say otherwise', () => {
    const { services, gateway } = workspace(`
name: shop
gateway:
  auth: { keysFile: ./gateway/keys.yaml }
  access: { public: { deny: [10.0.0.1] } }
  defaults: { auth: { scopes: [read], methods: { POST: { roles: [clerk] }, OPTIONS: none } } }
services:
  orders:
    path: orders
    routes:
      - path: /orders
      - { path: /health, auth: none }
      - { path: /menu, auth: optional, access: { allow: ["::1"] } }
`);
    expect(gateway.keysFile).toBe('gateway/keys.yaml');
    expect(gateway.policy).toEqual({
      auth: { issuers: [], keys: [] },
      access: { public: { allow: [], deny: ['10.0.0.1'] } },
    });
    expect(services[0]?.routes.map(({ policy }) => policy)).toEqual([
      {
        auth: {
          mode: 'required',
          scopes: ['read'],
          roles: [],
          methods: {
            POST: { mode: 'required', scopes: [], roles: ['clerk'] },
            OPTIONS: { mode: 'none', scopes: [], roles: [] },
          },
          forwardToken: true,
        },
      },
      undefined,
      {
        access: { allow: ['::1'], deny: [] },
        auth: { mode: 'optional', scopes: [], roles: [], methods: {}, forwardToken: true },
      },
    ]);
  });
});

/** What is wrong with a file of keys. */
function keyProblems(text: string): readonly string[] {
  const parsed = parseKeysFile(text, 'gateway/keys.yaml');
  return parsed.ok ? [] : parsed.problems.map((problem) => render(problem));
}

/** The problems of a call, whose key stands in line 4 from column 48. */
function callProblems(yaml: string): readonly string[] {
  const call = `{ service: users, ${yaml} }`;
  return problems(`name: shop\nservices:\n  users: { path: u }\n  orders: { path: a, calls: [${call}] }\n`);
}

describe('what of another service may be called', () => {
  it.each([
    ['allow: GET /users', '`allow` must be a list such as `["GET /users"]`, but is `GET /users`.'],
    [
      'allow: [GET]',
      '`allow[0]` must be a method and a path, such as `GET /users`; a path alone allows every method, but is `GET`.',
    ],
    [
      'allow: ["get /users"]',
      '`allow[0]` must be a method and a path, such as `GET /users`; a path alone allows every method, but is `get /users`.',
    ],
  ])('%s', (yaml, expected) => {
    expect(callProblems(yaml)).toEqual([expect.stringContaining(expected)]);
  });

  it('is said by method and path', () => {
    const allow = '["GET /users", /health, "* /x"]';
    const { services } = workspace(
      `name: shop\nservices:\n  users: { path: u }\n  orders: { path: a, calls: [{ service: users, allow: ${allow} }] }\n`,
    );
    expect(services[1]?.callRules['users']?.policy).toEqual({
      allow: [{ method: 'GET', path: '/users' }, { path: '/health' }, { path: '/x' }],
    });
  });
});

describe('a file of API keys', () => {
  const hash = 'ab'.repeat(32);

  it('has the hash of each key, and what it may do', () => {
    const text = `cron:\n  sha256: ${hash}\n  roles: [reader]\nweb@shop: { sha256: ${hash.replace('a', '0')}, scopes: [orders:read] }\n`;
    expect(parseKeysFile(text, 'keys.yaml')).toEqual({
      ok: true,
      keys: [
        { name: 'cron', sha256: hash, roles: ['reader'], scopes: [] },
        { name: 'web@shop', sha256: hash.replace('a', '0'), roles: [], scopes: ['orders:read'] },
      ],
    });
  });

  test.each(['', '# nothing yet\n', '\n\n'])('may be empty: %j', (text) => {
    expect(parseKeysFile(text, 'keys.yaml')).toEqual({ ok: true, keys: [] });
  });

  it.each([
    ['- a\n', '1:1 : The file must be a mapping of keys to values, such as `name: shop`.'],
    ['cron: secret\n', '1:7 cron: `cron` must be a mapping such as `{ sha256: … }`, but is `secret`.'],
    [
      'cron: {}\n',
      '1:1 cron.sha256: `sha256` is missing; it must be the SHA-256 of a key, as 64 hexadecimal digits in small letters.',
    ],
    [
      `cron: { sha256: ${'AB'.repeat(32)} }\n`,
      `1:17 cron.sha256: \`sha256\` must be the SHA-256 of a key, as 64 hexadecimal digits in small letters, but is \`${'AB'.repeat(28)}A…\`.`,
    ],
    [
      `a b: { sha256: ${hash} }\n`,
      '1:1 ["a b"]: The name `a b` must consist of letters, digits, `.`, `_`, `@` and `-`.',
    ],
    [`a: { sha256: ${hash} }\nb: { sha256: ${hash} }\n`, '2:14 b.sha256: This is the key of `a` already.'],
    [
      `a: { sha256: ${hash}, role: [x] }\n`,
      '1:80 a.role: `role` is not a key msa knows in `a`. [Did you mean `roles`?]',
    ],
  ])('%j', (text, expected) => {
    expect(keyProblems(text)).toEqual([expected]);
  });
});
