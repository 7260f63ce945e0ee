import { describe, expect, test } from 'vitest';

import { findRoute } from '../../../../src/gateway/route/find-route.ts';
import { RouteTable } from '../../../../src/gateway/route/route-table.ts';
import type { RouteTarget } from '../../../../src/gateway/state/targets.ts';
import type { RouteMatch, RouteMatches } from '../../../../src/protocol/route-match.ts';
import { asked, parseAsked } from './lookup.ts';

type Written = Omit<RouteMatches, 'path'> & { readonly path?: string };

/** A table of routes by name, in the order of a file. */
function tableOf(routes: Readonly<Record<string, Written>>): RouteTable<string> {
  const entries = Object.entries(routes).map(([route, { path = '/', ...rest }]) => ({
    route,
    matches: { path: rest.matches?.[0]?.path ?? path, ...rest },
  }));
  return new RouteTable(entries);
}

const one = (match: Partial<RouteMatch>): Written => ({ matches: [{ path: '/', ...match }] });

describe('paths', () => {
  const table = tableOf({
    all: { path: '/' },
    orders: { path: '/orders' },
    archive: { path: '/orders/archive/' },
    order: { path: '/order' },
    sum: one({ path: '/orders/sum', exact: true }),
    slashed: one({ path: '/orders/sum/', exact: true }),
    cafe: { path: '/caf%c3%a9' },
  });

  test.each([
    ['/', 'all'],
    ['/order', 'order'],
    ['/order/', 'order'],
    ['/order/7', 'order'],
    ['/orders', 'orders'],
    ['/orders/', 'orders'],
    ['/orders/7', 'orders'],
    ['/ordersx', 'all'],
    ['/orde', 'all'],
    ['/Orders', 'all'],
    ['/orders/archive', 'archive'],
    ['/orders/archive/7/8', 'archive'],
    ['/orders/archives', 'orders'],
    ['/orders/sum', 'sum'],
    ['/orders/sum/', 'slashed'],
    ['/orders/sum/7', 'orders'],
    ['/orders/sums', 'orders'],
    ['/orders//sum', 'orders'],
    ['/orders/./sum', 'sum'],
    ['/orders/x/../sum', 'sum'],
    ['/orders/%73um', 'sum'],
    ['/caf%C3%A9/x', 'cafe'],
  ])('%s is for "%s"', (target, expected) => {
    expect(table.find(asked({ target }))).toBe(expected);
  });

  test('that no route takes are for none', () => {
    expect(tableOf({ orders: { path: '/orders' } }).find(asked({ target: '/' }))).toBeUndefined();
    expect(tableOf({}).find(asked({ target: '/' }))).toBeUndefined();
    const exact = tableOf({ sum: one({ path: '/sum', exact: true }) });
    expect(exact.find(asked({ target: '/sum/' }))).toBeUndefined();
    expect(exact.find(asked({ target: '/su' }))).toBeUndefined();
    expect(exact.find(asked({ target: '/sum/7' }))).toBeUndefined();
  });
});

describe('hosts', () => {
  const table = tableOf({
    apex: { hosts: ['example.com'] },
    api: { hosts: ['api.example.com', 'API.example.net'], path: '/v1' },
    below: { hosts: ['*.example.com'] },
    deep: { hosts: ['*.eu.example.com'], path: '/v1' },
  });

  test.each([
    ['example.com', '/', 'apex'],
    ['EXAMPLE.com:8080', '/', 'apex'],
    ['example.com.', '/', 'apex'],
    ['api.example.com', '/v1/x', 'api'],
    ['api.example.net:1234', '/v1', 'api'],
    ['api.example.com', '/v2', 'below'],
    ['a.b.example.com', '/', 'below'],
    ['x.eu.example.com', '/v1', 'deep'],
    ['x.eu.example.com', '/v2', 'below'],
    ['eu.example.com', '/v1', 'below'],
    ['.example.com', '/', undefined],
    ['badexample.com', '/', undefined],
    ['api.example.net', '/v2', undefined],
    ['[::1]:8080', '/', undefined],
    ['example.org', '/v1', undefined],
  ])('%s%s is for %s', (host, target, expected) => {
    expect(table.find(asked({ host, target }))).toBe(expected);
  });

  test('that a client does not name are those of routes for any host', () => {
    expect(table.find(asked({ target: '/v1' }))).toBeUndefined();
    expect(tableOf({ any: {}, named: { hosts: ['a.test'] } }).find(asked({ target: '/' }))).toBe('any');
  });

  test('count before paths, and the longer wildcard before the shorter', () => {
    const rival = tableOf({
      any: one({ path: '/a/b', exact: true }),
      wide: { hosts: ['*.test'], path: '/a/b' },
      narrow: { hosts: ['*.a.test'], path: '/a' },
      named: { hosts: ['x.a.test'], path: '/' },
    });
    expect(rival.find(asked({ host: 'x.a.test', target: '/a/b' }))).toBe('named');
    expect(rival.find(asked({ host: 'y.a.test', target: '/a/b' }))).toBe('narrow');
    expect(rival.find(asked({ host: 'y.b.test', target: '/a/b' }))).toBe('wide');
    expect(rival.find(asked({ host: 'other', target: '/a/b' }))).toBe('any');
  });
});

describe('methods, fields and parameters', () => {
  const table = tableOf({
    write: one({ path: '/orders', methods: ['POST', 'PUT'] }),
    two: one({ path: '/orders', headers: { 'X-Version': '2' } }),
    both: one({ path: '/orders', headers: { 'x-version': '2', 'x-color': 'blue' } }),
    beta: one({ path: '/orders', query: { beta: '1' } }),
    spaced: one({ path: '/orders', query: { q: 'a b' } }),
  });

  test.each([
    ['POST /orders', 'write'],
    ['PUT /orders/7', 'write'],
    ['post /orders', undefined],
    ['HEAD /orders', undefined],
    ['GET /orders', undefined],
    ['GET /orders x-version=2', 'two'],
    ['GET /orders X-VERSION=2', 'two'],
    ['GET /orders x-version=2 x-color=blue', 'both'],
    ['GET /orders x-version=2 x-color=Blue', 'two'],
    ['GET /orders x-version=20', undefined],
    ['GET /orders x-version=2 X-Version=3', undefined],
    ['GET /orders x-color=blue', undefined],
    ['GET /orders?beta=1', 'beta'],
    ['GET /orders?x=0&beta=1&beta=2', 'beta'],
    ['GET /orders?beta=2&beta=1', undefined],
    ['GET /orders?Beta=1', undefined],
    ['GET /orders?beta=', undefined],
    ['GET /orders?b%65ta=%31', 'beta'],
    ['GET /orders?q=a+b', 'spaced'],
    ['GET /orders?q=a%20b', 'spaced'],
    ['GET /orders?%', undefined],
    ['POST /orders?beta=1 x-version=2 x-color=blue', 'write'],
    ['GET /orders?beta=1 x-version=2', 'two'],
  ])('%s is for %s', (text, expected) => {
    expect(table.find(parseAsked(text))).toBe(expected);
  });

  test('a method of the route that is not the request’s leaves the path to shorter routes', () => {
    const rival = tableOf({ all: { path: '/' }, read: one({ path: '/orders', methods: ['GET'] }) });
    expect(rival.find(parseAsked('DELETE /orders'))).toBe('all');
  });

  test('a name of a field that is written twice counts once', () => {
    const twice = tableOf({ one: one({ headers: { 'X-A': '1', 'x-a': '2' } }), two: one({ headers: { 'x-b': '1' } }) });
    expect(twice.find(parseAsked('GET / x-a=1'))).toBe('one');
    expect(twice.find(parseAsked('GET / x-a=1 x-b=1'))).toBe('one');
  });

  test('names that objects have by themselves are names like any other', () => {
    const odd = tableOf({ odd: one({ query: { constructor: '1' }, headers: { 'to-string': 'x' } }) });
    expect(odd.find(parseAsked('GET /'))).toBeUndefined();
    expect(odd.find(parseAsked('GET /?constructor=1 to-string=x'))).toBe('odd');
  });
});

describe('several matches of a route', () => {
  const table = tableOf({
    first: { matches: [{ path: '/a' }, { path: '/b', exact: true }, { path: '/', headers: { version: 'one' } }] },
    second: { matches: [{ path: '/a/b' }, { path: '/', query: { animal: 'whale' } }] },
  });

  test.each([
    ['GET /a', 'first'],
    ['GET /a/b', 'second'],
    ['GET /b', 'first'],
    ['GET /b/c', undefined],
    ['GET /c version=one', 'first'],
    ['GET /c?animal=whale', 'second'],
    ['GET /c?animal=whale version=one', 'first'],
    ['GET /c', undefined],
  ])('are any of them: %s is for %s', (text, expected) => {
    expect(table.find(parseAsked(text))).toBe(expected);
  });
});

describe('of several routes that take a request', () => {
  // Each takes GET /path?a=1&b=2 with x-a=1 and x-b=2; each is beaten by the one that stands after it.
  const rivals: Readonly<Record<string, RouteMatch>> = {
    'the last in the file with a short prefix': { path: '/' },
    'the longer prefix': { path: '/path' },
    'one parameter': { path: '/path', query: { a: '1' } },
    'two parameters': { path: '/path', query: { a: '1', b: '2' } },
    'one field': { path: '/path', headers: { 'x-a': '1' } },
    'one field and one parameter': { path: '/path', headers: { 'x-a': '1' }, query: { a: '1' } },
    'two fields': { path: '/path', headers: { 'x-a': '1', 'x-b': '2' } },
    'a method': { path: '/path', methods: ['GET'] },
    'a method and a field': { path: '/path', methods: ['GET'], headers: { 'x-a': '1' } },
    'the exact path': { path: '/path', exact: true },
    'the exact path with a parameter': { path: '/path', exact: true, query: { a: '1' } },
    'the exact path with a method': { path: '/path', exact: true, methods: ['GET', 'PUT'] },
  };
  const request = parseAsked('GET /path?a=1&b=2 x-a=1 x-b=2');

  test.each(Object.keys(rivals).map((name, index) => [name, index] as const))('%s counts', (name, index) => {
    const weaker = Object.entries(rivals).slice(0, index + 1);
    const inOrder = tableOf(Object.fromEntries(weaker.map(([key, match]) => [key, one(match)])));
    const reversed = tableOf(Object.fromEntries(weaker.toReversed().map(([key, match]) => [key, one(match)])));
    expect([inOrder.find(request), reversed.find(request)]).toEqual([name, name]);
  });

  test('the first in the file counts when all else is equal', () => {
    const table = tableOf({
      first: one({ path: '/path', headers: { 'x-b': '2' } }),
      second: one({ path: '/path', headers: { 'x-a': '1' } }),
    });
    expect(table.find(request)).toBe('first');
  });
});

describe('a preflight', () => {
  const entries = [
    { declared: { path: '/' }, matches: { path: '/' } },
    { declared: { policy: { cors: {} } }, matches: { path: '/a', matches: [{ path: '/a', methods: ['PUT'] }] } },
    { declared: { policy: {} }, matches: { path: '/b', matches: [{ path: '/b', methods: ['PUT'] }] } },
  ];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is looked at
  const targets = entries.map(({ declared }) => ({ declared }) as unknown as Pick<RouteTarget, 'declared'>);
  const table = new RouteTable(
    entries.flatMap(({ matches }, index) => {
      const target = targets[index];
      return target ? [{ route: target, matches }] : [];
    }),
  );

  test.each([
    [
      'is answered by the route that would take the request',
      'OPTIONS /a origin=x access-control-request-method=PUT',
      1,
    ],
    ['is like any other request without an origin', 'OPTIONS /a access-control-request-method=PUT', 0],
    ['is like any other request for another method', 'OPTIONS /a origin=x access-control-request-method=GET', 0],
    [
      'is like any other request where the route says nothing',
      'OPTIONS /b origin=x access-control-request-method=PUT',
      0,
    ],
    ['is nothing but OPTIONS', 'GET /a origin=x access-control-request-method=PUT', 0],
  ])('%s', (_what, text, expected) => {
    expect(findRoute(table, parseAsked(text))).toBe(targets[expected]);
  });
});
