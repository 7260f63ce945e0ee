import { describe, expect, test } from 'vitest';

import { RetryBudget } from '../../../src/gateway/balance/retry-budget.ts';
import { decideRetry, isIdempotent, retryDelayMs } from '../../../src/gateway/balance/retry-policy.ts';

describe('the budget for retries', () => {
  test('is a fifth of the requests, and some for services with few', () => {
    const budget = new RetryBudget();
    for (let request = 0; request < 1000; request += 1) budget.noteRequest(1000);
    expect(budget.remaining(1000)).toBe(220);
    expect(spendAll(budget, 1000)).toBe(220);
    expect(spendAll(new RetryBudget(), 0)).toBe(20);
  });

  test('forgets what is ten seconds ago, second by second', () => {
    const budget = new RetryBudget();
    for (let request = 0; request < 1000; request += 1) budget.noteRequest(10_000 + (request % 2) * 5000);
    expect(spendAll(budget, 19_999)).toBe(220);
    expect(budget.remaining(20_000)).toBe(0);
    expect(budget.remaining(29_999)).toBe(20);
    expect(spendAll(budget, 60_000)).toBe(20);
  });

  test('holds for any course of requests when everything fails and three retries are allowed', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = sequence(seed);
      const budget = new RetryBudget();
      const sent: { at: number; retry: boolean }[] = [];
      let now = random() * 1e6;
      for (let request = 0; request < 2000; request += 1) {
        now += random() < 0.01 ? random() * 20_000 : random() * 20;
        budget.noteRequest(now);
        sent.push({ at: now, retry: false });
        for (let retry = 0; retry < 3 && budget.spend(now); retry += 1) sent.push({ at: now, retry: true });
      }
      for (let index = 0; index < sent.length; index += 97) {
        const end = sent[index]?.at ?? 0;
        // What counts at a moment is at least the last nine seconds, and at most ten.
        const retries = sent.filter(({ at, retry }) => retry && at <= end && at > end - 9000).length;
        const requests = sent.filter(({ at, retry }) => !retry && at <= end && at > end - 19_000).length;
        expect(retries).toBeLessThanOrEqual(20 + 0.2 * requests);
      }
    }
  });
});

describe('a failed try', () => {
  const failed = {
    kind: 'reset',
    idempotent: true,
    replayable: true,
    answered: false,
    resent: 0,
    retryAttempts: 2,
  } as const;

  test.each<[what: string, more: Partial<Parameters<typeof decideRetry>[0]>, verdict: string]>([
    ['may be repeated when that is safe', {}, 'budgeted'],
    ['may not when it is not', { idempotent: false }, 'no'],
    ['may when the instance never saw it, whatever the method', { idempotent: false, kind: 'connect' }, 'free'],
    ['which costs none of the retries of the route', { kind: 'connect', resent: 2 }, 'free'],
    ['may not more often than the route says', { resent: 2 }, 'no'],
    ['may not when a part of its body is gone', { replayable: false, kind: 'connect' }, 'no'],
    ['may not when the client has a part of the answer', { answered: true }, 'no'],
    ['may when it was slow, or answered that it cannot', { kind: 'timeout' }, 'budgeted'],
    ['may not when that may have had an effect', { kind: 'status', idempotent: false }, 'no'],
    ['may not when the instance answered nonsense', { kind: 'malformed' }, 'no'],
  ])('%s', (_what, more, verdict) => {
    expect(decideRetry({ ...failed, ...more })).toBe(verdict);
  });

  test('can be repeated by its method, or by the client’s word', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH', 'PURGE'];
    expect(methods.filter((method) => isIdempotent(method, undefined))).toEqual(methods.slice(0, 5));
    expect(isIdempotent('POST', '"1"')).toBe(true);
    expect(isIdempotent('PATCH', '"1"')).toBe(false);
  });

  test('is repeated at the same instance after a moment that grows and differs', () => {
    expect([0, 1, 2, 3, 9].map((resent) => retryDelayMs(resent, 25, () => 0.5))).toEqual([25, 25, 50, 100, 800]);
    expect(retryDelayMs(1, 50, () => 0)).toBe(25);
    expect(retryDelayMs(1, 50, () => 0.999)).toBe(75);
  });
});

function spendAll(budget: RetryBudget, now: number): number {
  let spent = 0;
  while (budget.spend(now)) spent += 1;
  return spent;
}

function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
