import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import type { RoutePolicy } from '../../../src/protocol/policy.ts';

function parse(keys: string) {
  const text = `name: shop\nservices:\n  orders: { path: o, routes: [{ path: /o, ${keys} }] }\n  users: { path: u }\n`;
  return parseWorkspace(text, { file: 'msa.yaml' });
}

/** Every problem of a route with these keys, as `key: message [hint]`. */
function problems(keys: string): readonly string[] {
  const parsed = parse(keys);
  if (parsed.ok) return [];
  return parsed.problems.map(
    ({ path, message, hint }) =>
      `${path.replace('services.orders.routes[0].', '')}: ${message}${hint === undefined ? '' : ` [${hint}]`}`,
  );
}

function policyOf(keys: string): RoutePolicy | undefined {
  const parsed = parse(keys);
  return parsed.ok ? parsed.workspace.services[0]?.routes[0]?.policy : undefined;
}

const mustDuration = 'must be a duration with its unit, such as `2s`, `500ms` or `1m`';
const mustConcurrency =
  'must be a whole number from 1 to 10000, `adaptive`, or a mapping such as `{ limit: 50, queue: 100 }`';
const mustFallback =
  'must be `stale`, `{ stale: 1h }`, `{ service: users-lite }`, `{ status: 200, body: [] }`, or a list of such';

describe('keys of resilience that are wrong', () => {
  it.each([
    ['tryTimeout: 5', `tryTimeout: \`tryTimeout\` ${mustDuration}, but is the number \`5\`.`],
    ['tryTimeout: 0s', 'tryTimeout: `tryTimeout` must be from `1ms` to `1h`, but is `0s`.'],
    [
      'timeout: 1s, tryTimeout: 2s',
      'tryTimeout: `tryTimeout` is longer than `timeout` (`1s`), so that it never counts. [Make it shorter, or remove it.]',
    ],
    [
      'tryTimeout: 20s',
      'tryTimeout: `tryTimeout` is longer than `timeout` (`10s`), so that it never counts. [Make it shorter, or remove it.]',
    ],
    [
      'timeout: 1s, hedge: { after: 2s }',
      'hedge.after: `after` is longer than `timeout` (`1s`), so that it never counts. [Make it shorter, or remove it.]',
    ],
    [
      'timeout: 1s, concurrency: { limit: 1, queue: 1, wait: 2s }',
      'concurrency.wait: `wait` is longer than `timeout` (`1s`), so that it never counts. [Make it shorter, or remove it.]',
    ],
    [
      'fallback: { status: 204, body: gone }',
      'fallback.body: An answer of 204 has no `body`. [Remove it, or give another status.]',
    ],
    [
      'balance: { hash: { header: X-Forwarded-For } }',
      'balance.hash.header: `header` must be another field: this one belongs to the connection, or the gateway itself writes it, but is `X-Forwarded-For`.',
    ],
    [
      'retry: { on: 503 }',
      'retry.on: `on` must be a list of statuses from 500 to 599, such as `[502, 503, 504]`, but is the number `503`.',
    ],
    ['retry: { on: [404] }', 'retry.on[0]: `on[0]` must be a whole number from 500 to 599, but is the number `404`.'],
    ['retry: { backoff: 2m }', 'retry.backoff: `backoff` must be from `1ms` to `1m`, but is `2m`.'],
    ['hedge: 100ms', 'hedge: `hedge` must be a mapping such as `{ after: 100ms }`, but is `100ms`.'],
    ['hedge: {}', `hedge.after: \`after\` is missing; it ${mustDuration}.`],
  ])('%s', (keys, expected) => {
    expect(problems(keys)).toEqual([expected]);
  });
});

describe('keys of balancing that are wrong', () => {
  it.each([
    [
      'balance: random',
      'balance: `balance` must be `least-loaded`, `quickest`, `round-robin`, or a mapping such as `{ hash: { header: x-user } }`, but is `random`.',
    ],
    [
      'balance: { hash: user }',
      'balance.hash: `hash` must be `address`, `{ header: x-user }` or `{ cookie: session }`, but is `user`.',
    ],
    [
      'balance: { hash: { headers: x } }',
      'balance.hash: `hash` does not say what requests have in common. [Write for example `hash: { header: x-user }`.]',
      'balance.hash.headers: `headers` is not a key msa knows in `hash`. [Did you mean `header`?]',
    ],
    [
      'balance: { hash: { header: x, cookie: y } }',
      'balance.hash: `hash` has both `header` and `cookie`, but one of them decides. [Write for example `hash: { header: x-user }`.]',
    ],
    [
      'balance: { hash: { header: a b } }',
      'balance.hash.header: `header` must be the name of a header field, but is `a b`.',
    ],
    ['slowStart: 10', `slowStart: \`slowStart\` ${mustDuration}, but is the number \`10\`.`],
    ['ejectAfter: 0', 'ejectAfter: `ejectAfter` must be a whole number from 1 to 1000, but is the number `0`.'],
    ['panic: 50', 'panic: `panic` must be a share with its sign, such as `50%`, but is the number `50`.'],
    ['panic: 101%', 'panic: `panic` must be from `0%` to `100%`, but is `101%`.'],
  ])('%s', (keys, ...expected) => {
    expect(problems(keys)).toEqual(expected.filter((one) => one !== undefined));
  });
});

describe('keys of breakers and limits that are wrong', () => {
  it.each([
    ['breaker: true', 'breaker: `breaker` must be a mapping such as `{ failures: 50% }`, but is `true`.'],
    ['breaker:', 'breaker: `breaker` must be a mapping such as `{ failures: 50% }`, but has no value.'],
    ['breaker: { failures: 0% }', 'breaker.failures: `failures` must be from `1%` to `100%`, but is `0%`.'],
    [
      'breaker: { window: often }',
      'breaker.window: `window` must be a duration such as `10s`, or a number of requests from 1 to 10000, but is `often`.',
    ],
    ['breaker: { window: 10ms }', 'breaker.window: `window` must be from `100ms` to `1h`, but is `10ms`.'],
    [
      'breaker: { slow: 50% }',
      'breaker.slow: `slow` means nothing without `slowAfter`, which says when a request is slow. [Add for example `slowAfter: 1s`.]',
    ],
    [
      'breaker: { window: 10, minimum: 20 }',
      'breaker.minimum: `minimum` is more than the 10 requests of the window, so that it never opens. [Make it at most 10.]',
    ],
    [
      'breaker: { failure: 50% }',
      'breaker.failure: `failure` is not a key msa knows in `breaker`. [Did you mean `failures`?]',
    ],
    ['concurrency: 0', `concurrency: \`concurrency\` ${mustConcurrency}, but is the number \`0\`.`],
    ['concurrency: many', `concurrency: \`concurrency\` ${mustConcurrency}, but is \`many\`.`],
    [
      'concurrency: { queue: 5 }',
      'concurrency.limit: `limit` is missing; it must be a whole number from 1 to 10000, or `adaptive`.',
    ],
    [
      'concurrency: { limit: 5, wait: 1s }',
      'concurrency.wait: `wait` means nothing without `queue`, since nobody waits. [Add for example `queue: 100`.]',
    ],
  ])('%s', (keys, expected) => {
    expect(problems(keys)).toEqual([expected]);
  });
});

describe('fallbacks that are wrong', () => {
  it.each([
    ['fresh', `fallback: \`fallback\` ${mustFallback}, but is \`fresh\`.`],
    ['[stale, 3]', `fallback[1]: \`fallback[1]\` ${mustFallback}, but is the number \`3\`.`],
    ['{ stale: 3 }', `fallback.stale: \`stale\` ${mustDuration}, but is the number \`3\`.`],
    [
      '{}',
      'fallback: This fallback says nothing. [Write one of `stale`, `service`, or `status` with `body`; several make a list.]',
    ],
    [
      '[stale, { service: users, body: a }]',
      'fallback[1]: This fallback says more than one thing. [Write one of `stale`, `service`, or `status` with `body`; several make a list.]',
    ],
    ['{ service: user }', 'fallback.service: There is no service `user`. [Did you mean `users`?]'],
    ['{ service: orders }', 'fallback.service: `orders` cannot stand in for itself. [Name another service.]'],
    [
      '{ status: 100, body: a }',
      'fallback.status: `status` must be a whole number from 200 to 599, but is the number `100`.',
    ],
    ['{ type: text }', 'fallback.type: `type` must be a media type such as `text/plain`, but is `text`.'],
  ])('%s', (written, expected) => {
    expect(problems(`fallback: ${written}`)).toEqual([expected]);
  });

  it('are found in calls and in defaults for all routes too', () => {
    const text =
      'name: shop\ngateway: { defaults: { fallback: { service: nobody } } }\n' +
      'services:\n  a: { path: a, calls: [{ service: b, fallback: { service: b } }] }\n  b: { path: b }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'gateway.defaults.fallback.service: There is no service `nobody`.',
      'services.a.calls[0].fallback.service: `b` cannot stand in for itself.',
    ]);
  });
});

describe('what is written becomes what the gateway works by', () => {
  it.each<[keys: string, policy: RoutePolicy | undefined]>([
    ['timeout: 1s, retry: { attempts: 1 }', undefined],
    ['tryTimeout: 500ms, hedge: { after: 0.1s }', { tries: { tryTimeoutMs: 500, hedgeAfterMs: 100 } }],
    ['retry: { on: [503], backoff: 1s }', { tries: { retryOn: [503], backoffMs: 1000 } }],
    ['retry: { on: [] }', undefined],
    ['balance: round-robin, panic: 25%', { balance: { method: { kind: 'round-robin' }, panic: 0.25 } }],
    ['balance: quickest', { balance: { method: { kind: 'quickest' } } }],
    ['balance: { hash: address }', { balance: { method: { kind: 'hash', from: 'address' } } }],
    [
      'balance: { hash: { header: x-msa-user } }',
      { balance: { method: { kind: 'hash', from: 'header', name: 'x-msa-user' } } },
    ],
    [
      'balance: { hash: { header: X-User } }',
      { balance: { method: { kind: 'hash', from: 'header', name: 'x-user' } } },
    ],
    ['balance: { hash: { cookie: Sid } }', { balance: { method: { kind: 'hash', from: 'cookie', name: 'Sid' } } }],
    ['slowStart: 10s, ejectAfter: 5', { balance: { slowStartMs: 10_000, ejectAfter: 5 } }],
    ['breaker: {}', { breaker: { window: { ms: 10_000 }, minimum: 20, failureRate: 0.5, openMs: 5000, probes: 3 } }],
    [
      'breaker: { window: 10, failures: 20%, slowAfter: 2s, open: 1m, probes: 1 }',
      {
        breaker: {
          window: { requests: 10 },
          minimum: 10,
          failureRate: 0.2,
          slowRate: 0.5,
          slowAfterMs: 2000,
          openMs: 60_000,
          probes: 1,
        },
      },
    ],
    ['concurrency: 50', { concurrency: { limit: 50, queue: 0, waitMs: 1000 } }],
    ['concurrency: adaptive', { concurrency: { limit: 'adaptive', queue: 0, waitMs: 1000 } }],
    [
      'timeout: 1m, concurrency: { limit: adaptive, queue: 9, wait: 1m }',
      { concurrency: { limit: 'adaptive', queue: 9, waitMs: 60_000 } },
    ],
    ['fallback: stale', { fallback: [{ kind: 'stale', forMs: 3_600_000 }] }],
    ['fallback: { body: [] }', { fallback: [{ kind: 'answer', status: 200, type: 'application/json', body: '[]' }] }],
    [
      'fallback: [{ stale: 1m }, { service: users }, { status: 503, body: Closed, type: text/html }]',
      {
        fallback: [
          { kind: 'stale', forMs: 60_000 },
          { kind: 'service', service: 'users' },
          { kind: 'answer', status: 503, type: 'text/html', body: 'Closed' },
        ],
      },
    ],
    ['fallback: { status: 204 }', { fallback: [{ kind: 'answer', status: 204, type: 'application/json', body: '' }] }],
  ])('%s', (keys, policy) => {
    expect(problems(keys)).toEqual([]);
    expect(policyOf(keys)).toEqual(policy);
  });
});
