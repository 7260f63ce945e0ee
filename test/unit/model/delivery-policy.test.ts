import { expect, test } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

function policyOf(keys: string, defaults = '{}') {
  const text = `name: shop\ngateway: { defaults: ${defaults} }\nservices:\n  users: { path: u, routes: [{ path: /users${keys} }] }\n`;
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.workspace.services[0]?.routes[0]?.policy;
}

test('`true` is everything by default', () => {
  expect(policyOf(', cache: true, compress: true, cors: true')).toEqual({
    cache: {
      ttlMs: 0,
      vary: [],
      maxBytes: 1_048_576,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 0,
      private: false,
    },
    compress: { codings: ['br', 'gzip'], minBytes: 1024, types: [] },
    cors: {
      origins: ['*'],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      headers: ['*'],
      expose: [],
      credentials: false,
      maxAgeSeconds: 5,
    },
  });
});

test('what is said takes the place of a default', () => {
  const cache =
    '{ ttl: 30s, vary: [X-B, x-a, x-b], maxBytes: 2m, stale: { whileRevalidate: 10s, ifError: 5m }, private: true }';
  expect(policyOf(`, cache: ${cache}`)?.cache).toEqual({
    ttlMs: 30_000,
    vary: ['x-a', 'x-b'],
    maxBytes: 2_097_152,
    staleWhileRevalidateMs: 10_000,
    staleIfErrorMs: 300_000,
    private: true,
  });
  expect(policyOf(', cors: { headers: [X-A], expose: [ETag], maxAge: 10m }')?.cors).toMatchObject({
    headers: ['x-a'],
    expose: ['etag'],
    maxAgeSeconds: 600,
  });
});

test('`false` takes back what holds for all routes', () => {
  expect(policyOf(', cache: false, compress: false, cors: false', '{ cache: true, compress: true, cors: true }')).toBe(
    undefined,
  );
});
