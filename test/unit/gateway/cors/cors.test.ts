import { describe, expect, test } from 'vitest';

import { compileCors } from '../../../../src/gateway/cors/compile-cors.ts';
import { originTest } from '../../../../src/gateway/cors/origins.ts';
import type { CorsPolicy } from '../../../../src/protocol/policies/cors.ts';

const open: CorsPolicy = {
  origins: ['*'],
  methods: ['GET', 'PUT'],
  headers: ['*'],
  expose: [],
  credentials: false,
  maxAgeSeconds: 5,
};
const app = 'https://app.example.com';
const preflight = { origin: app, method: 'PUT', headers: 'authorization,content-type' };

describe('an origin', () => {
  const isAllowed = originTest([app, 'https://*.shop.example', 'http://*.local:3000']);
  test.each([
    [app, true],
    ['https://app.example.com:8443', false],
    ['http://app.example.com', false],
    ['https://app.example.com.evil.example', false],
    ['https://APP.example.com', false],
    ['https://a.shop.example', true],
    ['https://a.b.shop.example', true],
    ['https://shop.example', false],
    ['https://.shop.example', false],
    ['https://evilshop.example', false],
    ['https://evil.example/.shop.example', false],
    ['https://evil.example#.shop.example', false],
    ['https://user@a.shop.example', false],
    ['https://evil.example:1.shop.example', false],
    ['http://a.local:3000', true],
    ['http://a.local', false],
    ['null', false],
    ['', false],
    ['*', false],
  ])('%j: %j', (origin, expected) => {
    expect(isAllowed(origin)).toBe(expected);
  });
});

describe('an answer', () => {
  test('for everyone is the same for everyone', () => {
    const { answerFields } = compileCors({ ...open, expose: ['etag', 'location'] });
    const expected = ['access-control-allow-origin', '*', 'access-control-expose-headers', 'etag, location'];
    for (const origin of [app, 'null', undefined]) expect(answerFields(origin)).toEqual(expected);
  });

  test('for some names the one that asks, and says that it differs', () => {
    const { answerFields } = compileCors({ ...open, origins: [app], expose: ['etag'] });
    expect(answerFields(app)).toEqual([
      'access-control-allow-origin',
      app,
      'vary',
      'Origin',
      'access-control-expose-headers',
      'etag',
    ]);
    for (const origin of ['https://evil.example', undefined]) expect(answerFields(origin)).toEqual(['vary', 'Origin']);
  });

  test('with credentials never says `*`, and nothing to nobody in particular', () => {
    const { answerFields, preflightFields } = compileCors({ ...open, credentials: true });
    expect(answerFields(app)).toEqual([
      'access-control-allow-origin',
      app,
      'access-control-allow-credentials',
      'true',
      'vary',
      'Origin',
    ]);
    expect(answerFields('null')).toEqual(['vary', 'Origin']);
    expect(preflightFields({ ...preflight, origin: 'null' })).toEqual(['vary', 'Origin']);
  });
});

describe('the answer to a preflight', () => {
  test('gives leave for what is asked', () => {
    expect(compileCors(open).preflightFields(preflight)).toEqual([
      'access-control-allow-origin',
      '*',
      'access-control-allow-methods',
      'GET, PUT',
      'access-control-allow-headers',
      'authorization,content-type',
      'access-control-max-age',
      '5',
    ]);
  });

  test('names the fields of the route when it has any', () => {
    const fields = compileCors({ ...open, headers: ['x-a', 'x-b'] }).preflightFields(preflight);
    expect(fields).toContain('x-a, x-b');
    expect(fields).not.toContain('authorization,content-type');
  });

  test('leaves fields out that are no names, or too many', () => {
    for (const headers of [undefined, '', 'a: b', 'a\u0080', 'x'.repeat(2000)])
      expect(compileCors(open).preflightFields({ ...preflight, headers })).not.toContain(
        'access-control-allow-headers',
      );
  });

  test.each([
    ['another origin', { ...open, origins: [app] }, { ...preflight, origin: 'https://evil.example' }],
    ['a method pages may not use', { ...open, origins: [app] }, { ...preflight, method: 'DELETE' }],
    ['a method in another case', { ...open, origins: [app] }, { ...preflight, method: 'put' }],
  ])('gives none to %s', (_name, policy, asked) => {
    expect(compileCors(policy).preflightFields(asked)).toEqual(['vary', 'Origin']);
  });

  test('lets pages use what they could use without asking', () => {
    const fields = compileCors({ ...open, methods: [] }).preflightFields({ ...preflight, method: 'POST' });
    expect(fields).toContain('access-control-allow-origin');
  });
});
