import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { disguiseTest } from '../../../../src/gateway/auth/ambiguous-path.ts';
import { Challenges } from '../../../../src/gateway/auth/challenges.ts';
import { withFields } from '../../../../src/gateway/auth/identity.ts';
import { guardsBelow, guardsOf } from '../../../../src/gateway/auth/guards.ts';
import { KeyHolders } from '../../../../src/gateway/auth/key-holders.ts';
import { readCredentials } from '../../../../src/gateway/auth/read-credentials.ts';
import { asksForNothing, findLack, requirementsOf } from '../../../../src/gateway/auth/requirement.ts';
import { readTarget } from '../../../../src/gateway/http/normal-path.ts';
import type { SystemRoute } from '../../../../src/protocol/system.ts';
import type { AuthRequirement } from '../../../../src/protocol/policies/auth.ts';

const both = { tokens: true, keys: true };

describe('credentials', () => {
  test.each([
    [[], { kind: 'none' }],
    [['authorization', 'Bearer a.b.c'], { kind: 'token', token: 'a.b.c' }],
    [['AUTHORIZATION', 'bearer  a.b.c '], { kind: 'token', token: 'a.b.c' }],
    [['authorization', 'Bearer'], { kind: 'token', token: '' }],
    [['authorization', 'Bearer\ta.b.c'], { kind: 'token', token: 'a.b.c' }],
    [['authorization', 'Basic YTpi'], { kind: 'none' }],
    [['authorization', 'Bearerx a.b.c'], { kind: 'none' }],
    [['X-API-Key', 'k'], { kind: 'key', key: 'k' }],
    [['x-api-key', ''], { kind: 'key', key: '' }],
    [['authorization', 'Basic YTpi', 'x-api-key', 'k'], { kind: 'key', key: 'k' }],
  ])('of %j are %j', (fields, expected) => {
    expect(readCredentials(fields, both)).toEqual(expected);
  });

  test.each([
    [['authorization', 'Bearer a', 'Authorization', 'Bearer b'], 'There are two Authorization fields.'],
    [['authorization', 'Bearer a', 'Authorization', 'Basic b'], 'There are two Authorization fields.'],
    [['x-api-key', 'a', 'X-Api-Key', 'a'], 'There are two X-API-Key fields.'],
    [['authorization', 'Bearer a', 'x-api-key', 'b'], 'There are a token and an API key; send one of them.'],
  ])('that could be read in two ways are none: %j', (fields, reason) => {
    expect(readCredentials(fields, both)).toEqual({ kind: 'invalid', reason });
  });
});

test('credentials nobody is believed for are the service’s own affair', () => {
  const fields = ['authorization', 'Bearer a', 'x-api-key', 'b', 'x-api-key', 'c'];
  expect(readCredentials(fields, { tokens: true, keys: false })).toEqual({ kind: 'token', token: 'a' });
  expect(readCredentials(fields.slice(0, 4), { tokens: false, keys: true })).toEqual({ kind: 'key', key: 'b' });
});

describe('API keys', () => {
  const sha256 = createHash('sha256').update('msa_secret').digest('hex');
  const holders = new KeyHolders([{ name: 'cron', sha256, roles: ['reader'], scopes: [] }]);

  test('belong to who holds them', () => {
    expect(holders.find('msa_secret')).toMatchObject({ kind: 'key', subject: 'cron', roles: ['reader'] });
  });

  test.each(['', 'msa_secre', 'msa_secret ', sha256, 'x'.repeat(1000)])(
    'are nobody’s when they are wrong: %j',
    (key) => {
      expect(holders.find(key)).toBeUndefined();
    },
  );
});

function requirement(mode: AuthRequirement['mode'], more: Partial<AuthRequirement> = {}): AuthRequirement {
  return { mode, scopes: [], roles: [], ...more };
}

describe('requirements', () => {
  const write = requirement('required', { scopes: ['write'] });
  const read = requirement('required', { scopes: ['read'] });

  test('hold for a method, or else for the route', () => {
    const of = requirementsOf({ ...write, methods: { GET: read }, forwardToken: true });
    expect(['GET', 'HEAD', 'POST', 'get', 'BREW', 'constructor'].map((method) => of(method).scopes[0])).toEqual([
      'read',
      'read',
      'write',
      'write',
      'write',
      'write',
    ]);
  });

  test('of HEAD may be its own', () => {
    const of = requirementsOf({ ...write, methods: { GET: write, HEAD: read }, forwardToken: true });
    expect(of('HEAD')).toBe(read);
  });

  test('ask for nothing only when no method asks for anything', () => {
    const none = requirement('none');
    expect(asksForNothing({ ...none, methods: {}, forwardToken: true })).toBe(true);
    expect(asksForNothing({ ...none, methods: { POST: write }, forwardToken: true })).toBe(false);
    expect(asksForNothing({ ...requirement('optional'), methods: {}, forwardToken: true })).toBe(false);
  });

  test('are met by all of the scopes and one of the roles', () => {
    const parts = { kind: 'user', subject: 'ada', consumer: 'web', issuer: undefined } as const;
    const ada = withFields({ ...parts, roles: ['clerk'], scopes: ['read', 'write'] });
    expect(findLack(ada, requirement('required', { scopes: ['read', 'write'], roles: ['admin', 'clerk'] }))).toBe(
      undefined,
    );
    expect(findLack(ada, requirement('required', { scopes: ['read', 'delete'] }))).toEqual({
      kind: 'scopes',
      scopes: ['read', 'delete'],
    });
    expect(findLack(ada, requirement('required', { roles: ['admin'] }))).toEqual({ kind: 'roles', roles: ['admin'] });
    expect(findLack(ada, requirement('required', { scopes: ['READ'] }))).toBeDefined();
  });
});

describe('challenges', () => {
  const challenges = new Challenges({ realm: 'shop', tokens: true, keys: true });

  test('ask without an error when nothing was shown', () => {
    expect(challenges.missing().fields).toEqual([
      'www-authenticate',
      'Bearer realm="shop"',
      'www-authenticate',
      'ApiKey realm="shop", header="X-API-Key"',
    ]);
  });

  test('name only the means there are', () => {
    expect(new Challenges({ realm: 'shop', tokens: false, keys: true }).missing()).toMatchObject({
      kind: 'authentication-required',
      detail: 'This address asks for an `X-API-Key`.',
      fields: ['www-authenticate', 'ApiKey realm="shop", header="X-API-Key"'],
    });
  });

  test('say what is wrong with a token, and which scopes are missing', () => {
    expect(challenges.invalidToken('The token has expired.').fields?.[1]).toBe(
      'Bearer realm="shop", error="invalid_token", error_description="The token has expired."',
    );
    expect(challenges.insufficient({ kind: 'scopes', scopes: ['a', 'b'] }).fields?.[1]).toBe(
      'Bearer realm="shop", error="insufficient_scope", scope="a b"',
    );
    expect(challenges.insufficient({ kind: 'roles', roles: ['admin'] })).toEqual({
      kind: 'not-permitted',
      detail: 'This needs one of the roles admin.',
      fields: ['www-authenticate', 'Bearer realm="shop", error="insufficient_scope"'],
    });
  });

  test('speak of tokens only where tokens are taken', () => {
    const keysOnly = new Challenges({ realm: 'shop', tokens: false, keys: true });
    expect(keysOnly.insufficient({ kind: 'roles', roles: ['admin'] }).fields).toEqual([]);
    expect(keysOnly.invalidRequest('There are two X-API-Key fields.').fields?.[1]).toMatch(/^ApiKey /);
  });

  test('cannot be broken out of by a realm', () => {
    expect(new Challenges({ realm: 'a"b\\c\r\n', tokens: true, keys: false }).missing().fields?.[1]).toBe(
      'Bearer realm="a_b_c__"',
    );
  });
});

/** What the public route `/` does with a target, when `/admin` and `/shop/orders` are guarded. */
function fate(target: string): string {
  const isDisguise = disguiseTest([
    { path: '/admin', exact: false },
    { path: '/shop/orders', exact: false },
    { path: '/keys', exact: true },
  ]);
  const read = readTarget(target);
  if (!('path' in read)) return 'refused';
  if (/^\/(?:(?:admin|shop\/orders)(?:\/|$)|keys$)/.test(read.path)) return 'guarded';
  return isDisguise?.(read.path) === true ? 'refused' : 'public';
}

describe('paths that a service may take for others (T11)', () => {
  test.each([
    ['/public/../admin', 'guarded'],
    ['/public/%2e%2e/admin', 'guarded'],
    ['/public/%2E%2e/%61dmin', 'guarded'],
    ['/./admin', 'guarded'],
    ['/admin/', 'guarded'],
    ['/admin//x', 'guarded'],
    ['//admin', 'refused'],
    ['/public/..//admin', 'refused'],
    ['/public/..%2fadmin', 'refused'],
    ['/public/..\\admin', 'refused'],
    ['/public/..;/admin', 'refused'],
    ['/admin;x', 'refused'],
    ['/admin;x=1/users', 'refused'],
    ['/;x/admin', 'refused'],
    ['/admin%3Bx', 'refused'],
    ['/Admin', 'refused'],
    ['/ADMIN/users', 'refused'],
    ['/shop//orders', 'refused'],
    ['/shop;v=1/orders', 'refused'],
    ['/shop/orders;jsessionid=1', 'refused'],
    ['/shop/ORDERS/1', 'refused'],
    ['/%2561dmin', 'public'],
    ['/administrator', 'public'],
    ['/public//x', 'public'],
    ['/public;x', 'public'],
    ['/Public/Admin', 'public'],
    ['/shop/orderside', 'public'],
    ['/keys', 'guarded'],
    ['/keys/', 'refused'],
    ['/Keys', 'refused'],
    ['/keys;x', 'refused'],
    ['/keys/x', 'public'],
    ['/public/', 'public'],
  ])('%s is %s', (target, expected) => {
    expect(fate(target)).toBe(expected);
  });

  test('never lead to a guarded place, whichever of their oddities a service overlooks', () => {
    const pieces = [
      'admin',
      'Admin',
      'shop',
      'ORDERS',
      'orders',
      'x',
      '',
      '.',
      '..',
      ';',
      ';v=1',
      'admin;x',
      '%61dmin',
    ];
    const overlooked: readonly ((path: string) => string)[] = [
      (path) => path.toLowerCase(),
      (path) => path.replaceAll(/;[^/]*/g, ''),
      (path) => path.replaceAll(/\/{2,}/g, '/'),
      (path) => path.replace(/(?<=.)\/$/, ''),
    ];
    let state = 7;
    const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let round = 0; round < 3000; round += 1) {
      const target = `/${Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)] ?? '').join('/')}`;
      if (fate(target) !== 'public') continue;
      const read = readTarget(target);
      const path = 'path' in read ? read.path : '';
      for (let choice = 0; choice < 2 ** overlooked.length; choice += 1) {
        const chosen = overlooked.filter((_, bit) => Math.floor(choice / 2 ** bit) % 2 === 1);
        const seen = chosen.reduce((text, overlook) => overlook(text), path);
        expect(seen, target).not.toMatch(/^\/(?:admin|shop\/orders)(?:\/|$)/);
      }
    }
  });

  const asked = { mode: 'required', scopes: [], roles: [], methods: {}, forwardToken: true } as const;
  const guardedRoute = (path: string, more: object = {}): SystemRoute => ({
    path,
    service: 'a',
    timeoutMs: 1,
    retryAttempts: 0,
    policy: { auth: asked },
    ...more,
  });
  const open = (path: string, more: object = {}): SystemRoute => guardedRoute(path, { policy: {}, ...more });

  test.each<[what: string, routes: [SystemRoute, ...SystemRoute[]], found: string[]]>([
    ['below the route', [open('/'), guardedRoute('/admin'), guardedRoute('/x')], ['/admin', '/x']],
    ['not beside it', [open('/public'), guardedRoute('/admin'), guardedRoute('/publication')], []],
    ['in other letters', [open('/PUBLIC'), guardedRoute('/public/x')], ['/public/x']],
    ['not with the same rules', [guardedRoute('/'), guardedRoute('/admin')], []],
    ['not without rules', [open('/'), open('/admin')], []],
    ['not below an exact path', [open('/', { matches: [{ path: '/', exact: true }] }), guardedRoute('/admin')], []],
    [
      'at the same exact path, for another method',
      [
        open('/a', { matches: [{ path: '/a', exact: true, methods: ['GET'] }] }),
        guardedRoute('/a', { matches: [{ path: '/a', exact: true, methods: ['POST'] }] }),
      ],
      ['/a'],
    ],
    ['not of another host', [open('/', { hosts: ['a.test'] }), guardedRoute('/admin', { hosts: ['b.test'] })], []],
    ['of the same host', [open('/', { hosts: ['a.test'] }), guardedRoute('/admin', { hosts: ['*.test'] })], ['/admin']],
  ])('are looked for %s', (_what, routes, found) => {
    expect(guardsBelow(routes[0], guardsOf(routes)).map(({ path }) => path)).toEqual(found);
  });
});
