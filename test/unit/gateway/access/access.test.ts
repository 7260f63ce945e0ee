import { describe, expect, test } from 'vitest';

import { compileAddressList } from '../../../../src/gateway/access/address-check.ts';
import { compileAllowedCalls } from '../../../../src/gateway/access/allowed-calls.ts';

describe('address lists', () => {
  test('let everybody in who is not denied', () => {
    const isAllowed = compileAddressList({ allow: [], deny: ['10.0.0.0/8', '2001:db8::/32'] });
    expect(['10.1.2.3', '11.0.0.1', '2001:db8::1', '::1'].map(isAllowed)).toEqual([false, true, false, true]);
  });

  test('let in only whom they name, and deny first', () => {
    const isAllowed = compileAddressList({ allow: ['127.0.0.0/8', '::1', '192.168.1.7'], deny: ['127.0.0.2'] });
    const addresses = ['127.0.0.1', '127.0.0.2', '::1', '::2', '192.168.1.7', '192.168.1.8', ''];
    expect(addresses.map(isAllowed)).toEqual([true, false, true, false, true, false, false]);
    // From memory it is the same.
    expect(addresses.map(isAllowed)).toEqual([true, false, true, false, true, false, false]);
  });

  test.each(['10.0.0.0/33', 'example.com', '10.0.0', '', '10.0.0.0/x', '10.0.0.0/', '10.0.0.0/8/9', '::/129'])(
    'with %j cannot be used',
    (entry) => {
      expect(() => compileAddressList({ allow: [entry], deny: [] })).toThrow();
    },
  );
});

describe('allowed calls', () => {
  const isAllowed = compileAllowedCalls([
    { method: 'GET', path: '/users' },
    { method: 'POST', path: '/users/search/' },
    { path: '/health' },
  ]);

  test.each([
    ['GET', '/users', true],
    ['GET', '/users/1', true],
    ['HEAD', '/users/1', true],
    ['POST', '/users', false],
    ['DELETE', '/users/1', false],
    ['POST', '/users/search', true],
    ['POST', '/users/search/x', true],
    ['POST', '/users/searching', false],
    ['GET', '/usersx', false],
    ['GET', '/users;x', false],
    ['GET', '/Users', false],
    ['GET', '/', false],
    ['DELETE', '/health/live', true],
  ])('%s %s: %s', (method, path, expected) => {
    expect(isAllowed(method, path)).toBe(expected);
  });
});
