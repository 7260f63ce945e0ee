import { describe, expect, test } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import { gatewayUsesRedis, storesOf } from '../../../src/plan/stores.ts';

function workspaceOf(gateway: string, users: string, orders = 'path: o') {
  const yaml = `name: shop\ngateway: { ${gateway} }\nservices:\n  users: { path: u, ${users} }\n  orders: { ${orders} }\n`;
  const parsed = parseWorkspace(yaml, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.workspace;
}

function limitsOf(gateway: string, users: string) {
  const [service] = workspaceOf(gateway, users).services;
  return service?.routes.map(({ policy }) => policy?.rateLimit);
}

describe('rate limits', () => {
  test('fill in what they leave open', () => {
    expect(limitsOf('', 'routes: [{ path: /users, rateLimit: { limit: 600, per: 1m } }]')).toEqual([
      [
        {
          name: 'default',
          shared: false,
          by: 'address',
          limit: 600,
          perMs: 60_000,
          burst: 600,
          kind: 'rate',
          exact: false,
          whenRedisIsGone: 'local',
        },
      ],
    ]);
  });

  test('in days are quotas, and several have names of their own', () => {
    const several =
      '[{ by: user, limit: 10, per: 1s, burst: 2 }, { by: "header:X-Tenant", limit: 9, per: 30d, exact: true, whenRedisIsGone: refuse }]';
    expect(limitsOf('', `routes: [{ path: /users, rateLimit: ${several} }]`)).toMatchObject([
      [
        { name: 'user 1s', kind: 'rate', burst: 2, perMs: 1000 },
        {
          name: 'header X-Tenant 30d',
          kind: 'quota',
          burst: 9,
          perMs: 2_592_000_000,
          exact: true,
          whenRedisIsGone: 'refuse',
        },
      ],
    ]);
  });

  test('of the defaults are counted over all routes that have them; a route may have its own, or none', () => {
    const routes = '[{ path: /a }, { path: /b, rateLimit: { limit: 5, per: 1s } }, { path: /c, rateLimit: }]';
    expect(limitsOf('defaults: { rateLimit: { limit: 9, per: 1s } }', `routes: ${routes}`)).toMatchObject([
      [{ name: 'default', shared: true, limit: 9 }],
      [{ name: 'default', shared: false, limit: 5 }],
      undefined,
    ]);
  });

  test('need Redis, wherever they stand; without them and without a service that keeps data there is none', () => {
    const limit = 'rateLimit: { limit: 9, per: 1s }';
    const stores = [
      workspaceOf('', ''),
      workspaceOf(`defaults: { ${limit} }`, ''),
      workspaceOf(`defaults: { ${limit} }`, 'routes: [{ path: /a }]'),
      workspaceOf(`routes: [{ path: /x, redirect: { path: /y }, ${limit} }]`, ''),
      workspaceOf('', '', `path: o, calls: [{ service: users, ${limit} }]`),
      workspaceOf('', '', 'path: o, store: redis'),
    ].map((workspace) => [storesOf(workspace), gatewayUsesRedis(workspace)]);
    expect(stores).toEqual([
      [[], false],
      [[], false],
      [['redis'], true],
      [['redis'], true],
      [['redis'], true],
      [['redis'], false],
    ]);
  });
});

test('limits are counted by no field that a client cannot send', () => {
  const text =
    'name: shop\nservices: { a: { path: a, routes: [{ path: /a, rateLimit: { by: "header:Host", limit: 1, per: 1s } }] } }\n';
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
    '`by` must be another field: this one belongs to the connection, or the gateway itself writes it, but is `header:Host`.',
  ]);
});

function namedLimit(path: string, keys: string): string {
  return `{ path: ${path}, rateLimit: { name: api, ${keys} } }`;
}

function twoRoutes(first: string, second: string, calls = ''): string {
  return `name: shop\nservices:\n  users:\n    path: u\n    routes:\n      - ${first}\n      - ${second}\n  orders: { path: o${calls} }\n`;
}

describe('limits of one name', () => {
  test.each(['limit: 10, per: 1m', 'by: user, limit: 5, per: 1m', 'limit: 5, per: 1h', 'limit: 5, per: 1m, burst: 2'])(
    'are the same: { limit: 5, per: 1m } is not { %s }',
    (other) => {
      const parsed = parseWorkspace(twoRoutes(namedLimit('/a', 'limit: 5, per: 1m'), namedLimit('/b', other)), {
        file: 'msa.yaml',
      });
      expect(parsed.ok ? [] : parsed.problems).toMatchObject([
        {
          line: 7,
          path: 'services.users.routes[1].rateLimit.name',
          message: '`api` is another limit already, and limits of one name count together. The other is in line 6.',
          hint: 'Write the same `by`, `limit`, `per` and `burst` in both, or give it another name.',
        },
      ]);
    },
  );

  test('may be written in another way, and those of calls are others', () => {
    const calls = ', calls: [{ service: users, rateLimit: [{ name: api, limit: 99, per: 1s }] }]';
    const text = twoRoutes(
      namedLimit('/a', 'limit: 5, per: 1m'),
      namedLimit('/b', 'by: address, limit: 5, per: 60s, burst: 5'),
      calls,
    );
    expect(parseWorkspace(text, { file: 'msa.yaml' }).ok).toBe(true);
  });
});
