import { describe, expect, test } from 'vitest';

import { at, isGivenForErrors, outcome } from './support.ts';
import type { Case } from './support.ts';

const control = (value: string, more: Readonly<Record<string, string>> = {}) => ({ 'cache-control': value, ...more });
const etag = { etag: '"1"' };

describe('what is kept, and whether it serves a request five seconds later', () => {
  test.each<[string, Case, string]>([
    // Nothing said.
    ['an answer that says nothing', {}, 'not kept: no-lifetime'],
    [
      'a date of the last change alone, since nobody guesses',
      { fields: { 'last-modified': at(-90_000) } },
      'not kept: no-lifetime',
    ],
    ['an answer that says nothing, by the ttl of the route', { policy: { ttlMs: 60_000 } }, 'give'],
    ['an answer that says nothing, for the time of failures', { policy: { staleIfErrorMs: 60_000 } }, 'validate'],
    ['an answer that says nothing, for a fallback', { fallbackMs: 60_000 }, 'validate'],
    ['a 404 that says nothing, for a fallback', { status: 404, fallbackMs: 60_000 }, 'not kept: no-lifetime'],
    ['a 404 that says nothing in spite of a ttl', { status: 404, policy: { ttlMs: 60_000 } }, 'not kept: no-lifetime'],
    ['a 500 that says nothing in spite of a ttl', { status: 500, policy: { ttlMs: 60_000 } }, 'not kept: no-lifetime'],
    ['public alone', { fields: control('public') }, 'not kept: no-lifetime'],
    // Lifetimes.
    ['max-age', { fields: control('max-age=60') }, 'give'],
    ['MAX-AGE in capitals', { fields: control('MAX-AGE=60') }, 'give'],
    ['max-age in quotes', { fields: control('max-age="60"') }, 'give'],
    ['max-age with a fraction', { fields: control('max-age=60.5') }, 'not kept: no-lifetime'],
    ['max-age below zero', { fields: control('max-age=-60') }, 'not kept: no-lifetime'],
    ['max-age that is no number', { fields: control('max-age=long') }, 'not kept: no-lifetime'],
    ['max-age without a value', { fields: control('max-age') }, 'not kept: no-lifetime'],
    ['max-age larger than any number', { fields: control(`max-age=${'9'.repeat(40)}`) }, 'give'],
    ['two lifetimes that differ', { fields: control('max-age=60, max-age=10') }, 'not kept: no-lifetime'],
    ['the same lifetime twice', { fields: control('max-age=60, max-age=60') }, 'give'],
    ['max-age that is over', { fields: control('max-age=5', etag) }, 'validate'],
    ['max-age that is just not over', { fields: control('max-age=6') }, 'give'],
    ['max-age in the argument of something else', { fields: control('x="max-age=60, y"') }, 'not kept: no-lifetime'],
    ['max-age behind an argument with a comma', { fields: control('x="a, b", max-age=60') }, 'give'],
    ['max-age behind a quote that never ends', { fields: control('x="a, max-age=60') }, 'not kept: no-lifetime'],
    ['max-age before ttl', { fields: control('max-age=2', etag), policy: { ttlMs: 60_000 } }, 'validate'],
    ['s-maxage before max-age', { fields: control('max-age=60, s-maxage=2', etag) }, 'validate'],
    ['s-maxage of zero', { fields: control('max-age=60, s-maxage=0') }, 'not kept: no-lifetime'],
    ['s-maxage alone', { fields: control('s-maxage=60') }, 'give'],
    ['max-age before Expires', { fields: control('max-age=60', { expires: at(-60) }) }, 'give'],
    ['Expires', { fields: { expires: at(60) } }, 'give'],
    ['Expires in the old form', { fields: { expires: 'Monday, 05-Jan-26 12:01:00 GMT' } }, 'give'],
    ['Expires in the form of asctime', { fields: { expires: 'Mon Jan  5 12:01:00 2026' } }, 'give'],
    ['Expires that is past', { fields: { expires: at(-1) } }, 'not kept: no-lifetime'],
    ['Expires: 0', { fields: { expires: '0' } }, 'not kept: no-lifetime'],
    ['Expires of another zone', { fields: { expires: 'Mon, 05 Jan 2026 13:01:00 CET' } }, 'not kept: no-lifetime'],
    ['Expires twice', { fields: { expires: `${at(60)}, ${at(60)}` } }, 'not kept: no-lifetime'],
    [
      'Expires counted from a Date that is behind',
      { fields: { date: at(-100), expires: at(-40) } },
      'not kept: no-lifetime',
    ],
    // Age.
    ['an Age of its own', { fields: control('max-age=60', { age: '58', ...etag }) }, 'validate'],
    ['an Age that leaves enough', { fields: control('max-age=60', { age: '50' }) }, 'give'],
    [
      'an Age that is older than its lifetime',
      { fields: control('max-age=60', { age: '61' }) },
      'not kept: no-lifetime',
    ],
    ['the first Age of two', { fields: control('max-age=60', { age: '0, 61' }) }, 'give'],
    ['an Age that is no number', { fields: control('max-age=60', { age: 'old' }) }, 'give'],
    ['a Date that is long ago', { fields: control('max-age=60', { date: at(-58), ...etag }) }, 'validate'],
    ['a Date in the future', { fields: control('max-age=60', { date: at(1000) }) }, 'give'],
    // What must not be kept.
    ['no-store', { fields: control('no-store, max-age=60') }, 'not kept: no-store'],
    ['No-Store', { fields: control('No-Store, max-age=60') }, 'not kept: no-store'],
    ['no-store that is understood', { fields: control('no-store, must-understand, max-age=60') }, 'give'],
    [
      'must-understand of a status nobody knows',
      { status: 299, fields: control('must-understand, max-age=60') },
      'not kept: no-store',
    ],
    ['private', { fields: control('private, max-age=60') }, 'not kept: private'],
    ['private for one caller alone', { fields: control('private, max-age=60'), alone: true }, 'give'],
    ['private of some fields', { fields: control('private="x-name", max-age=60') }, 'give'],
    ['a request that forbids it', { fields: control('max-age=60'), asked: 'no-store' }, 'not kept: request-no-store'],
    ['an answer to POST', { method: 'POST', fields: control('max-age=60') }, 'not kept: method'],
    ['an answer to HEAD, which has no body', { method: 'HEAD', fields: control('max-age=60') }, 'not kept: method'],
    ['a part', { status: 206, fields: control('max-age=60') }, 'not kept: status'],
    ['a 304', { status: 304, fields: control('max-age=60') }, 'not kept: status'],
    ['what differs by anything', { fields: control('max-age=60', { vary: '*' }) }, 'not kept: vary'],
    [
      'what differs by anything, among others',
      { fields: control('max-age=60', { vary: 'accept, *' }) },
      'not kept: vary',
    ],
    ['a cookie', { fields: control('public, max-age=60', { 'set-cookie': 'a=b' }) }, 'not kept: set-cookie'],
    [
      'a cookie that is for one',
      { fields: control('max-age=60, private="set-cookie"', { 'set-cookie': 'a=b' }) },
      'give',
    ],
    [
      'a cookie that is asked for each time',
      { fields: control('max-age=60, no-cache="Set-Cookie"', { 'set-cookie': 'a=b' }) },
      'give',
    ],
    // Credentials.
    ['an answer to credentials', { fields: control('max-age=60'), authenticated: true }, 'not kept: authorization'],
    ['an answer to credentials by ttl', { policy: { ttlMs: 60_000 }, authenticated: true }, 'not kept: authorization'],
    ['an answer to credentials that is public', { fields: control('public, max-age=60'), authenticated: true }, 'give'],
    ['an answer to credentials with s-maxage', { fields: control('s-maxage=60'), authenticated: true }, 'give'],
    [
      'an answer to credentials with must-revalidate',
      { fields: control('must-revalidate, max-age=60'), authenticated: true },
      'give',
    ],
    [
      'an answer to credentials with proxy-revalidate',
      { fields: control('proxy-revalidate, max-age=60'), authenticated: true },
      'not kept: authorization',
    ],
    [
      'an answer to credentials, each caller alone',
      { fields: control('max-age=60'), authenticated: true, alone: true },
      'give',
    ],
    // Other statuses.
    ['a redirect that is fresh', { status: 302, fields: control('max-age=60') }, 'give'],
    ['a redirect that says nothing', { status: 302, policy: { ttlMs: 60_000 } }, 'not kept: no-lifetime'],
    ['a 404 that is fresh', { status: 404, fields: control('max-age=60') }, 'give'],
    ['a 503 that is fresh', { status: 503, fields: control('max-age=60') }, 'give'],
    ['a 204 by ttl', { status: 204, policy: { ttlMs: 60_000 } }, 'give'],
    // Asking again.
    ['no-cache', { fields: control('no-cache', etag), policy: { ttlMs: 60_000 } }, 'validate'],
    ['no-cache alone, with a validator', { fields: control('no-cache', etag) }, 'validate'],
    ['no-cache alone, without one', { fields: control('no-cache') }, 'not kept: no-lifetime'],
    ['no-cache that is fresh', { fields: control('no-cache, max-age=60', etag) }, 'validate'],
    ['no-cache of one field', { fields: control('no-cache="x-name", max-age=60') }, 'give'],
    ['no-cache of something that is no name', { fields: control('no-cache="a b", max-age=60', etag) }, 'validate'],
    ['must-revalidate while fresh', { fields: control('must-revalidate, max-age=60') }, 'give'],
    [
      'must-revalidate when stale',
      { fields: control('must-revalidate, max-age=2', etag), policy: { staleWhileRevalidateMs: 60_000 } },
      'validate',
    ],
    ['proxy-revalidate while fresh', { fields: control('proxy-revalidate, max-age=60') }, 'give'],
    [
      'proxy-revalidate when stale',
      { fields: control('proxy-revalidate, max-age=2', etag), policy: { staleWhileRevalidateMs: 60_000 } },
      'validate',
    ],
    ['Pragma, which says nothing in answers', { fields: control('max-age=60', { pragma: 'no-cache' }) }, 'give'],
    // Stale while revalidating.
    ['stale-while-revalidate of the service', { fields: control('max-age=2, stale-while-revalidate=60') }, 'renew'],
    [
      'stale-while-revalidate that is over',
      { fields: control('max-age=2, stale-while-revalidate=2', etag) },
      'validate',
    ],
    [
      'stale-while-revalidate of the route',
      { fields: control('max-age=2'), policy: { staleWhileRevalidateMs: 60_000 } },
      'renew',
    ],
    [
      'the word of the service before that of the route',
      { fields: control('max-age=2, stale-while-revalidate=0', etag), policy: { staleWhileRevalidateMs: 60_000 } },
      'validate',
    ],
    [
      's-maxage forbids what the route says',
      { fields: control('s-maxage=2', etag), policy: { staleWhileRevalidateMs: 60_000 } },
      'validate',
    ],
    ['s-maxage and the service says so itself', { fields: control('s-maxage=2, stale-while-revalidate=60') }, 'renew'],
    // What clients ask for.
    ['a client that wants it new', { fields: control('max-age=60'), later: 'no-cache' }, 'validate'],
    [
      'a client that wants it new, of something just kept',
      { fields: control('max-age=60'), later: 'no-cache', after: 0.9 },
      'give',
    ],
    ['a client that takes it young', { fields: control('max-age=60'), later: 'max-age=3' }, 'validate'],
    ['a client that takes it this old', { fields: control('max-age=60'), later: 'max-age=10' }, 'give'],
    [
      'a client with max-age=0, of something just kept',
      { fields: control('max-age=60'), later: 'max-age=0', after: 0.5 },
      'give',
    ],
    ['a client that wants it fresh for long', { fields: control('max-age=60'), later: 'min-fresh=58' }, 'validate'],
    ['a client that wants it fresh for a while', { fields: control('max-age=60'), later: 'min-fresh=50' }, 'give'],
    [
      'a client that takes it stale, which is not offered',
      { fields: control('max-age=2', etag), later: 'max-stale=60' },
      'validate',
    ],
    ['a client that keeps nothing', { fields: control('max-age=60'), later: 'no-store' }, 'give'],
    // How long.
    ['what is stale and cannot be asked about', { fields: control('max-age=2') }, 'forgotten'],
    ['a lifetime of years after a day', { fields: control('max-age=99999999'), after: 86_400 }, 'forgotten'],
  ])('%s', (_name, example, expected) => {
    expect(outcome(example)).toBe(expected);
  });
});

describe('what is stale is given in place of a failure', () => {
  test.each<[string, Case, boolean]>([
    ['when nothing is said', { fields: control('max-age=2') }, false],
    ['when it is still fresh', { fields: control('max-age=60') }, true],
    ['when the service says so', { fields: control('max-age=2, stale-if-error=60') }, true],
    ['when the service says so, but no longer', { fields: control('max-age=2, stale-if-error=2') }, false],
    ['when the route says so', { fields: control('max-age=2'), policy: { staleIfErrorMs: 60_000 } }, true],
    ['when the fallback of the route says so', { fields: control('max-age=2'), fallbackMs: 60_000 }, true],
    ['when the service says not to', { fields: control('max-age=2, stale-if-error=0'), fallbackMs: 60_000 }, false],
    ['when it must be asked about', { fields: control('max-age=2, must-revalidate'), fallbackMs: 60_000 }, false],
    ['when it must always be asked about', { fields: control('no-cache'), fallbackMs: 60_000 }, false],
    ['when the lifetime is one for shared caches', { fields: control('s-maxage=2'), fallbackMs: 60_000 }, false],
    [
      'when each caller has its own',
      { fields: control('max-age=2, s-maxage=2'), fallbackMs: 60_000, alone: true },
      true,
    ],
  ])('%s: %o', (_name, example, expected) => {
    expect(isGivenForErrors(example)).toBe(expected);
  });
});
