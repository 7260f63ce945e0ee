import { describe, expect, test } from 'vitest';

import { trustOf } from '../../../src/gateway/access/address-check.ts';
import { readRequestHead } from '../../../src/gateway/http/request-head.ts';
import { clientBehind } from '../../../src/gateway/http/told-client.ts';

const isTrusted = trustOf(['10.0.0.0/8', 'fd00::/8']) ?? (() => false);
const peer = { address: '10.0.0.1', secure: false, forwardingFor: () => [] };

function clientOf(...fields: readonly string[]) {
  return clientBehind(peer, readRequestHead(fields), isTrusted);
}

describe('T21: behind proxies that are trusted', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7, 10.0.0.3,fd00::2', '203.0.113.7'],
    ['203.0.113.7:50000, 10.0.0.3:80', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['10.0.0.9, 10.0.0.3', '10.0.0.9'],
    ['203.0.113.7, unknown, 10.0.0.3', '10.0.0.3'],
    ['203.0.113.7, ', '10.0.0.1'],
    ['999.1.1.1', '10.0.0.1'],
    ['203.0.113.7\t', '203.0.113.7'],
    ['', '10.0.0.1'],
  ])('%j is a request of %s', (list, address) => {
    expect(clientOf('X-Forwarded-For', list).address).toBe(address);
  });

  test('fields of the same name are one list', () => {
    expect(clientOf('X-Forwarded-For', '6.6.6.6', 'x-forwarded-for', '203.0.113.7').address).toBe('203.0.113.7');
    expect(clientOf('X_Forwarded_For', '6.6.6.6').address).toBe('10.0.0.1');
  });

  test.each([
    [['x-forwarded-proto', 'https'], true],
    [['x-forwarded-proto', 'HTTPS'], true],
    [['x-forwarded-proto', 'http'], false],
    [['x-forwarded-proto', 'https, http'], false],
    [['x-forwarded-proto', 'https', 'x-forwarded-proto', 'https'], false],
    [[], false],
  ])('%j says that the client speaks TLS: %s', (fields, secure) => {
    expect(clientOf(...fields).secure).toBe(secure);
  });

  test('services are told of the client, and not of the proxies', () => {
    const client = clientOf('x-forwarded-for', '6.6.6.6, 2001:db8::1', 'x-forwarded-proto', 'https');
    const fields = client.forwardingFor('shop.test');
    expect(fields.slice(0, 4)).toEqual(['x-forwarded-for', '2001:db8::1', 'x-forwarded-proto', 'https']);
    expect(fields.slice(4, 8)).toEqual(['x-forwarded-host', 'shop.test', 'x-forwarded-port', '443']);
    expect(fields.slice(8)).toEqual(['forwarded', 'for="[2001:db8::1]";host="shop.test";proto=https']);
  });
});

test('nobody is trusted where there are no proxies, or where they cannot be read', () => {
  expect([trustOf(undefined), trustOf([]), trustOf(['everybody'])]).toEqual([undefined, undefined, undefined]);
});
