import { describe, expect, test } from 'vitest';

import { forwardingFields, hasPassed } from '../../../src/gateway/http/forwarding.ts';
import { readTarget } from '../../../src/gateway/http/normal-path.ts';
import { readRequestHead } from '../../../src/gateway/http/request-head.ts';
import { continueTrace } from '../../../src/gateway/http/trace.ts';
import { readConfig } from '../../../src/gateway/read-config.ts';

describe('the normal form of a path', () => {
  test('is its own normal form, so that reading twice changes nothing', () => {
    const targets = [
      '/',
      '/a/./b/../c',
      '/%7Ea/%2e%2e/%e4',
      '/a//b/',
      '/a/..',
      '/a/.',
      '/..',
      '/%41?x=%41',
      '/.a/..b/c.',
    ];
    for (const target of targets) {
      const once = readTarget(target);
      if (!('path' in once)) throw new Error(`${target} is refused`);
      expect(readTarget(once.path + once.query)).toEqual(once);
      expect(once.path).not.toMatch(/\/\.\.?(\/|$)/);
    }
  });

  test('of something encoded twice is still encoded once', () => {
    expect(readTarget('/a/%252e%252e/b')).toMatchObject({ path: '/a/%252e%252e/b' });
  });
});

describe('the trace', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  const span = '00f067aa0ba902b7';

  test.each([
    ['a valid one', `00-${id}-${span}-01`, '01'],
    ['one with the random flag', `00-${id}-${span}-03`, '03'],
    ['one with flags not known yet', `00-${id}-${span}-ff`, '03'],
    ['one that is not sampled', `00-${id}-${span}-00`, '00'],
    ['one of a later version, with more fields', `cc-${id}-${span}-01-what-is-this`, '01'],
  ])('of %s goes on with a span of our own', (_what, given, flags) => {
    const trace = continueTrace(given);
    expect(trace).toMatchObject({ traceId: id, continued: true });
    expect(trace.traceparent).toMatch(new RegExp(`^00-${id}-(?!${span})[0-9a-f]{16}-${flags}$`));
  });

  test.each([
    ['none', undefined],
    ['version ff', `ff-${id}-${span}-01`],
    ['version 00 with more fields', `00-${id}-${span}-01-more`],
    ['capitals', `00-${id.toUpperCase()}-${span}-01`],
    ['an id of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${id}-${'0'.repeat(16)}-01`],
    ['a short id', `00-${id.slice(1)}-${span}-01`],
    ['nonsense', 'ambiguous'],
  ])('after %s is a new one', (_what, given) => {
    const trace = continueTrace(given);
    expect(trace.continued).toBe(false);
    expect(trace.traceId).not.toBe(id);
    expect(trace.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test('of two traceparent fields is a new one', () => {
    const value = `00-${id}-${span}-01`;
    expect(readRequestHead(['traceparent', value, 'Traceparent', value]).traceparent).toBe('ambiguous');
  });
});

test('IPv6 addresses are quoted where a port could follow', () => {
  const fields = forwardingFields({ address: '2001:db8::1', authority: '[::1]:8080' });
  expect(fields).toContain('for="[2001:db8::1]";host="[::1]:8080";proto=http');
  expect(fields).toContain('2001:db8::1');
  expect(fields).toContain('8080');
});

test('a message has passed here when our name is an element of its Via, not a part of one', () => {
  expect(hasPassed('1.1 msa-shop', 'msa-shop')).toBe(true);
  expect(hasPassed('1.0 other , HTTP/1.1   msa-shop (msa)', 'msa-shop')).toBe(true);
  expect(hasPassed('1.1 msa-shop-2, 1.1 x-msa-shop, 1.1 other (msa-shop)', 'msa-shop')).toBe(false);
  expect(hasPassed('', 'msa-shop')).toBe(false);
});

describe('the variables of the program', () => {
  test('have defaults', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080, adminPort: undefined, registry: undefined });
  });

  test.each([
    [{ PORT: 'x' }, 'PORT must be a port number, not "x".'],
    [{ ADMIN_PORT: '70000' }, 'ADMIN_PORT must be a port number, not "70000".'],
    [{ REGISTRY_URL: 'registry:8761' }, 'REGISTRY_URL must be an http URL, not "registry:8761".'],
    [{ PUBLIC_URL: 'ftp://x' }, 'PUBLIC_URL must be an http URL, not "ftp://x".'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be debug, info, warn or error.'],
  ])('are refused without sense: %o', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });
});
