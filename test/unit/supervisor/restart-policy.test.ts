import { expect, test } from 'vitest';

import {
  decideRestart,
  noCrashes,
  type Crash,
  type CrashHistory,
} from '../../../src/supervisor/instances/restart-policy.ts';

/** Delays before each start after these crashes; `given up` where there is none any more. */
function delaysAfter(crashes: readonly Crash[]): readonly (number | string)[] {
  let history: CrashHistory = noCrashes;
  return crashes.map((crash) => {
    const decision = decideRestart(history, crash);
    if (decision.kind === 'give-up') return 'given up';
    ({ history } = decision);
    return decision.afterMs;
  });
}

const soon = { livedMs: 50, provoked: false };
const provoked = { livedMs: 50, provoked: true };

test('delays double, and the sixth crash in a row is the last', () => {
  expect(delaysAfter(Array.from({ length: 6 }, () => soon))).toEqual([100, 200, 400, 800, 1600, 'given up']);
});

test('ten seconds of life begin everything anew', () => {
  const crashes = [soon, soon, soon, soon, soon, { ...soon, livedMs: 10_000 }, soon];
  expect(delaysAfter(crashes)).toEqual([100, 200, 400, 800, 1600, 100, 200]);
  expect(delaysAfter([soon, { ...soon, livedMs: 9999 }])).toEqual([100, 200]);
});

test('crashes that msa was told to cause are delayed like Docker does, and never given up', () => {
  const delays = delaysAfter(Array.from({ length: 10 }, () => provoked));
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 12_800, 12_800]);
});

test('only its own crashes count against a program', () => {
  const crashes = [soon, provoked, soon, provoked, soon, provoked, soon, soon, soon];
  expect(delaysAfter(crashes).at(-2)).toBe(12_800);
  expect(delaysAfter(crashes).at(-1)).toBe('given up');
});
