import { expect, test } from 'vitest';

import type { Journal } from '../../../src/chaos/journal.ts';
import { findRecovery } from '../../../src/chaos/recovery.ts';
import { judge } from '../../../src/chaos/verdict.ts';
import { answer, answers, goodJournal, timeAt } from './journals.ts';

function judged(changes: Partial<Journal> = {}, timeoutMs = 30_000) {
  const journal = goodJournal(changes);
  return judge(journal, findRecovery(journal), timeoutMs);
}

const { requests, changes: tableChanges } = goodJournal();
const failed = answer(3400, 'orders-1', { failure: 'status 502', status: 502 });

test('holds when nothing failed and the victim is back', () => {
  expect(judged()).toEqual({
    verdict: 'held',
    reasons: ['no request failed, and orders-2 came back by itself'],
  });
});

test('is refuted by one failed request', () => {
  const reasons = [`1 request of ${requests.length + 1} failed`];
  expect(judged({ requests: [...requests, failed] })).toEqual({ verdict: 'refuted', reasons });
});

test('is refuted by a failure between the order to kill and the death', () => {
  const early = answer(3060, 'orders-1', { failure: 'connection reset' });
  expect(judged({ requests: [...requests, early] }).verdict).toBe('refuted');
});

test('is refuted by an absence that is too long or does not end, for each reason', () => {
  expect(judged({}, 1099)).toEqual({ verdict: 'refuted', reasons: ['orders-2 was not back within 1.099 s'] });
  expect(judged({}, 1100).verdict).toBe('held');
  const gone = judged({ changes: tableChanges.slice(0, 3), requests: [...requests, failed, failed] });
  expect(gone).toEqual({
    verdict: 'refuted',
    reasons: [`2 requests of ${requests.length + 2} failed`, 'orders-2 was not back within 30 s'],
  });
});

test('proves nothing without requests', () => {
  expect(judged({ requests: [] })).toEqual({ verdict: 'inconclusive', reasons: ['no request was sent'] });
});

test('proves nothing when requests failed before the kill, whatever failed after it', () => {
  const before = [answer(500, 'orders-1', { failure: 'status 500' }), answer(600, 'x', { failure: 'status 500' })];
  expect(judged({ requests: [...before, ...requests, failed] })).toEqual({
    verdict: 'inconclusive',
    reasons: ['2 requests failed before anything was killed'],
  });
});

test('proves nothing when nothing shows that the victim died', () => {
  const life = { restarts: 3, startedAt: timeAt(-60_000) };
  expect(judged({ changes: [], before: life, after: life }).verdict).toBe('inconclusive');
  // Being lost sight of for a while is not death either; being away for good is, and so is another life.
  expect(judged({ before: life, after: life }).verdict).toBe('inconclusive');
  expect(judged({ changes: tableChanges.slice(0, 3), before: life, after: life }).verdict).toBe('refuted');
  expect(judged({ changes: [] }).verdict).toBe('held');
});

test('proves nothing when the victim had nothing to do', () => {
  const others = [...answers(0, 4300, ['orders-1']), ...answers(4300, 10_000, ['orders-1', 'orders-2'])];
  expect(judged({ requests: others })).toEqual({
    verdict: 'inconclusive',
    reasons: ['orders-2 answered no request before it was killed'],
  });
  expect(judged({ requests: others, isDirect: false }).verdict).toBe('held');
});

test('proves nothing when no request met the absence', () => {
  const apart = requests.filter(({ sentMs, endedMs }) => endedMs <= 3100 || sentMs >= 4200);
  const last = answer(3100, 'orders-2', { sentMs: 3099 });
  expect(judged({ requests: [...apart, last], crash: { beganMs: 3100, endedMs: 3200 } })).toEqual({
    verdict: 'inconclusive',
    reasons: ['no request was under way while orders-2 was away'],
  });
});

test('proves nothing when the load was not what was asked for', () => {
  expect(judged({ unsent: 6 })).toEqual({
    verdict: 'inconclusive',
    reasons: ['the load could not be kept up: 6 requests never left'],
  });
  expect(judged({ unsent: 5 }).verdict).toBe('held');
  expect(judged({ unsent: 50, requests: [...requests, failed] }).verdict).toBe('refuted');
});
