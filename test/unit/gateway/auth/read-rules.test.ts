import { describe, expect, test } from 'vitest';

import { checkGatewayAuth, checkRouteAuth } from '../../../../src/gateway/auth/read-rules.ts';
import type { GatewayAuth, RouteAuth } from '../../../../src/protocol/policies/auth.ts';
import { rules } from './tokens.ts';

describe('rules of a route that came over the wire', () => {
  const good: RouteAuth = { mode: 'required', scopes: ['a'], roles: [], methods: {}, forwardToken: true };

  test('are taken when they are such', () => {
    expect(() => checkRouteAuth({ ...good, methods: { GET: { mode: 'none', scopes: [], roles: [] } } })).not.toThrow();
  });

  test.each([
    {},
    { ...good, mode: 'REQUIRED' },
    { ...good, mode: undefined },
    { ...good, scopes: 'a' },
    { ...good, scopes: [7] },
    { ...good, scopes: ['a"b'] },
    { ...good, scopes: ['a\r\nb'] },
    { ...good, roles: null },
    { ...good, methods: null },
    { ...good, methods: { GET: null } },
    { ...good, methods: { GET: { mode: 'required' } } },
    { ...good, forwardToken: 'no' },
  ])('are refused when they are not: %j', (written) => {
    expect(() => checkRouteAuth(written as unknown as RouteAuth)).toThrow();
  });
});

describe('whom to believe, as it came over the wire', () => {
  const key = { name: 'cron', sha256: 'ab'.repeat(32), roles: [], scopes: [] };

  test('is taken when it is such', () => {
    expect(() => checkGatewayAuth({ issuers: [rules()], keys: [key] })).not.toThrow();
  });

  test.each([
    {},
    { issuers: {}, keys: [] },
    { issuers: [null], keys: [] },
    { issuers: [{ ...rules(), issuer: '' }], keys: [] },
    { issuers: [{ ...rules(), audience: [] }], keys: [] },
    { issuers: [{ ...rules(), audience: 'shop' }], keys: [] },
    { issuers: [{ ...rules(), algorithms: ['HS256'] }], keys: [] },
    { issuers: [{ ...rules(), algorithms: ['none'] }], keys: [] },
    { issuers: [{ ...rules(), keys: { kind: 'file' } }], keys: [] },
    { issuers: [{ ...rules(), clockSkewMs: Infinity }], keys: [] },
    { issuers: [{ ...rules(), keepMs: -1 }], keys: [] },
    { issuers: [{ ...rules(), rolesClaim: 'roles' }], keys: [] },
    { issuers: [], keys: [{ ...key, sha256: 'secret' }] },
    { issuers: [], keys: [{ ...key, roles: undefined }] },
  ])('is refused when it is not: %j', (written) => {
    expect(() => checkGatewayAuth(written as unknown as GatewayAuth)).toThrow();
  });
});
