import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { startSchedule } from '../../../src/io/load/schedule.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('keeps the rate over a long time', () => {
  const due: number[] = [];
  const beganMs = Date.now();
  const schedule = startSchedule({ intervalMs: 7, now: () => Date.now() }, (atMs) => due.push(atMs - beganMs));
  vi.advanceTimersByTime(70_000);
  schedule.stop();
  expect(due).toEqual(Array.from({ length: 10_001 }, (_, index) => index * 7));
});

test('makes up for a stall with the times at which things were due', () => {
  let now = 0;
  const due: number[] = [];
  const schedule = startSchedule({ intervalMs: 10, now: () => now }, (atMs) => due.push(atMs));
  vi.advanceTimersByTime(0);
  now = 45;
  vi.advanceTimersByTime(10);
  schedule.stop();
  expect(due).toEqual([0, 10, 20, 30, 40]);
});

test('is silent once it is stopped', () => {
  const due = vi.fn();
  const schedule = startSchedule({ intervalMs: 10, now: () => Date.now() }, due);
  schedule.stop();
  vi.advanceTimersByTime(1000);
  expect(due).not.toHaveBeenCalled();
});
