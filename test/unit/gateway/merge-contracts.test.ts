import { describe, expect, test } from 'vitest';

import { mergeContracts } from '../../../src/gateway/own/merge-contracts.ts';
import { publicPathsOf } from '../../../src/gateway/own/public-paths.ts';
import type { SystemRoute } from '../../../src/protocol/system.ts';

const info = { title: 'shop', version: '1' };
const rules = { timeoutMs: 1, retryAttempts: 0 };

function contract(service: string, schemas: Record<string, unknown>, operationId = `list-${service}`) {
  const path = { get: { operationId, responses: { 200: { schema: { $ref: '#/components/schemas/Page' } } } } };
  return {
    service,
    routes: publicPathsOf({ path: `/${service}`, ...rules }),
    document: { openapi: '3.1.0', paths: { [`/${service}`]: path }, components: { schemas } },
  };
}

test('components that mean the same are there once', () => {
  const merged = mergeContracts(info, [
    contract('a', { Page: { type: 'array' } }),
    contract('b', { Page: { type: 'array' } }),
  ]);
  expect(merged['components']).toEqual({ schemas: { Page: { type: 'array' } } });
});

test('a name that means two things belongs to the first; the other is renamed wherever it is used', () => {
  const merged = mergeContracts(info, [
    contract('a', { Page: { type: 'array' } }),
    contract('b', { Page: { type: 'object' } }),
  ]);
  expect(merged['components']).toEqual({ schemas: { Page: { type: 'array' }, 'b.Page': { type: 'object' } } });
  expect(JSON.stringify(merged['paths'])).toContain('"#/components/schemas/b.Page"');
});

test('what refers to a renamed component is renamed too, since it no longer means the same', () => {
  const page = { items: { $ref: '#/components/schemas/Item' } };
  const merged = mergeContracts(info, [
    contract('a', { Page: page, Item: { type: 'string' } }),
    contract('b', { Page: page, Item: { type: 'number' } }),
  ]);
  expect(merged['components']).toEqual({
    schemas: {
      Page: page,
      Item: { type: 'string' },
      'b.Page': { items: { $ref: '#/components/schemas/b.Item' } },
      'b.Item': { type: 'number' },
    },
  });
});

test('operation ids stay unique', () => {
  const merged = mergeContracts(info, [contract('a', {}, 'list'), contract('b', {}, 'list')]);
  const ids = JSON.stringify(merged['paths']).match(/"operationId":"[^"]+"/g);
  expect(ids).toEqual(['"operationId":"list"', '"operationId":"b.list"']);
});

test('only paths with a route are told, and a document without parts does no harm', () => {
  const document = { openapi: '3.1.0', paths: { '/a': {}, '/ab': {}, '/a/b': {}, '/internal': {} } };
  const merged = mergeContracts(info, [
    { service: 'a', routes: publicPathsOf({ path: '/a', ...rules }), document },
    {
      service: 'b',
      routes: publicPathsOf({ path: '/b', ...rules }),
      document: { openapi: '3.0.0', paths: null, components: [], tags: 'none' },
    },
  ]);
  expect(merged['paths']).toEqual({ '/a': {}, '/a/b': {} });
});

describe('the paths of a contract', () => {
  const item = { summary: 'x', get: {}, post: {}, parameters: [] };

  function pathsOf(route: Omit<SystemRoute, 'timeoutMs' | 'retryAttempts'>, ...paths: readonly string[]): unknown {
    const document = { openapi: '3.1.0', paths: Object.fromEntries(paths.map((path) => [path, item])) };
    return mergeContracts(info, [{ service: 'a', routes: publicPathsOf({ ...route, ...rules }), document }])['paths'];
  }

  test('are those of the exact path alone where the route takes no more', () => {
    expect(pathsOf({ path: '/a', matches: [{ path: '/a', exact: true }] }, '/a', '/a/b')).toEqual({ '/a': item });
  });

  test('have the operations that the route takes', () => {
    const taken = { summary: 'x', get: {}, parameters: [] };
    expect(pathsOf({ path: '/a', matches: [{ path: '/a', methods: ['GET'] }] }, '/a')).toEqual({ '/a': taken });
    expect(pathsOf({ path: '/a', matches: [{ path: '/a', methods: ['PUT'] }] }, '/a')).toEqual({});
  });

  test('are told as clients know them where the route rewrites them', () => {
    const strip = { path: { kind: 'prefix', from: '/shop', to: '' } } as const;
    const paths = ['/', '/items', '/items/{id}'];
    const policy = { rewrite: strip };
    expect(Object.keys(Object(pathsOf({ path: '/shop', policy }, ...paths)))).toEqual([
      '/shop',
      '/shop/items',
      '/shop/items/{id}',
    ]);
    const full = { rewrite: { path: { kind: 'full', path: '/one' } } } as const;
    expect(pathsOf({ path: '/shop', policy: full }, '/one')).toEqual({});
  });

  test('are all of them where the route takes all', () => {
    expect(Object.keys(Object(pathsOf({ path: '/' }, '/', '/a', '/a/b')))).toEqual(['/', '/a', '/a/b']);
  });
});
