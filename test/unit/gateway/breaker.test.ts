import { describe, expect, test } from 'vitest';

import { Breaker } from '../../../src/gateway/resilience/breaker.ts';
import type { Admission } from '../../../src/gateway/resilience/breaker.ts';
import { CountWindow, TimeWindow } from '../../../src/gateway/resilience/window.ts';
import type { BreakerPolicy } from '../../../src/protocol/policies/breaker.ts';

const policy: BreakerPolicy = { window: { requests: 10 }, minimum: 10, failureRate: 0.5, openMs: 5000, probes: 3 };

function breakerOf(more: Partial<BreakerPolicy> = {}): Breaker {
  return new Breaker({ ...policy, ...more });
}

interface Run {
  readonly failed: number;
  readonly slow?: number;
  readonly of: number;
  readonly now?: number;
}

/** Sends requests one after the other, the bad ones last. */
function send(breaker: Breaker, { failed, slow = 0, of, now = 0 }: Run): void {
  for (let index = 0; index < of; index += 1) {
    const admission = breaker.admit(now);
    if (!admission) return;
    breaker.settle(admission, { failed: index >= of - failed, durationMs: index >= of - slow ? 1000 : 1 }, now);
  }
}

function trip(breaker: Breaker, now = 0): Breaker {
  send(breaker, { failed: 10, of: 10, now });
  expect(breaker.state).toBe('open');
  return breaker;
}

function probesOf(breaker: Breaker, now: number): Admission[] {
  const admissions = Array.from({ length: 50 }, () => breaker.admit(now));
  return admissions.filter((admission) => admission !== undefined);
}

describe('a closed circuit', () => {
  test.each<[what: string, run: Run, state: string]>([
    ['fewer requests than the minimum', { failed: 9, of: 9 }, 'closed'],
    ['fewer failures than the rate', { failed: 4, of: 10 }, 'closed'],
    ['as many failures as the rate', { failed: 5, of: 10 }, 'open'],
    ['slow requests while nothing says what slow is', { failed: 0, slow: 10, of: 10 }, 'closed'],
  ])('with %s', (_what, run, state) => {
    const breaker = breakerOf();
    send(breaker, run);
    expect(breaker.state).toBe(state);
  });

  test('opens for slow requests too', () => {
    const breaker = breakerOf({ slowRate: 0.8, slowAfterMs: 500 });
    send(breaker, { failed: 0, slow: 7, of: 10 });
    expect(breaker.state).toBe('closed');
    send(breaker, { failed: 0, slow: 1, of: 1 });
    expect(breaker.state).toBe('open');
  });

  test('forgets requests that are too long ago', () => {
    const breaker = breakerOf({ window: { ms: 1000 }, minimum: 4 });
    send(breaker, { failed: 3, of: 3, now: 0 });
    send(breaker, { failed: 3, of: 3, now: 1100 });
    expect(breaker.state).toBe('closed');
    send(breaker, { failed: 1, of: 1, now: 1900 });
    expect(breaker.state).toBe('open');
  });
});

describe('an open circuit', () => {
  test('lets nothing through until its time is over, and says when that is', () => {
    const breaker = trip(breakerOf(), 100);
    expect(breaker.opened).toBe(1);
    expect(breaker.admit(101)).toBeUndefined();
    expect(breaker.retryAfterSeconds(101)).toBe(5);
    expect(breaker.retryAfterSeconds(4900)).toBe(1);
    expect(breaker.admit(5099)).toBeUndefined();
    expect(breaker.admit(5100)?.probe).toBe(true);
  });

  test('takes no notice of answers to requests that were sent before it opened', () => {
    const breaker = breakerOf();
    const late = [breaker.admit(0), breaker.admit(0)];
    trip(breaker);
    for (const admission of late) if (admission) breaker.settle(admission, { failed: true, durationMs: 1 }, 10);
    const probes = probesOf(breaker, 5000);
    expect(probes).toHaveLength(3);
    for (const admission of late) {
      if (!admission) continue;
      breaker.settle(admission, { failed: true, durationMs: 1 }, 5001);
      breaker.forget(admission);
    }
    expect(breaker.state).toBe('half-open');
    expect(breaker.admit(5002)).toBeUndefined();
  });
});

describe('a half-open circuit', () => {
  test('lets exactly as many requests through as the policy says, of fifty at once', () => {
    const breaker = trip(breakerOf());
    expect(probesOf(breaker, 5000)).toHaveLength(3);
    expect(probesOf(breaker, 9000)).toHaveLength(0);
  });

  test('closes when enough of them succeed, and begins to count anew', () => {
    const breaker = trip(breakerOf());
    for (const probe of probesOf(breaker, 5000)) breaker.settle(probe, { failed: false, durationMs: 1 }, 5001);
    expect(breaker.state).toBe('closed');
    send(breaker, { failed: 9, of: 9, now: 5002 });
    expect(breaker.state).toBe('closed');
    expect(breaker.admit(5003)?.probe).toBe(false);
  });

  test('opens again as soon as too many have failed, whatever the others do', () => {
    const breaker = trip(breakerOf());
    const [one, two, three] = probesOf(breaker, 5000);
    if (!one || !two || !three) throw new Error('there are three');
    breaker.settle(one, { failed: true, durationMs: 1 }, 5001);
    expect(breaker.state).toBe('half-open');
    breaker.settle(two, { failed: true, durationMs: 1 }, 6000);
    expect(breaker.state).toBe('open');
    expect(breaker.opened).toBe(2);
    breaker.settle(three, { failed: false, durationMs: 1 }, 6001);
    expect(breaker.state).toBe('open');
    expect(breaker.admit(10_999)).toBeUndefined();
    expect(breaker.admit(11_000)?.probe).toBe(true);
  });

  test('gives the place of a probe without a verdict to another request', () => {
    const breaker = trip(breakerOf());
    const [one] = probesOf(breaker, 5000);
    if (one) breaker.forget(one);
    expect(probesOf(breaker, 5001)).toHaveLength(1);
  });
});

/** Requests through a breaker that begin and end as chance has it. */
class Course {
  now: number;
  private readonly random: () => number;
  private readonly breaker: Breaker;
  private readonly probes: number;
  private readonly underWay: Admission[] = [];
  /** Of one half-open time: begun, and not ended without a verdict. */
  private readonly begun = new Map<Admission, number>();

  constructor(breaker: Breaker, { probes, random }: { probes: number; random: () => number }) {
    this.breaker = breaker;
    this.probes = probes;
    this.random = random;
    this.now = random() * 1e5;
  }

  step(): void {
    this.now += this.random() * 40;
    if (this.random() < 0.5) return this.begin();
    const [admission] = this.underWay.splice(Math.floor(this.random() * this.underWay.length), 1);
    if (!admission) return;
    if (this.random() < 0.1) this.forget(admission);
    else this.breaker.settle(admission, { failed: this.random() < 0.5, durationMs: 1 }, this.now);
  }

  endAll(): void {
    for (const admission of this.underWay.splice(0)) this.forget(admission);
  }

  private begin(): void {
    const wasClosed = this.breaker.state === 'closed';
    const admission = this.breaker.admit(this.now);
    if (!admission) return expect(wasClosed).toBe(false);
    this.underWay.push(admission);
    const begun = (this.begun.get(admission) ?? 0) + 1;
    this.begun.set(admission, begun);
    if (admission.probe) expect(begun).toBeLessThanOrEqual(this.probes);
  }

  private forget(admission: Admission): void {
    this.breaker.forget(admission);
    this.begun.set(admission, (this.begun.get(admission) ?? 0) - 1);
  }
}

function randomPolicy(random: () => number): BreakerPolicy {
  const size = 1 + Math.floor(random() * 20);
  const window = random() < 0.5 ? { requests: size } : { ms: 10 + random() * 2000 };
  const rates = { failureRate: 0.05 + random() * 0.95, openMs: random() * 500 };
  return { window, minimum: 1 + Math.floor(random() * size), ...rates, probes: 1 + Math.floor(random() * 5) };
}

describe('for any course of events', () => {
  test('nothing is refused while it is closed, no probe is too many, and it closes once the service works', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = sequence(seed);
      const chosen = randomPolicy(random);
      const breaker = new Breaker(chosen);
      const course = new Course(breaker, { probes: chosen.probes, random });
      for (let step = 0; step < 400; step += 1) course.step();
      course.endAll();
      for (let step = 0; step < 20 && breaker.state !== 'closed'; step += 1) {
        course.now += 500;
        send(breaker, { failed: 0, of: chosen.probes, now: course.now });
      }
      expect(breaker.state).toBe('closed');
    }
  });
});

describe('a window', () => {
  test('of requests or of time counts what a list of all would', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = sequence(seed);
      const counted = new CountWindow(7);
      const timed = new TimeWindow(1000);
      const all: { failed: boolean; slow: boolean; tick: number }[] = [];
      let now = random() * 1e4;
      for (let step = 0; step < 200; step += 1) {
        now += random() < 0.05 ? random() * 5000 : random() * 80;
        const request = { failed: random() < 0.4, slow: random() < 0.3 };
        counted.note(request);
        timed.note(request, now);
        const tick = Math.floor(now / 100);
        all.push({ ...request, tick });
        expect(countsOf(counted)).toEqual(countsIn(all.slice(-7)));
        expect(countsOf(timed)).toEqual(countsIn(all.filter((one) => one.tick > tick - 10)));
      }
      counted.clear();
      timed.clear();
      expect([countsOf(counted), countsOf(timed)]).toEqual([countsIn([]), countsIn([])]);
    }
  });
});

function countsOf({ total, failed, slow }: { total: number; failed: number; slow: number }) {
  return { total, failed, slow };
}

function countsIn(all: readonly { readonly failed: boolean; readonly slow: boolean }[]) {
  const failed = all.filter((one) => one.failed).length;
  return { total: all.length, failed, slow: all.filter((one) => one.slow).length };
}

function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
