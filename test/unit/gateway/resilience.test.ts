import { describe, expect, test } from 'vitest';

import { Bulkhead } from '../../../src/gateway/resilience/bulkhead.ts';
import { readGrpcTimeoutMs, readTimeoutMs, renderGrpcTimeout } from '../../../src/gateway/resilience/deadline.ts';
import { GradientLimit } from '../../../src/gateway/resilience/gradient-limit.ts';
import { readRetryAfterMs } from '../../../src/gateway/resilience/retry-after.ts';

describe('a bulkhead', () => {
  test('takes as many as its limit, then as many as wait, and refuses the rest', () => {
    const bulkhead = new Bulkhead({ limit: 2, queue: 1, waitMs: 100 });
    expect([bulkhead.enter(), bulkhead.enter(), bulkhead.enter()]).toEqual([true, true, false]);
    expect([bulkhead.wait(() => undefined), bulkhead.wait(() => undefined)]).toEqual([true, false]);
    expect([bulkhead.inFlight, bulkhead.queueLength]).toEqual([2, 1]);
  });

  test('lets those who wait in by the order they came, and nobody overtakes them', () => {
    const bulkhead = new Bulkhead({ limit: 1, queue: 9, waitMs: 100 });
    const entered: string[] = [];
    bulkhead.enter();
    for (const name of ['a', 'b', 'c']) bulkhead.wait(() => entered.push(name));
    bulkhead.leave();
    expect([entered, bulkhead.inFlight, bulkhead.enter()]).toEqual([['a'], 1, false]);
    bulkhead.leave();
    bulkhead.leave();
    expect([entered, bulkhead.inFlight]).toEqual([['a', 'b', 'c'], 1]);
    bulkhead.leave();
    expect([bulkhead.inFlight, bulkhead.enter()]).toEqual([0, true]);
  });

  test('forgets one that gives up waiting', () => {
    const bulkhead = new Bulkhead({ limit: 1, queue: 2, waitMs: 100 });
    const entered: string[] = [];
    const impatient = (): void => void entered.push('impatient');
    bulkhead.enter();
    bulkhead.wait(impatient);
    bulkhead.wait(() => entered.push('patient'));
    expect([bulkhead.giveUp(impatient), bulkhead.giveUp(impatient)]).toEqual([true, false]);
    bulkhead.leave();
    expect([entered, bulkhead.queueLength, bulkhead.inFlight]).toEqual([['patient'], 0, 1]);
  });

  test('stays whole when one that is let in leaves at once', () => {
    const bulkhead = new Bulkhead({ limit: 1, queue: 3, waitMs: 100 });
    const entered: string[] = [];
    bulkhead.enter();
    for (const name of ['a', 'b', 'c']) {
      bulkhead.wait(() => {
        entered.push(name);
        bulkhead.leave();
      });
    }
    bulkhead.leave();
    expect([entered, bulkhead.inFlight, bulkhead.queueLength]).toEqual([['a', 'b', 'c'], 0, 0]);
  });

  test('lets the longest queue go, although each that is let in leaves at once', () => {
    const queue = 10_000;
    const bulkhead = new Bulkhead({ limit: 1, queue, waitMs: 100 });
    let entered = 0;
    bulkhead.enter();
    for (let waiting = 0; waiting < queue; waiting += 1) {
      bulkhead.wait(() => {
        entered += 1;
        bulkhead.leave();
      });
    }
    bulkhead.leave();
    expect([entered, bulkhead.inFlight, bulkhead.queueLength]).toEqual([queue, 0, 0]);
  });
});

/** A service that works on so many at once and lets the others wait, while as many come as are let in. */
function load(limit: GradientLimit, { capacity, requests }: { capacity: number; requests: number }): number[] {
  return Array.from({ length: requests }, () => {
    const { limit: inFlight } = limit;
    limit.note(10 * Math.max(1, inFlight / capacity), inFlight);
    return inFlight;
  });
}

describe('an adaptive limit', () => {
  test('rises while requests take no longer than before', () => {
    const limit = new GradientLimit();
    load(limit, { capacity: 1000, requests: 900 });
    expect(limit.limit).toBeGreaterThan(150);
    load(limit, { capacity: 1000, requests: 9000 });
    expect(limit.limit).toBe(500);
  });

  test('comes to rest somewhat above what the service can do at once, and stays there for good', () => {
    const limit = new GradientLimit();
    load(limit, { capacity: 40, requests: 2000 });
    const later = load(limit, { capacity: 40, requests: 20_000 });
    expect(Math.max(...later)).toBeLessThan(80);
    expect(later.filter((value) => value > 40).length / later.length).toBeGreaterThan(0.85);
  });

  test('follows a service that can do less than before, and again more', () => {
    const limit = new GradientLimit();
    load(limit, { capacity: 200, requests: 5500 });
    expect(limit.limit).toBeGreaterThan(200);
    load(limit, { capacity: 20, requests: 2000 });
    expect(limit.limit).toBeLessThan(50);
    load(limit, { capacity: 200, requests: 6000 });
    expect(limit.limit).toBeGreaterThan(150);
  });

  test('never falls so far that nothing could be learned', () => {
    const limit = new GradientLimit();
    for (let request = 0; request < 3000; request += 1) {
      limit.note(10 * (request + 1), limit.limit);
      expect(limit.limit).toBeGreaterThanOrEqual(5);
    }
  });

  test('stays where it is while it is not used', () => {
    const limit = new GradientLimit();
    for (let request = 0; request < 900; request += 1) limit.note(request % 2 === 0 ? 1 : 900, 3);
    expect(limit.limit).toBe(20);
  });
});

describe('a deadline', () => {
  test.each<[text: string, ms: number | undefined]>([
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    [' 5', undefined],
    ['1234567890', undefined],
    ['0', 0],
    ['250', 250],
    ['999999999', 999_999_999],
  ])('%j is read as %s', (text, ms) => {
    expect(readTimeoutMs(text)).toBe(ms);
  });

  test.each<[text: string, ms: number | undefined]>([
    ['1', undefined],
    ['S', undefined],
    ['123456789m', undefined],
    ['1s', undefined],
    ['2H', 7_200_000],
    ['1M', 60_000],
    ['3S', 3000],
    ['250m', 250],
    ['500u', 0.5],
    ['0n', 0],
  ])('gRPC’s %j is read as %s', (text, ms) => {
    expect(readGrpcTimeoutMs(text)).toBe(ms);
  });

  test.each([0, 0.25, 0.9994, 1, 17.9, 99_999_999, 100_000_000.5, 999_999_999])(
    'of %d ms is told to gRPC as no more than that, in at most eight digits',
    (ms) => {
      const text = renderGrpcTimeout(ms);
      const read = readGrpcTimeoutMs(text);
      expect(read).toBeLessThanOrEqual(ms);
      expect(read).toBeGreaterThan(ms - Math.max(1, ms / 1000));
    },
  );
});

describe('Retry-After', () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 30);

  test.each<[text: string, ms: number | undefined]>([
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['9999999999', undefined],
    ['0', 0],
    ['120', 120_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 7000],
    ['Sun Nov  6 08:49:37 1994', 7000],
    ['Sun, 06 Nov 1994 08:49:07 GMT', 0],
    ['Sun, 99 Nov 1994 08:49:07 GMT', undefined],
    [`Sun, ${'x'.repeat(60)}`, undefined],
  ])('of %.40j is read as %s', (text, ms) => {
    expect(readRetryAfterMs(text, now)).toBe(ms);
  });
});
