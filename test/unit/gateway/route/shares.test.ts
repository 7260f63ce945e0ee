import { describe, expect, test } from 'vitest';

import { Shares } from '../../../../src/gateway/route/shares.ts';

function sharesOf(weights: Readonly<Record<string, number>>): Shares<string> {
  return new Shares(Object.entries(weights).map(([item, weight]) => ({ item, weight })));
}

function take(shares: Shares<string>, count: number): readonly (string | undefined)[] {
  return Array.from({ length: count }, () => shares.next());
}

function countOf(taken: readonly (string | undefined)[], name: string): number {
  return taken.filter((item) => item === name).length;
}

describe('shares', () => {
  test.each<[Record<string, number>]>([
    [{ a: 70, b: 30, c: 0 }],
    [{ a: 1, b: 1 }],
    [{ a: 90, b: 10 }],
    [{ a: 999, b: 1 }],
    [{ a: 7, b: 11, c: 13 }],
    [{ a: 1_000_000, b: 500_000, c: 3 }],
  ])('of %o are those of any 500 requests within one percent, wherever one begins to count', (weights) => {
    const taken = take(sharesOf(weights), 2000);
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const begin of [0, 1, 3, 250, 777, 1499]) {
      const counted = taken.slice(begin, begin + 500);
      for (const [name, weight] of Object.entries(weights))
        expect(Math.abs(countOf(counted, name) - (500 * weight) / total)).toBeLessThanOrEqual(5);
    }
  });

  test('are exact after as many requests as the weights sum up to', () => {
    const taken = take(sharesOf({ a: 70, b: 29, c: 1 }), 1000);
    expect(['a', 'b', 'c'].map((name) => countOf(taken, name))).toEqual([700, 290, 10]);
  });

  test('are spread, not given in a row', () => {
    expect(take(sharesOf({ a: 5, b: 1, c: 1 }), 7).join('')).toBe('aabacaa');
  });

  test('a weight of zero gets nothing at all', () => {
    expect(countOf(take(sharesOf({ a: 1, b: 0 }), 500), 'b')).toBe(0);
  });

  test('of nothing are nothing', () => {
    expect(sharesOf({}).next()).toBeUndefined();
    expect(sharesOf({ a: 0, b: 0 }).next()).toBeUndefined();
  });
});
