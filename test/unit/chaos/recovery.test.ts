import { expect, test } from 'vitest';

import { findRecovery } from '../../../src/chaos/recovery.ts';
import { answer, answers, goodJournal, timeAt } from './journals.ts';

test('counts from the last request that the victim answered, for it cannot have died before', () => {
  expect(findRecovery(goodJournal())).toEqual({
    diedMs: 3100,
    deadMs: 3300,
    detectedMs: 3300,
    restartedMs: 3700,
    restarts: 1,
    isReborn: true,
    upMs: 4200,
    firstAnswerMs: 4310,
    backMs: 4200,
  });
});

test('counts from when the engine was asked, when the victim gave no answer since', () => {
  const journal = goodJournal({ requests: answers(0, 3000, ['orders-1', 'orders-2']) });
  expect(findRecovery(journal)).toMatchObject({ diedMs: 3050, firstAnswerMs: undefined });
});

test('takes an answer of another instance for no sign of life', () => {
  const { requests } = goodJournal();
  const journal = goodJournal({ requests: requests.filter(({ instance }) => instance === 'orders-1') });
  expect(findRecovery(journal)).toMatchObject({ diedMs: 3050, firstAnswerMs: undefined, backMs: 4200 });
});

test('knows it is not back while the registry says down', () => {
  const changes = goodJournal().changes.slice(0, 3);
  expect(findRecovery(goodJournal({ changes }))).toMatchObject({ upMs: undefined, backMs: undefined });
});

test('counts the last return of an instance that came and went', () => {
  const changes = [
    ...goodJournal().changes,
    { atMs: 4800, instance: 'orders-2', status: 'down' as const },
    { atMs: 5600, instance: 'orders-2', status: 'up' as const },
  ];
  expect(findRecovery(goodJournal({ changes }))).toMatchObject({ detectedMs: 3300, upMs: 5600, backMs: 5600 });
  expect(findRecovery(goodJournal({ changes: changes.slice(0, -1) }))).toMatchObject({ backMs: undefined });
});

test.each(['absent', 'starting', 'draining'] as const)('takes %s for gone', (status) => {
  const changes = [
    { atMs: 3310, instance: 'orders-2', status },
    { atMs: 4100, instance: 'orders-2', status: 'up' as const },
  ];
  expect(findRecovery(goodJournal({ changes }))).toMatchObject({ detectedMs: 3310, backMs: 4100 });
});

test('does not take another instance for the victim', () => {
  const changes = [{ atMs: 3300, instance: 'orders-1', status: 'down' as const }];
  expect(findRecovery(goodJournal({ changes })).detectedMs).toBeUndefined();
});

test('does not take an earlier absence for this one', () => {
  const changes = [
    { atMs: 100, instance: 'orders-2', status: 'down' as const },
    { atMs: 900, instance: 'orders-2', status: 'up' as const },
  ];
  expect(findRecovery(goodJournal({ changes }))).toMatchObject({ detectedMs: undefined, upMs: undefined });
});

test('finds the return of an instance that the registry never missed', () => {
  const changes = goodJournal().changes.slice(0, 2);
  expect(findRecovery(goodJournal({ changes }))).toMatchObject({ detectedMs: undefined, backMs: 4310 });
  // Answers of others do not name it: then the engine tells.
  expect(findRecovery(goodJournal({ changes, isDirect: false }))).toMatchObject({ backMs: 3700 });
  // And who was never started again never went away.
  const after = { restarts: 0, startedAt: timeAt(-60_000) };
  expect(findRecovery(goodJournal({ changes, after })).backMs).toBeUndefined();
});

test('does not believe a clock by which the restart came before the death', () => {
  const after = { restarts: 1, startedAt: timeAt(-3_600_000) };
  expect(findRecovery(goodJournal({ after }))).toMatchObject({ restartedMs: undefined, restarts: 1, backMs: 4200 });
});

test('does without an engine that could not say', () => {
  const journal = goodJournal({ after: undefined });
  expect(findRecovery(journal)).toMatchObject({ restartedMs: undefined, restarts: 0, isReborn: true, backMs: 4200 });
  const changes = journal.changes.slice(0, 3);
  expect(findRecovery({ ...journal, changes })).toMatchObject({ isReborn: false, backMs: undefined });
});

test('does not take a busy instance that the registry loses sight of for a dead one', () => {
  const glimpse = [
    { atMs: 3100, instance: 'orders-2', status: 'down' as const },
    { atMs: 3250, instance: 'orders-2', status: 'up' as const },
  ];
  const requests = [...goodJournal().requests, answer(3390, 'orders-2', { sentMs: 3290 })];
  const journal = goodJournal({ requests, changes: [...glimpse, ...goodJournal().changes.slice(2)] });
  expect(findRecovery(journal)).toMatchObject({ diedMs: 3290, detectedMs: 3300, upMs: 4200, backMs: 4200 });
  // Nothing has been lost sight of since: it may yet be to die, or has not been restarted.
  const early = { ...journal, changes: glimpse, after: journal.before };
  expect(findRecovery(early)).toMatchObject({ isReborn: false, detectedMs: undefined, backMs: undefined });
});

test('does not depend on the order in which answers were written down', () => {
  const { requests } = goodJournal();
  const journal = goodJournal({ requests: requests.toReversed() });
  expect(findRecovery(journal)).toEqual(findRecovery(goodJournal()));
});

test('reads a journal of many requests', () => {
  const requests = Array.from({ length: 300_000 }, (_, index) => answer(index / 10, 'orders-2'));
  expect(findRecovery(goodJournal({ requests }))).toMatchObject({ diedMs: 3400, deadMs: 3400 });
});

test('does not take an answer that was on its way for one of the next life', () => {
  const late = answer(3310, 'orders-2', { sentMs: 3090 });
  const requests = [...goodJournal().requests, late];
  expect(findRecovery(goodJournal({ requests }))).toMatchObject({ firstAnswerMs: 4310 });
});

test('tells the lives apart when the engine is slow to say that it has killed', () => {
  const changes = goodJournal().changes.slice(0, 2);
  const requests = [...goodJournal().requests, answer(3900, 'orders-2')];
  const journal = goodJournal({ changes, requests, crash: { beganMs: 3050, endedMs: 4000 } });
  expect(findRecovery(journal)).toMatchObject({ diedMs: 3100, deadMs: 3700, firstAnswerMs: 3900, backMs: 3900 });
});
