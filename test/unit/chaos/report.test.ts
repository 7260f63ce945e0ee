import { describe, expect, test } from 'vitest';

import { pick } from '../../../src/chaos/pick.ts';
import { summarizeLatencies } from '../../../src/chaos/latency.ts';
import type { Journal } from '../../../src/chaos/journal.ts';
import { createReport, type Setting } from '../../../src/chaos/report.ts';
import { answer, answers, goodJournal, setting, timeAt } from './journals.ts';

describe('the report', () => {
  const report = createReport(goodJournal(), setting);

  test('counts from the kill', () => {
    expect(report.recovery).toEqual({
      uncertaintyMs: 200,
      detectedMs: 200,
      restartedMs: 600,
      restarts: 1,
      upMs: 1100,
      firstAnswerMs: 1210,
      backMs: 1100,
    });
    expect(report.changes.at(-1)).toEqual({ atMs: 1100, instance: 'orders-2', status: 'up' });
  });

  test('accounts for every request once', () => {
    const { requests, windows } = report;
    expect(requests).toEqual({ sent: 100, succeeded: 100, failed: 0, unsent: 0 });
    const { before, during, after } = windows;
    expect(before.sent + during.sent + (after?.sent ?? 0)).toBe(requests.sent);
    expect(report.timeline.answers.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  test('has nothing in it that JSON loses', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const bare = createReport(goodJournal({ requests: [], changes: [], after: undefined }), setting);
    expect(JSON.parse(JSON.stringify(bare))).toEqual(bare);
  });

  test('tells of each failure when it was, what and whose', () => {
    const failed = answer(3500, 'orders-1', {
      intendedMs: 3200,
      failure: 'status 502 by the gateway: connection-failed',
      status: 502,
      requestId: 'abc',
    });
    const lost = answer(3400, 'x', { instance: undefined, status: undefined, failure: 'connection reset' });
    const { failures, requests, windows } = createReport(
      goodJournal({ requests: [...goodJournal().requests, failed, lost] }),
      setting,
    );
    expect(requests).toMatchObject({ sent: 102, succeeded: 100, failed: 2 });
    expect(windows.during.failed).toBe(2);
    expect(failures).toEqual([
      { atMs: 300, latencyMs: 5, path: '/orders', reason: 'connection reset', instance: null, requestId: null },
      {
        atMs: 400,
        latencyMs: 300,
        path: '/orders',
        reason: 'status 502 by the gateway: connection-failed',
        instance: 'orders-1',
        requestId: 'abc',
      },
    ]);
  });
});

describe('the windows', () => {
  test('have a request that was under way at the kill in the second', () => {
    const hit = answer(3150, 'orders-1', { intendedMs: 3040 });
    const before = createReport(goodJournal(), setting).windows;
    const { windows } = createReport(goodJournal({ requests: [...goodJournal().requests, hit] }), setting);
    expect(windows.before).toEqual(before.before);
    expect(windows.during.sent).toBe(before.during.sent + 1);
    expect(windows.during.latencyMs.p99).toBe(110);
  });

  test('have no third when the victim did not come back', () => {
    const { windows } = createReport(goodJournal({ changes: goodJournal().changes.slice(0, 3) }), setting);
    expect(windows.after).toBeNull();
    expect(windows.during.toMs).toBe(6900);
    expect(windows.before.sent + windows.during.sent).toBe(100);
  });

  test('count latency from when a request was due, and only of those that succeeded', () => {
    const requests = [
      answer(100, 'orders-1', { intendedMs: 0, sentMs: 90 }),
      answer(9000, 'orders-1', { intendedMs: 0, failure: 'status 500' }),
    ];
    const { windows } = createReport(goodJournal({ requests }), setting);
    expect(windows.before.latencyMs).toEqual({ p50: 100, p95: 100, p99: 100 });
  });
});

describe('percentiles', () => {
  test.each([
    [[], { p50: null, p95: null, p99: null }],
    [[3], { p50: 3, p95: 3, p99: 3 }],
    [[4, 1, 3, 2], { p50: 2, p95: 4, p99: 4 }],
    [Array.from({ length: 100 }, (_, index) => 100 - index), { p50: 50, p95: 95, p99: 99 }],
    [[10, 9, 100], { p50: 10, p95: 100, p99: 100 }],
    [[1.2345], { p50: 1.2, p95: 1.2, p99: 1.2 }],
  ])('of %j', (latencies, expected) => {
    expect(summarizeLatencies(latencies)).toEqual(expected);
  });
});

const lateRequests = goodJournal().requests.map((entry, index) =>
  index % 10 === 0 ? { ...entry, intendedMs: entry.sentMs - 150 } : { ...entry, intendedMs: entry.sentMs - 90 },
);

function notesOn(journal: Partial<Journal> = {}, facts: Partial<Setting> = {}): readonly string[] {
  return createReport(goodJournal(journal), { ...setting, ...facts }).notes;
}

describe('the notes', () => {
  test('are silent when there is nothing to say', () => {
    expect(notesOn()).toEqual([]);
  });

  test.each([
    ['a single instance', {}, { instancesUp: 1 }, /orders-2 was the only instance of orders/],
    ['a way through others', { isDirect: false }, {}, /cannot be seen/],
    ['paths left out', {}, { leftOut: ['/x: status 401'] }, /^not used: \/x: status 401$/],
    ['a short life', { before: { restarts: 4, startedAt: timeAt(-1000) } }, {}, /had run for 4\.0 s only/],
    ['a registry that saw nothing', { changes: [] }, {}, /back before the registry missed it/],
    ['a busy machine', { requests: lateRequests }, {}, /^10 requests left more than 100 ms late/],
    ['silence afterwards', { requests: answers(0, 3000, ['orders-1', 'orders-2']) }, {}, /answered no request since/],
  ])('tell of %s', (...[, journal, facts, expected]) => {
    expect(notesOn(journal, facts)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the timeline', () => {
  test('has the kill between two stretches and nothing outside', () => {
    const { fromMs, stepMs, answers: rows, failed } = createReport(goodJournal(), setting).timeline;
    expect(Number.isInteger(fromMs / stepMs)).toBe(true);
    expect(fromMs).toBeLessThanOrEqual(-3100);
    expect(fromMs + stepMs * failed.length).toBeGreaterThanOrEqual(10_000 - 3100);
    const victim = rows.find(({ instance }) => instance === 'orders-2');
    const away = Math.floor((600 - fromMs) / stepMs);
    expect(victim?.counts[away]).toBe(0);
    expect(victim?.counts.slice(0, 3)).not.toEqual([0, 0, 0]);
  });

  test('lists instances by number, the victim even if it never answered', () => {
    const requests = answers(0, 9000, ['orders-10', 'orders-9']);
    const { timeline } = createReport(goodJournal({ requests }), setting);
    expect(timeline.answers.map(({ instance }) => instance)).toEqual(['orders-2', 'orders-9', 'orders-10']);
    const through = createReport(goodJournal({ requests: answers(0, 9000, ['web-1']), isDirect: false }), setting);
    expect(through.timeline.answers.map(({ instance }) => instance)).toEqual(['web-1']);
  });
});

describe('the choice by seed', () => {
  test('is the same for the same seed, and each can be chosen', () => {
    const items = ['a', 'b', 'c'];
    const chosen = Array.from({ length: 100 }, (_, seed) => pick(items, seed));
    expect(new Set(chosen)).toEqual(new Set(items));
    expect(chosen).toEqual(Array.from({ length: 100 }, (_, seed) => pick(items, seed)));
    for (const item of items) expect(chosen.filter((each) => each === item).length).toBeGreaterThan(20);
  });

  test.each([0, 1, 2 ** 31, 2 ** 32 - 1])('takes the seed %d', (seed) => {
    expect(pick(['only'], seed)).toBe('only');
    expect(pick([], seed)).toBeUndefined();
  });
});
