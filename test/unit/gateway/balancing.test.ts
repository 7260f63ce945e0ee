import { describe, expect, test } from 'vitest';

import { Balancer } from '../../../src/gateway/balance/choose-endpoint.ts';
import { Endpoint } from '../../../src/gateway/balance/endpoint.ts';
import { hashKey } from '../../../src/gateway/balance/hash-key.ts';
import { hashText } from '../../../src/gateway/balance/hash-text.ts';
import { recover } from '../../../src/gateway/balance/recover.ts';
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
  const chosen = Array.from(
    { length: 200 },
    () => new Balancer().choose({ endpoints: all, tried, random })?.id ?? 'none',
  );
  return [...new Set(chosen)].toSorted();
}

describe('the choice of an instance', () => {
  test('falls on every one of those that are up, about as often', () => {
    const all = endpoints(4);
    const random = sequence();
    const counts = new Map<string, number>();
    for (let turn = 0; turn < 4000; turn += 1) {
      const { id = '' } = new Balancer().choose({ endpoints: all, tried: [], random }) ?? {};
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

/** How often each of the endpoints is chosen in so many turns. */
function shares(balancer: Balancer, all: readonly Endpoint[], choice: { readonly now?: number } = {}): number[] {
  const random = sequence();
  const counts = new Map(all.map(({ id }) => [id, 0]));
  for (let turn = 0; turn < 3000; turn += 1) {
    const { id = '' } = balancer.choose({ endpoints: all, tried: [], random, ...choice }) ?? {};
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts.values()].map((count) => count / 3000);
}

/** What part of the requests a service's slow instance gets: it takes 105 ms, the two others 5 ms, and one comes every 2 ms. */
function shareOfSlow(balancer: Balancer): number {
  const all = endpoints(3);
  const [slow] = all;
  const random = sequence();
  let underWay: { readonly until: number; readonly at: Endpoint }[] = [];
  let count = 0;
  for (let now = 0; now < 6000; now += 2) {
    for (const { until, at } of underWay) if (until <= now) at.inFlight -= 1;
    underWay = underWay.filter(({ until }) => until > now);
    const at = balancer.choose({ endpoints: all, tried: [], random });
    if (!at) throw new Error('there are three');
    at.inFlight += 1;
    if (at === slow) count += 1;
    underWay.push({ until: now + (at === slow ? 105 : 5), at });
  }
  return count / 3000;
}

describe('an instance that is slow', () => {
  test('gets few of the requests when those in flight are counted, and its full part in turn', () => {
    expect(shareOfSlow(new Balancer())).toBeLessThan(0.06);
    expect(shareOfSlow(new Balancer({ method: { kind: 'round-robin' } }))).toBeCloseTo(1 / 3, 2);
  });
});

describe('round robin', () => {
  test('gives each its turn, and skips those that are out', () => {
    const all = endpoints(4);
    const balancer = new Balancer({ method: { kind: 'round-robin' } });
    expect(shares(balancer, all)).toEqual([0.25, 0.25, 0.25, 0.25]);
    all[1]?.eject('connect');
    const [one, two, three, four] = shares(balancer, all);
    expect([one, three, four].map((share) => share?.toFixed(3))).toEqual(['0.333', '0.333', '0.333']);
    expect(two).toBe(0);
    expect(
      new Balancer({ method: { kind: 'round-robin' } }).choose({ endpoints: [], tried: [], random: () => 0 }),
    ).toBe(undefined);
  });
});

test('a second try takes nobody’s turn', () => {
  const all = endpoints(3);
  const balancer = new Balancer({ method: { kind: 'round-robin' } });
  const firsts = Array.from({ length: 6 }, () => {
    const first = balancer.choose({ endpoints: all, tried: [], random: () => 0 });
    balancer.choose({ endpoints: all, tried: all.filter((one) => one === first), random: () => 0 });
    return first?.id;
  });
  expect(firsts).toEqual(['a-2', 'a-3', 'a-1', 'a-2', 'a-3', 'a-1']);
});

describe('consistent hashing', () => {
  const balancer = new Balancer({ method: { kind: 'hash', from: 'address' } });
  const keys = Array.from({ length: 3000 }, (_, index) => hashText(`user-${index}`));

  function placesOf(all: readonly Endpoint[]): (string | undefined)[] {
    return keys.map((key) => balancer.choose({ endpoints: all, tried: [], random: () => 0.5, key })?.id);
  }

  test('sends the same key to the same instance, and about as many keys to each', () => {
    const all = endpoints(5);
    const places = placesOf(all);
    expect(placesOf(all.toReversed())).toEqual(places);
    for (const { id } of all) {
      const share = places.filter((place) => place === id).length / keys.length;
      expect(share).toBeGreaterThan(0.16);
      expect(share).toBeLessThan(0.24);
    }
  });

  test('moves only the keys of an instance that goes out, to all the others, and gives them back', () => {
    const all = endpoints(5);
    const before = placesOf(all);
    all[2]?.eject('connect');
    const after = placesOf(all);
    const moved = after.filter((_, index) => before[index] === 'a-3');
    expect(after.filter((_, index) => before[index] !== 'a-3')).toEqual(before.filter((place) => place !== 'a-3'));
    expect(new Set(moved)).toEqual(new Set(['a-1', 'a-2', 'a-4', 'a-5']));
    all[2]?.readmit();
    expect(placesOf(all)).toEqual(before);
  });

  test('gives a new instance only what is its own', () => {
    const before = placesOf(endpoints(4));
    const after = placesOf(endpoints(5));
    const moved = after.filter((place, index) => place !== before[index]);
    expect(new Set(moved)).toEqual(new Set(['a-5']));
    expect(moved.length / keys.length).toBeLessThan(0.25);
  });

  test('goes on to the next instance when a try has failed, and balances by load without a key', () => {
    const all = endpoints(3);
    const [key = 0] = keys;
    const first = balancer.choose({ endpoints: all, tried: [], random: () => 0, key });
    if (!first) throw new Error('there are three');
    const second = balancer.choose({ endpoints: all, tried: [first], random: () => 0, key });
    expect(second?.id).not.toBe(first.id);
    first.inFlight = 9;
    for (let turn = 0; turn < 20; turn += 1) {
      expect(balancer.choose({ endpoints: all, tried: [], random: sequence() })).not.toBe(first);
    }
  });

  test.each<[what: string, method: Parameters<typeof hashKey>[0], fields: string[], text: string | undefined]>([
    ['a header', { kind: 'hash', from: 'header', name: 'x-user' }, ['Accept', 'a', 'X-User', 'ann'], 'ann'],
    ['the first of two', { kind: 'hash', from: 'header', name: 'x-user' }, ['x-user', 'a', 'x-user', 'b'], 'a'],
    ['no header', { kind: 'hash', from: 'header', name: 'x-user' }, ['x-users', 'ann'], undefined],
    ['an empty header', { kind: 'hash', from: 'header', name: 'x-user' }, ['x-user', ''], undefined],
    ['a cookie', { kind: 'hash', from: 'cookie', name: 'sid' }, ['Cookie', 'a=1; sid=7; b=2'], '7'],
    ['no cookie', { kind: 'hash', from: 'cookie', name: 'sid' }, ['cookie', 'xsid=7; b=sid=3'], undefined],
    ['the address', { kind: 'hash', from: 'address' }, [], '10.0.0.9'],
    ['no hashing', undefined, ['x-user', 'ann'], undefined],
  ])('recognises a request by %s', (...[, method, fields, text]) => {
    const expected = text === undefined ? undefined : hashText(text);
    expect(hashKey(method, { address: '10.0.0.9', fields })).toBe(expected);
  });
});

function cameUpAt(id: string, at: number): Endpoint {
  return new Endpoint(
    row(id),
    () => ({ close: () => undefined }),
    () => at,
  );
}

describe('an instance that has just come up', () => {
  const slow = new Balancer({ slowStartMs: 10_000 });

  test('gets a share that grows until it is as large as the others’', () => {
    const all = [cameUpAt('a-1', -1e6), cameUpAt('a-2', -1e6), cameUpAt('a-3', 0)];
    const grown = [0, 2500, 5000, 9000, 10_000].map((now) => shares(slow, all, { now })[2] ?? 0);
    expect(grown.toSorted((left, right) => left - right)).toEqual(grown);
    expect(grown[0]).toBeGreaterThan(0);
    expect(grown[0]).toBeLessThan(0.06);
    expect(grown[4]).toBeGreaterThan(0.3);
  });

  test('gets everything when the others are out or new like itself', () => {
    expect(shares(slow, [cameUpAt('a-3', 0)], { now: 1 })).toEqual([1]);
    const [one = 0, two = 0] = shares(slow, [cameUpAt('a-3', 0), cameUpAt('a-4', 0)], { now: 1 });
    expect(Math.abs(one - two)).toBeLessThan(0.1);
  });

  test('is new again when its program was gone meanwhile', () => {
    let now = 0;
    const one = new Endpoint(
      row('a-1'),
      () => ({ close: () => undefined }),
      () => now,
    );
    now = 50;
    one.eject('reset');
    one.readmit();
    expect(one.upSince).toBe(0);
    one.eject('connect');
    one.readmit();
    expect(one.upSince).toBe(50);
    now = 70;
    one.update(row('a-1', 'up', '2026-01-01T00:00:09Z'));
    expect(one.upSince).toBe(70);
  });
});

describe('panic', () => {
  test.each<[panic: number, out: number, chosen: number]>([
    [0.5, 2, 2],
    [0.5, 3, 4],
    [0.25, 3, 1],
    [0, 3, 1],
    [1, 1, 4],
    [0, 4, 4],
  ])('at %d with %d of four out, %d are used', (panic, out, chosen) => {
    const all = endpoints(4);
    for (const one of all.slice(0, out)) one.eject('errors');
    const random = sequence();
    const balancer = new Balancer({ panic });
    const seen = Array.from({ length: 300 }, () => balancer.choose({ endpoints: all, tried: [], random }));
    expect(new Set(seen).size).toBe(chosen);
  });
});

/** Requests come evenly, and instances take their time: how many each of them gets. */
function sharesOf(balancer: Balancer, takesMs: readonly number[], requests: number): number[] {
  const all = endpoints(takesMs.length);
  const random = sequence();
  const counts = takesMs.map(() => 0);
  let underWay: { readonly index: number; readonly since: number; readonly until: number }[] = [];
  for (let request = 0; request < requests; request += 1) {
    const now = request * 2;
    for (const { index, since, until } of underWay.filter((each) => each.until <= now)) {
      const done = all[index];
      if (done) done.inFlight -= 1;
      done?.pace.note(until - since, until);
    }
    underWay = underWay.filter((each) => each.until > now);
    const chosen = balancer.choose({ endpoints: all, tried: [], random, now });
    const index = chosen ? all.indexOf(chosen) : -1;
    if (chosen) chosen.inFlight += 1;
    counts[index] = (counts[index] ?? 0) + 1;
    underWay.push({ index, since: now, until: now + (takesMs[index] ?? 0) });
  }
  return counts;
}

function quickest(): Balancer {
  return new Balancer({ method: { kind: 'quickest' } });
}

describe('the quickest', () => {
  test('gives an instance that has become slow next to nothing, where turns would give it a third', () => {
    const [slow = 0, ...others] = sharesOf(quickest(), [105, 5, 5], 3000);
    expect(slow).toBeGreaterThan(0);
    expect(slow).toBeLessThan(150);
    for (const count of others) expect(count).toBeGreaterThan(1200);
    expect(sharesOf(new Balancer({ method: { kind: 'round-robin' } }), [105, 5, 5], 3000)[0]).toBe(1000);
  });

  test('gives all the same that take the same', () => {
    for (const count of sharesOf(quickest(), [5, 5, 5], 3000)) expect(count).toBeGreaterThan(800);
  });

  test('asks one that was slow again after a while, and does not flood one of which nothing is known', () => {
    const [slow, quick] = endpoints(2);
    slow?.pace.note(100, 0);
    quick?.pace.note(20, 0);
    expect(slow?.pace.cost(0, 1000)).toBeGreaterThan(quick?.pace.cost(0, 1000) ?? Infinity);
    quick?.pace.note(20, 60_000);
    expect(slow?.pace.cost(0, 60_000)).toBeLessThan(quick?.pace.cost(0, 60_000) ?? 0);
    const [unknown] = endpoints(1);
    expect([unknown?.pace.cost(0, 0), unknown?.pace.cost(1, 0) === 1e9]).toEqual([0, true]);
  });
});
