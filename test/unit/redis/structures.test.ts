import { describe, expect, test } from 'vitest';

import { RingList } from '../../../src/redis/structures/ring-list.ts';
import { ScannableMap } from '../../../src/redis/structures/scannable-map.ts';
import { SortedSet } from '../../../src/redis/structures/sorted-set.ts';
import { createRandom } from '../../integration/redis/support/random-commands.ts';

describe('a scan', () => {
  test.each([1, 2, 3, 4, 5])('meets what is there throughout exactly once, and ends (seed %i)', (seed) => {
    const random = createRandom(seed);
    const map = new ScannableMap<number>();
    const staying = Array.from({ length: 500 }, (_, index) => `stays ${index}`);
    const going = Array.from({ length: 2000 }, (_, index) => `goes ${index}`);
    for (const key of [...staying, ...going].toSorted(() => random() - 0.5)) map.set(key, 0);
    const met: string[] = [];
    let cursor = 0;
    do {
      const step = map.scan(cursor, 7);
      met.push(...step.entries.map(([key]) => key));
      ({ cursor } = step);
      // More comes than one step shows, and much goes, so that the map is compacted again and again.
      for (let index = 0; index < 20; index++) map.set(`new ${random()}`, 0);
      for (let index = 0; index < 30; index++) map.delete(going[Math.floor(random() * going.length)] ?? '');
    } while (cursor !== 0);
    expect(met.filter((key) => key.startsWith('stays')).toSorted()).toEqual(staying.toSorted());
    expect(new Set(met).size).toBe(met.length);
  });

  test('a random entry is any of those there are', () => {
    const map = new ScannableMap<number>();
    for (let index = 0; index < 100; index++) map.set(String(index), index);
    for (let index = 0; index < 90; index++) map.delete(String(index));
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 500 }, () => map.randomEntry(random)?.[1]));
    expect(drawn).toEqual(new Set([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]));
    expect(new ScannableMap().randomEntry(random)).toBeUndefined();
  });
});

describe('a sorted set', () => {
  test.each([1, 2, 3])('is what a sorted array is (seed %i)', (seed) => {
    const random = createRandom(seed);
    const set = new SortedSet(random);
    const scores = new Map<string, number>();
    for (let step = 0; step < 3000; step++) {
      const member = `m${Math.floor(random() * 200)}`;
      if (random() < 0.3) expect(set.delete(member)).toBe(scores.delete(member));
      else {
        const score = Math.floor(random() * 20);
        set.set(member, score);
        scores.set(member, score);
      }
    }
    const sorted = [...scores].toSorted((left, right) => left[1] - right[1] || (left[0] < right[0] ? -1 : 1));
    const all = { start: 0, end: set.size };
    expect(set.range({ ...all, reverse: false })).toEqual(sorted);
    expect(set.range({ ...all, reverse: true })).toEqual(sorted.toReversed());
    expect(sorted.map(([member]) => set.rankOf(member))).toEqual([...sorted.keys()]);
    for (let start = 0; start < sorted.length; start += 17)
      expect(set.range({ start, end: start + 5, reverse: false })).toEqual(sorted.slice(start, start + 5));
    expect(set.countWhile((score) => score < 10)).toBe(sorted.filter(([, score]) => score < 10).length);
  });

  test('a rank among many takes no longer than a few times one among few', () => {
    expect(comparisons(100_000)).toBeLessThan(comparisons(100) * 10);
  });
});

test('a list in a ring is what an array is', () => {
  const random = createRandom(3);
  const list = new RingList();
  const array: string[] = [];
  for (let step = 0; step < 5000; step++) {
    const item = String(step);
    const choice = Math.floor(random() * 4 + (step % 1000 < 500 ? -0.5 : 0.5));
    if (choice <= 0) {
      list.pushLeft(item);
      array.unshift(item);
    } else if (choice === 1) {
      list.pushRight(item);
      array.push(item);
    } else if (choice === 2) expect(list.popLeft()).toBe(array.shift());
    else expect(list.popRight()).toBe(array.pop());
    expect(list.at(array.length - 1)).toBe(array.at(-1));
  }
  expect(list.slice()).toEqual(array);
});

/** How many members are looked at to count the lower half. */
function comparisons(size: number): number {
  const set = new SortedSet(createRandom(1));
  for (let index = 0; index < size; index++) set.set(`m${index}`, index);
  let count = 0;
  set.countWhile((score) => {
    count++;
    return score < size / 2;
  });
  return count;
}
