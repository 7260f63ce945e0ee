import { expect, test } from 'vitest';

import { mergeContracts } from '../../../src/gateway/own/merge-contracts.ts';

const info = { title: 'shop', version: '1' };

function contract(service: string, schemas: Record<string, unknown>, operationId = `list-${service}`) {
  const path = { get: { operationId, responses: { 200: { schema: { $ref: '#/components/schemas/Page' } } } } };
  return {
    service,
    routes: [`/${service}`],
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
    { service: 'a', routes: ['/a'], document },
    { service: 'b', routes: ['/b'], document: { openapi: '3.0.0', paths: null, components: [], tags: 'none' } },
  ]);
  expect(merged['paths']).toEqual({ '/a': {}, '/a/b': {} });
});
