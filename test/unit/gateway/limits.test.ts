import { describe, expect, test } from 'vitest';

import { chargeRate, windowEndUs } from '../../../src/gateway/limit/charge.ts';
import type { Charge } from '../../../src/gateway/limit/charge.ts';
import { checkRateLimits } from '../../../src/gateway/limit/check-rate-limits.ts';
import { addressGroup } from '../../../src/gateway/limit/limit-key.ts';
import { ruleOf } from '../../../src/gateway/limit/limit-rule.ts';
import type { LimitRule } from '../../../src/gateway/limit/limit-rule.ts';
import { Limiter } from '../../../src/gateway/limit/limiter.ts';
import { policyField, stateField } from '../../../src/gateway/limit/rate-limit-fields.ts';
import type { RateLimit } from '../../../src/protocol/policies/rate-limit.ts';

function limitOf(changes: Partial<RateLimit> = {}): RateLimit {
  return {
    name: 'default',
    shared: false,
    by: 'address',
    limit: 100,
    perMs: 1000,
    burst: changes.limit ?? 100,
    kind: 'rate',
    exact: false,
    whenRedisIsGone: 'local',
    ...changes,
  };
}

/** Gateways that share a Redis of the same arithmetic, in a time that passes when it is told to. */
function createWorld(rule: LimitRule, gateways: number) {
  let nowUs = 1_764_108_000_000_000;
  let shared = true;
  let calls = 0;
  let local = 0;
  const known = new Map<string, number>();
  const used = new Map<string, { readonly end: number; readonly count: number }>();
  const charge = (key: string, wanted: number): Charge => {
    calls += 1;
    if (rule.kind === 'rate') {
      const { intervalUs, sharedCapacityUs: capacityUs } = rule;
      const { usedUpUntilUs, ...result } = chargeRate(known.get(key) ?? 0, nowUs, { intervalUs, capacityUs, wanted });
      known.set(key, usedUpUntilUs);
      return result;
    }
    const end = windowEndUs(nowUs, rule);
    const found = used.get(key);
    const count = found?.end === end ? found.count : 0;
    const granted = Math.min(wanted, rule.limit - count);
    used.set(key, { end, count: count + granted });
    return { granted, resetUs: end - nowUs, left: rule.limit - count - granted };
  };
  const limiters = Array.from(
    { length: gateways },
    () =>
      new Limiter({
        rule,
        prefix: 'p:',
        clock: () => nowUs,
        isShared: () => shared,
        refund: () => undefined,
        charge: ({ key, wanted }) => Promise.resolve(shared ? charge(key, wanted) : undefined),
        onLocal: () => (local += 1),
      }),
  );
  return {
    limiters,
    pass: (us: number) => (nowUs += us),
    setShared: (value: boolean) => (shared = value),
    now: () => nowUs,
    calls: () => calls,
    local: () => local,
    take: async (gateway: number, key = 'a') => {
      const limiter = limiters[gateway];
      if (!limiter) throw new Error('no such gateway');
      return (await limiter.take(limiter.entry(key))) === 'admitted';
    },
  };
}

function createRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('a rate', () => {
  test('of 50 a second that lets one in at a time spreads 100 requests of a second evenly', async () => {
    const world = createWorld(ruleOf(limitOf({ limit: 50, burst: 1 })), 1);
    const admitted: number[] = [];
    const began = world.now();
    for (let index = 0; index < 100; index += 1) {
      if (await world.take(0)) admitted.push(world.now() - began);
      world.pass(10_000);
    }
    expect(admitted).toEqual(Array.from({ length: 50 }, (_, index) => index * 20_000));
  });

  const shapes = [
    { limit: 50, burst: 1, perMs: 1000 },
    { limit: 100, burst: 100, perMs: 1000 },
    { limit: 600, burst: 600, perMs: 60_000 },
    { limit: 1000, burst: 200, perMs: 1000 },
    { limit: 7, burst: 3, perMs: 1000 },
  ];
  const cases = shapes.flatMap((shape) =>
    [1, 2, 3].flatMap((seed) => [false, true].map((exact) => ({ ...shape, seed, exact }))),
  );

  test.each(cases)(
    '$limit per $perMs ms with a burst of $burst (exact: $exact, seed $seed) lets no more than both into any window, of two gateways together',
    async ({ seed, ...shape }) => {
      const rule = ruleOf(limitOf(shape));
      const world = createWorld(rule, 2);
      const random = createRandom(seed * 7919);
      const admitted: number[] = [];
      for (let step = 0; step < 4000; step += 1) {
        // Silence, trickle and flood in turn.
        const pace = [0, 0.2, 1, 3, 40][Math.floor(random() * 5)] ?? 0;
        const count = Math.floor(random() * 12);
        for (let index = 0; index < count; index += 1) {
          if (await world.take(random() < 0.5 ? 0 : 1)) admitted.push(world.now());
        }
        world.pass(Math.floor(pace * rule.intervalUs));
      }
      for (const windowUs of [rule.intervalUs * 3, rule.leaseUs, rule.windowUs / 4, rule.windowUs, rule.windowUs * 3]) {
        const most = mostWithin(admitted, windowUs);
        expect(most, `within ${windowUs} µs`).toBeLessThanOrEqual(Math.ceil(windowUs / rule.intervalUs) + rule.burst);
      }
    },
  );

  test('asked for often, is asked of Redis rarely; asked for now and then, strands nothing', async () => {
    const rule = ruleOf(limitOf({ limit: 1000, burst: 1000 }));
    const busy = createWorld(rule, 1);
    let admitted = 0;
    for (let index = 0; index < 4000; index += 1) {
      if (await busy.take(0)) admitted += 1;
      busy.pass(1250);
    }
    expect(admitted).toBe(4000);
    expect(busy.calls()).toBeLessThan(1000);
    const calm = createWorld(ruleOf(limitOf({ limit: 60, burst: 60, perMs: 60_000 })), 1);
    for (let index = 0; index < 300; index += 1) {
      expect(await calm.take(0)).toBe(true);
      calm.pass(1_010_000);
    }
  });

  test('leaves no more than a tenth of what it lets in unused', async () => {
    const rule = ruleOf(limitOf({ limit: 2000, burst: 2000 }));
    const world = createWorld(rule, 1);
    // Bursts that end before what was reserved is spent, at 85 % of the limit.
    for (let round = 0; round < 50; round += 1) {
      for (let index = 0; index < 1700; index += 1) expect(await world.take(0), `${round} ${index}`).toBe(true);
      world.pass(1_000_000);
    }
  });

  test('is not asked of Redis again while the answer is known to be no', async () => {
    const world = createWorld(ruleOf(limitOf({ limit: 1, burst: 1 })), 1);
    expect(await world.take(0)).toBe(true);
    for (let index = 0; index < 100; index += 1) expect(await world.take(0)).toBe(false);
    expect(world.calls()).toBe(2);
    world.pass(1_000_000);
    expect(await world.take(0)).toBe(true);
  });

  test('is asked once for all who come at the same time', async () => {
    const world = createWorld(ruleOf(limitOf({ limit: 10, burst: 10, exact: true })), 1);
    const all = await Promise.all(Array.from({ length: 25 }, () => world.take(0)));
    expect(all.filter(Boolean)).toHaveLength(10);
    expect(world.calls()).toBeLessThanOrEqual(3);
  });
});

test('those who come while Redis is asked find what was reserved, and nothing of that is lost', async () => {
  const rule = ruleOf(limitOf({ limit: 1000, burst: 1000, perMs: 86_400_000, kind: 'quota' }));
  const world = createWorld(rule, 1);
  let admitted = 0;
  // In waves: while one is asked for, others come.
  for (let wave = 0; wave < 200; wave += 1) {
    const first = world.take(0);
    const others = Array.from({ length: 9 }, async (_, index) => {
      for (let turn = 0; turn < index; turn += 1) await Promise.resolve();
      return world.take(0);
    });
    admitted += (await Promise.all([first, ...others])).filter(Boolean).length;
    world.pass(1000);
  }
  expect(admitted).toBe(1000);
});

describe('a quota', () => {
  const quota = { limit: 1000, burst: 1000, perMs: 86_400_000, kind: 'quota' } as const;

  test.each([true, false])(
    'lets in what it says in each window, of two gateways together (exact: %s)',
    async (exact) => {
      const rule = ruleOf(limitOf({ ...quota, exact }));
      const world = createWorld(rule, 2);
      for (let window = 0; window < 3; window += 1) {
        let admitted = 0;
        for (let index = 0; index < 1300; index += 1) {
          if (await world.take(index % 2)) admitted += 1;
          world.pass(1000);
        }
        expect(admitted).toBeLessThanOrEqual(1000);
        // Each gateway may keep what the other one would have liked to have.
        expect(admitted).toBeGreaterThanOrEqual(1000 - 2 * rule.maxLease);
        world.pass(windowEndUs(world.now(), rule) - world.now());
      }
    },
  );
});

describe('without Redis', () => {
  test('each gateway counts by itself, and together again when it is back', async () => {
    const world = createWorld(ruleOf(limitOf({ limit: 10, burst: 10, perMs: 10_000 })), 2);
    world.setShared(false);
    const alone = await Promise.all(Array.from({ length: 40 }, (_, index) => world.take(index % 2)));
    expect(alone.filter(Boolean)).toHaveLength(20);
    expect(world.local()).toBeGreaterThan(0);
    world.setShared(true);
    world.pass(10_000_000);
    const together = await Promise.all(Array.from({ length: 40 }, (_, index) => world.take(index % 2)));
    expect(together.filter(Boolean)).toHaveLength(10);
  });

  test('a limit that must be shared lets nobody in', async () => {
    const world = createWorld(ruleOf(limitOf({ whenRedisIsGone: 'refuse' })), 1);
    world.setShared(false);
    const [limiter] = world.limiters;
    expect(limiter?.take(limiter.entry('a'))).toBe('unknown');
  });

  test('a quota goes on from what Redis said last', async () => {
    const world = createWorld(ruleOf(limitOf({ limit: 5, burst: 5, perMs: 86_400_000, kind: 'quota' })), 1);
    for (let index = 0; index < 3; index += 1) expect(await world.take(0)).toBe(true);
    world.setShared(false);
    const rest = await Promise.all(Array.from({ length: 5 }, () => world.take(0)));
    expect(rest.filter(Boolean)).toHaveLength(2);
  });
});

test('clients are told how each limit stands', async () => {
  const rule = ruleOf(limitOf({ limit: 10, burst: 10, perMs: 60_000 }));
  const world = createWorld(rule, 1);
  const [limiter] = world.limiters;
  if (!limiter) throw new Error('there is one');
  const entry = limiter.entry('a');
  expect(policyField([rule, ruleOf(limitOf({ name: 'user' }))])).toBe('"default";q=10;w=60, "user";q=100;w=1');
  expect(stateField([{ rule, entry }], world.now())).toBe('"default";r=10;t=0');
  await world.take(0);
  expect(stateField([{ rule, entry }], world.now())).toBe('"default";r=9;t=6');
  for (let index = 0; index < 20; index += 1) await world.take(0);
  expect(stateField([{ rule, entry }], world.now())).toBe('"default";r=0;t=60');
  expect(entry.retrySeconds(world.now())).toBe(6);
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('the address %s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test.each([
  [[]],
  [[limitOf({ limit: 0 })]],
  [[limitOf({ limit: Number.NaN })]],
  [[limitOf({ limit: 1.5 })]],
  [[limitOf({ perMs: -1 })]],
  [[limitOf({ burst: 0 })]],
  [[limitOf({ by: 'planet' as 'user' })]],
  [[limitOf({ by: 'header:a b' })]],
  [[limitOf({ name: 'a"b' })]],
  [[limitOf({ kind: 'other' as 'rate' })]],
])('limits that make no sense are refused: %j', (limits) => {
  expect(() => checkRateLimits(limits)).toThrow();
});

test('as many are remembered as there is room for, those used last', () => {
  const [limiter] = createWorld(ruleOf(limitOf()), 1).limiters;
  const used = limiter?.entry('used');
  const unused = limiter?.entry('unused');
  for (let index = 0; index < 10_000; index += 1) {
    limiter?.entry(String(index));
    expect(limiter?.entry('used')).toBe(used);
  }
  expect(limiter?.entry('unused')).not.toBe(unused);
});

function mostWithin(times: readonly number[], windowUs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? 0) >= windowUs && first < index) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
