import { describe, expect, test, vi } from 'vitest';

import type { RoutePolicy } from '../../../../src/protocol/policy.ts';
import { freePort } from '../../../support/free-port.ts';
import { edge, instance, startGateway, stateOf } from '../support.ts';
import { ask, counting, passSeconds, plainPolicy, startService } from './cache-support.ts';

/** Payments, which calls users through an edge. */
async function startPayments(policy: RoutePolicy, control = 'max-age=10') {
  const users = await startService(counting({ 'cache-control': control, 'content-type': 'text/plain' }));
  const port = await freePort();
  const state = stateOf({
    instances: [instance('users-1', users)],
    edges: [edge('payments>users', port, { policy })],
  });
  const gateway = await startGateway(state);
  return {
    users,
    callUsers: (path = '/users/7') => ask(`http://127.0.0.1:${port}${path}`, {}),
    [Symbol.asyncDispose]: async () => {
      vi.useRealTimers();
      await gateway[Symbol.asyncDispose]();
      await users[Symbol.asyncDispose]();
    },
  };
}

const stale: RoutePolicy = { fallback: [{ kind: 'stale', forMs: 300_000 }] };

describe('payments works while users is down', () => {
  test.each<[string, RoutePolicy]>([
    ['the edge has a fallback', stale],
    ['the edge has a cache with a fallback', { ...stale, cache: plainPolicy }],
    [
      'the edge has a cache that gives stale answers for failures',
      { cache: { ...plainPolicy, staleIfErrorMs: 300_000 } },
    ],
  ])('where %s', async (_name, policy) => {
    await using payments = await startPayments(policy);
    expect(await payments.callUsers()).toMatchObject({ status: 200, text: 'answer 1' });
    await payments.users[Symbol.asyncDispose]();
    passSeconds(60);
    const answer = await payments.callUsers();
    expect(answer).toMatchObject({
      status: 200,
      text: 'answer 1',
      fields: { age: '60', 'content-type': 'text/plain' },
    });
    expect(answer.cache).toMatch(/^msa; fwd=stale; ttl=-5[01]$/);
    expect(await payments.callUsers('/users/8')).toMatchObject({ status: 503 });
    passSeconds(300);
    expect(await payments.callUsers()).toMatchObject({ status: 503 });
  });

  test('but not with what the service forbids to give stale', async () => {
    await using payments = await startPayments(stale, 'max-age=10, must-revalidate');
    await payments.callUsers();
    await payments.users[Symbol.asyncDispose]();
    passSeconds(60);
    expect(await payments.callUsers()).toMatchObject({ status: 503 });
  });
});

test('a fallback alone asks the service each time as long as it is there', async () => {
  await using payments = await startPayments(stale);
  for (const times of [1, 2]) expect(await payments.callUsers()).toMatchObject({ text: `answer ${times}` });
});

test('what stands in for a service is not kept in its place', async () => {
  const answer = { kind: 'answer', status: 200, type: 'text/plain', body: 'nobody' } as const;
  await using payments = await startPayments(
    { fallback: [answer], cache: { ...plainPolicy, ttlMs: 60_000 } },
    'max-age=10, must-revalidate',
  );
  await payments.callUsers();
  await payments.users[Symbol.asyncDispose]();
  passSeconds(11);
  expect(await payments.callUsers()).toMatchObject({ text: 'nobody', fields: { 'x-msa-fallback': 'answer' } });
  expect(await payments.callUsers()).toMatchObject({ text: 'nobody' });
});
