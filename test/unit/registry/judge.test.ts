import { describe, expect, test } from 'vitest';

import { judge, type Health, type ProbeResult } from '../../../src/registry/probe/judge.ts';
import { probeDelayMs } from '../../../src/registry/probe/probe-delay.ts';

const good: ProbeResult = { ok: true };
const refused: ProbeResult = { ok: false, problem: 'connection refused', certain: true };
const late: ProbeResult = { ok: false, problem: 'no answer within 1 s', certain: false };
const starting: Health = { status: 'starting', problem: '', failures: 0 };

/** The statuses after each of the probes. */
function follow(results: readonly ProbeResult[]): string {
  let health = starting;
  return results.map((result) => (health = judge(health, result)).status).join(' ');
}

test.each<[string, readonly ProbeResult[], string]>([
  ['a good probe makes it up', [good], 'up'],
  ['nothing makes a starting one down', [refused, late, late, refused], 'starting starting starting starting'],
  ['a refused connection is enough', [good, refused], 'up down'],
  ['silence must be seen twice', [good, late, late], 'up up down'],
  ['a good probe in between forgives', [good, late, good, late, good], 'up up up up up'],
  ['a refusal after silence is enough', [good, late, refused], 'up up down'],
  ['one that is down stays so', [good, refused, late, refused], 'up down down down'],
  ['one good probe brings it back', [good, refused, late, good], 'up down down up'],
  ['the one that came back has no past', [good, late, late, good, late], 'up up down up up'],
])('%s', (_what, results, expected) => {
  expect(follow(results)).toBe(expected);
});

test('the problem is what the last probe saw', () => {
  const suspected = judge(judge(starting, good), late);
  expect(suspected).toEqual({ status: 'up', problem: 'no answer within 1 s', failures: 1 });
  expect(judge(suspected, good)).toEqual({ status: 'up', problem: '', failures: 0 });
});

const longest = (health: Health, inStatusMs: number): number => probeDelayMs(health, inStatusMs, () => 1);

describe('the next probe', () => {
  const up: Health = { status: 'up', problem: '', failures: 0 };
  const down: Health = { status: 'down', problem: 'connection refused', failures: 1 };

  test.each([
    { when: 'while it starts', health: starting, inStatusMs: 0, expected: 100 },
    { when: 'while it still starts', health: starting, inStatusMs: 4999, expected: 100 },
    { when: 'while it takes long to start', health: starting, inStatusMs: 5000, expected: 250 },
    { when: 'while it is up', health: up, inStatusMs: 10_000, expected: 500 },
    { when: 'after a first failure', health: { ...up, failures: 1 }, inStatusMs: 10_000, expected: 100 },
    { when: 'just after it went down, as it is being started again', health: down, inStatusMs: 0, expected: 100 },
    { when: 'when it is down for good', health: down, inStatusMs: 5000, expected: 500 },
  ])('$when', ({ health, inStatusMs, expected }) => {
    expect(longest(health, inStatusMs)).toBe(expected);
    expect(probeDelayMs(health, inStatusMs, () => 0)).toBeCloseTo(expected * 0.8);
  });

  test('a vanished instance is seen within a second: one wait, and two connections that nobody takes', () => {
    const connectMs = 150;
    expect(longest(up, 10_000) + connectMs + longest({ ...up, failures: 1 }, 10_000) + connectMs).toBeLessThan(1000);
  });
});
