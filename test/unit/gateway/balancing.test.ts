import { describe, expect, test } from 'vitest';

import { chooseEndpoint } from '../../../src/gateway/balance/choose-endpoint.ts';
import { Endpoint } from '../../../src/gateway/balance/endpoint.ts';
import { recover } from '../../../src/gateway/balance/recover.ts';
import { RetryBudget } from '../../../src/gateway/balance/retry-budget.ts';
import { decideRetry, isIdempotent, retryDelayMs } from '../../../src/gateway/balance/retry-policy.ts';
import type { Instance, InstanceStatus } from '../../../src/protocol/instances.ts';

function row(id: string, status: InstanceStatus = 'up', since = '2026-01-01T00:00:00Z'): Instance {
  const at = { service: 'a', address: '10.0.0.1', port: 3000, draining: status === 'draining' };
  return { id, ...at, status, since, source: 'engine', problem: '' };
}

function endpoint(id: string, status: InstanceStatus = 'up'): Endpoint {
  return new Endpoint(row(id, status), () => ({ close: () => undefined }));
}

function endpoints(count: number): Endpoint[] {
  return Array.from({ length: count }, (_, index) => endpoint(`a-${index + 1}`));
}

/** Numbers that look like chance and are the same in every run. */
function sequence(): () => number {
  let state = 12_345;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

function choose(all: readonly Endpoint[], tried: readonly Endpoint[] = []): string[] {
  const random = sequence();
  const chosen = Array.from({ length: 200 }, () => chooseEndpoint({ endpoints: all, tried, random })?.id ?? 'none');
  return [...new Set(chosen)].toSorted();
}

describe('the choice of an instance', () => {
  test('falls on every one of those that are up, about as often', () => {
    const all = endpoints(4);
    const random = sequence();
    const counts = new Map<string, number>();
    for (let turn = 0; turn < 4000; turn += 1) {
      const { id = '' } = chooseEndpoint({ endpoints: all, tried: [], random }) ?? {};
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id } of all) expect(counts.get(id)).toBeGreaterThan(800);
  });

  test('falls on the one with less to do, of two', () => {
    const [busy, idle] = endpoints(2);
    if (busy) busy.inFlight = 3;
    expect(choose([busy, idle].filter((one) => one !== undefined))).toEqual(['a-2']);
  });

  test('spares a slow one among many: it is only taken with an even slower one', () => {
    const all = endpoints(5);
    const [slow] = all;
    if (slow) slow.inFlight = 10;
    expect(choose(all)).toEqual(['a-2', 'a-3', 'a-4', 'a-5']);
  });

  test.each<[what: string, statuses: InstanceStatus[], chosen: string[]]>([
    ['nobody is there', [], ['none']],
    ['some are up', ['up', 'starting', 'down', 'draining'], ['a-1']],
    ['some are down', ['starting', 'down', 'draining'], ['a-2']],
    ['all start or drain', ['starting', 'draining'], ['none']],
  ])('when %s', (_what, statuses, chosen) => {
    expect(choose(statuses.map((status, index) => endpoint(`a-${index + 1}`, status)))).toEqual(chosen);
  });

  test('leaves out those that took no connection, even if that leaves nobody', () => {
    const all = endpoints(3);
    all[0]?.eject('connect');
    expect(choose(all)).toEqual(['a-2', 'a-3']);
    all[1]?.eject('connect');
    expect(choose(all)).toEqual(['a-3']);
    all[2]?.eject('connect');
    expect(choose(all)).toEqual(['none']);
    for (const one of all) one.readmit();
    expect(choose(all)).toEqual(['a-1', 'a-2', 'a-3']);
  });

  test('leaves out those that broke off, unless most did', () => {
    const all = endpoints(4);
    all[0]?.eject('reset');
    all[1]?.eject('reset');
    expect(choose(all)).toEqual(['a-3', 'a-4']);
    all[2]?.eject('reset');
    expect(choose(all)).toEqual(['a-1', 'a-2', 'a-3', 'a-4']);
  });

  test('takes one that was up before its registry forgot it', () => {
    const known = endpoint('a-1', 'up');
    known.update(row('a-1', 'starting'));
    expect(choose([known])).toEqual(['a-1']);
  });

  test('prefers those the request has not been to, and goes back only to those that took it', () => {
    const all = endpoints(3);
    const [one, two, three] = all;
    if (!one || !two || !three) throw new Error('there are three');
    one.eject('reset');
    two.eject('connect');
    expect(choose(all, [one, two])).toEqual(['a-3']);
    three.eject('reset');
    expect(choose(all, [one, two, three])).toEqual(['a-1', 'a-3']);
  });
});

describe('an instance that fails', () => {
  test('is out until somebody takes connections there, and asked less and less often', async () => {
    const one = endpoint('a-1');
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => void slept.push(ms);
    one.eject('reset');
    await recover(one, { sleep, probe: async () => slept.length === 7 });
    expect(one.ejectedBy).toBeUndefined();
    expect(slept).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  test('is out for longer when it fails again before it has answered', async () => {
    const one = endpoint('a-1');
    const slept: number[] = [];
    const parts = { sleep: async (ms: number) => void slept.push(ms), probe: async () => true };
    for (let turn = 0; turn < 3; turn += 1) {
      expect(one.eject('reset')).toBe(true);
      expect(one.eject('reset')).toBe(false);
      await recover(one, parts);
    }
    one.succeed();
    one.eject('reset');
    await recover(one, parts);
    expect(slept).toEqual([250, 500, 1000, 250]);
  });

  test('is known to be unreachable once nobody takes connections there', async () => {
    const one = endpoint('a-1');
    one.eject('reset');
    const seen: (string | undefined)[] = [];
    const sleep = async (): Promise<void> => void seen.push(one.ejectedBy);
    await recover(one, { sleep, probe: async () => seen.length === 2 });
    expect(seen).toEqual(['reset', 'connect']);
  });

  test('is no longer asked when it is gone, or when the registry has seen it come up since', async () => {
    const parts = { probe: async () => expect.unreachable('nobody asks') };
    const gone = endpoint('a-1');
    gone.eject('reset');
    await recover(gone, { ...parts, sleep: async () => gone.close() });
    expect(gone.ejectedBy).toBe('reset');
    const back = endpoint('a-2');
    back.eject('reset');
    back.update(row('a-2', 'up'));
    expect(back.ejectedBy).toBe('reset');
    await recover(back, { ...parts, sleep: async () => back.update(row('a-2', 'up', '2026-01-01T00:00:01Z')) });
    expect(back.ejectedBy).toBeUndefined();
    back.eject('connect');
    // It fails anew while it is waited for: that is another incident, with a recovery of its own.
    await recover(back, { ...parts, sleep: async () => (back.succeed(), void back.eject('reset')) });
    expect(back.ejectedBy).toBe('reset');
  });

  test('gets new connections when it took none: those it had belong to a program that is gone', () => {
    const closed: number[] = [];
    let made = 0;
    const one = new Endpoint(row('a-1'), () => {
      const number = (made += 1);
      return { close: () => void closed.push(number) };
    });
    one.eject('reset');
    expect(closed).toEqual([]);
    one.eject('connect');
    one.eject('connect');
    expect(closed).toEqual([1]);
    expect(made).toBe(2);
  });
});

describe('the budget for retries', () => {
  test('is a fifth of the requests, and some for services with few', () => {
    const budget = new RetryBudget();
    for (let request = 0; request < 1000; request += 1) budget.noteRequest(1000);
    expect(spendAll(budget, 1000)).toBe(220);
    expect(spendAll(new RetryBudget(), 0)).toBe(20);
  });

  test('forgets what was longer ago than two windows, and keeps what was not', () => {
    const budget = new RetryBudget();
    for (let request = 0; request < 1000; request += 1) budget.noteRequest(10_000);
    budget.noteRequest(20_001);
    expect(spendAll(budget, 25_000)).toBe(220);
    budget.noteRequest(30_002);
    expect(spendAll(budget, 30_002)).toBe(0);
    expect(spendAll(budget, 60_000)).toBe(20);
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
    expect([1, 2, 3, 9].map((resent) => retryDelayMs(resent, () => 0.5))).toEqual([50, 100, 200, 800]);
    expect(retryDelayMs(1, () => 0)).toBe(25);
    expect(retryDelayMs(1, () => 0.999)).toBe(75);
  });
});

function spendAll(budget: RetryBudget, now: number): number {
  let spent = 0;
  while (budget.spend(now)) spent += 1;
  return spent;
}
