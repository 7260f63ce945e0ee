import { describe, expect, test } from 'vitest';

import { compileChanges } from '../../../../src/gateway/route/change-fields.ts';
import { changePath, prefixInFront } from '../../../../src/gateway/route/change-path.ts';
import { redirectLocation } from '../../../../src/gateway/route/redirect-location.ts';
import type { RedirectPolicy } from '../../../../src/protocol/policies/redirect.ts';

describe('a path', () => {
  test.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/bar', '/foo', '/', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
    ['/foo/bar', '', '/xyz', '/xyz/foo/bar'],
    ['/', '', '/xyz', '/xyz/'],
    ['/foo/a//b', '/foo', '/xyz', '/xyz/a//b'],
  ])('%s with prefix %s replaced by "%s" is %s', (...given) => {
    const [path, from, to, expected] = given;
    expect(changePath(path, { kind: 'prefix', from, to })).toBe(expected);
  });

  test('is replaced as a whole', () => {
    expect(changePath('/foo/bar', { kind: 'full', path: '/one' })).toBe('/one');
  });

  test('that has lost its prefix never begins like the name of a host', () => {
    expect(changePath('/foo//evil.test/x', { kind: 'prefix', from: '/foo', to: '' })).toBe('/evil.test/x');
    expect(changePath('/foo///evil.test', { kind: 'prefix', from: '/foo', to: '/' })).toBe('/evil.test');
  });

  test.each([
    ['/shop/orders', '/orders', '/shop'],
    ['/shop', '', '/shop'],
    ['/orders', '/orders', undefined],
    ['/a', '/b', undefined],
    ['', '/api', undefined],
    ['/a/b', '/a', undefined],
  ])('%s that is "%s" for the service stands behind %s for clients', (from, to, expected) => {
    expect(prefixInFront({ kind: 'prefix', from, to })).toBe(expected);
  });

  test('that is replaced as a whole stands behind nothing', () => {
    expect(prefixInFront({ kind: 'full', path: '/one' })).toBeUndefined();
  });
});

describe('a redirect', () => {
  const prefix = { kind: 'prefix', from: '/old', to: '/new' } as const;

  test.each<[string, Partial<RedirectPolicy>, string, string]>([
    ['changes nothing but what it names', {}, 'http://shop.test:8080/old/x?a=1', 'http://shop.test:8080/old/x?a=1'],
    ['keeps the port with another host', { host: 'b.test' }, 'http://shop.test:8080/old', 'http://b.test:8080/old'],
    ['leaves out port 80 of http', { host: 'b.test', port: 80 }, 'http://a.test:8080/old', 'http://b.test/old'],
    ['leaves out port 443 of https', { scheme: 'https', port: 443 }, 'http://a.test/old', 'https://a.test/old'],
    ['names another port', { port: 8443, scheme: 'https' }, 'http://a.test/old', 'https://a.test:8443/old'],
    ['takes the usual port of another scheme', { scheme: 'https' }, 'http://a.test:8080/old', 'https://a.test/old'],
    ['takes the usual port of the same scheme', { scheme: 'http' }, 'http://a.test:8080/old', 'http://a.test/old'],
    ['stays in the scheme of the client', { port: 8443 }, 'https://a.test/old', 'https://a.test:8443/old'],
    ['keeps an IPv6 address', { port: 81 }, 'http://[::1]:8080/old', 'http://[::1]:81/old'],
    ['replaces a prefix', { path: prefix }, 'http://a.test/old/x?a=1', 'http://a.test/new/x?a=1'],
    ['replaces the path', { path: { kind: 'full', path: '/n' } }, 'http://a.test/old/x?a=1', 'http://a.test/n?a=1'],
    ['replaces path and host', { path: prefix, host: 'b.test' }, 'http://a.test/old', 'http://b.test/new'],
  ])('%s', (...given) => {
    const [, redirect, from, to] = given;
    const [, scheme = '', authority = '', path = '', query = ''] = /^(\w+):\/\/([^/]+)([^?]*)(.*)$/.exec(from) ?? [];
    const asked = { scheme: scheme as 'http' | 'https', authority, path, query };
    expect(redirectLocation({ status: 302, ...redirect }, asked)).toBe(to);
  });

  test('of a client that names no host leads to the path alone, unless the redirect has a host', () => {
    const asked = { scheme: 'http', authority: undefined, path: '/old/x', query: '' } as const;
    expect(redirectLocation({ status: 302, path: prefix }, asked)).toBe('/new/x');
    expect(redirectLocation({ status: 302, host: 'b.test' }, asked)).toBe('http://b.test/old/x');
  });

  test('of a client that names no host never leads to the host that a path could be read as', () => {
    const asked = { scheme: 'http', authority: undefined, path: '/old//evil.test', query: '' } as const;
    const strip = { kind: 'prefix', from: '/old', to: '' } as const;
    expect(redirectLocation({ status: 302, path: strip }, asked)).toBe('/evil.test');
  });
});

test('changes of fields take out what is set and removed, and put what is set and added at the end', () => {
  const changes = compileChanges({ set: { 'x-set': '1' }, add: { 'X-Add': '2' }, remove: ['X-Gone'] });
  expect(changes).toEqual({ removed: new Set(['x-set', 'x-gone']), added: ['x-set', '1', 'X-Add', '2'] });
  expect(compileChanges({})).toEqual({ removed: new Set(), added: [] });
});
