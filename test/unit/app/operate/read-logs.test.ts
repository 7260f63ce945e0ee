import { expect, test } from 'vitest';

import { followLogs, readLogs, type Following } from '../../../../src/app/operate/read-logs.ts';
import type { LogLine } from '../../../../src/ports/engine.ts';
import { fakeLogs, logLine } from '../../../support/fake-engine.ts';

const { signal } = new AbortController();
const query = { instances: ['orders-1', 'orders-2', 'users-1'], tail: undefined, since: undefined, signal };
const written = [
  logLine('orders-1', 1, 'a'),
  logLine('orders-1', 4, 'd'),
  logLine('orders-2', 2, 'b'),
  logLine('orders-2', 3, 'c'),
  logLine('orders-2', 5, 'e'),
  logLine('gateway-1', 3, 'x'),
];
const following: Following = {
  isWanted: (instance) => !instance.startsWith('gateway'),
  startedAt: new Date(logLine('', 10, '').time),
};

async function texts(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const found: string[] = [];
  for await (const { instance, text } of lines) found.push(`${instance} ${text}`);
  return found;
}

test('reading gives what there is, in the order of time', async () => {
  const all = ['orders-1 a', 'orders-2 b', 'orders-2 c', 'orders-1 d', 'orders-2 e'];
  expect(await texts(readLogs({ logs: fakeLogs(written) }, query))).toEqual(all);
  expect(await texts(readLogs({ logs: fakeLogs(written) }, { ...query, tail: 1 }))).toEqual(all.slice(3));
});

test('following goes on where reading ended: nothing twice, nothing lost, also of the same moment', async () => {
  // What is written between the two looks is there at the second one only.
  const before = [logLine('orders-1', 1, 'a'), logLine('orders-1', 1, 'b'), logLine('orders-2', 2, 'c')];
  const after = [...before, logLine('orders-1', 1, 'd'), logLine('orders-1', 2, 'e'), logLine('orders-2', 2, 'f')];
  const later = [logLine('orders-1', 2, 'g'), logLine('orders-1', 11, 'h')];
  const logs: typeof engineLogs = (asked) => (asked.follow ? fakeLogs(after, later) : fakeLogs(before))(asked);
  const lines = await texts(followLogs({ logs }, query, following));
  expect(
    lines
      .filter((line) => line.startsWith('orders-1'))
      .map((line) => line.at(-1))
      .join(''),
  ).toBe('abdegh');
  expect(
    lines
      .filter((line) => line.startsWith('orders-2'))
      .map((line) => line.at(-1))
      .join(''),
  ).toBe('cf');
});

test('following a tail shows no older line, of the silent ones neither', async () => {
  const logs = fakeLogs(
    [...written, logLine('users-1', 6, 'old')],
    [logLine('orders-2', 11, 'f'), logLine('users-1', 12, 'g')],
  );
  expect(await texts(followLogs({ logs }, { ...query, tail: 0 }, following))).toEqual(['orders-2 f', 'users-1 g']);
  expect(await texts(followLogs({ logs }, { ...query, instances: ['orders-1'], tail: 1 }, following))).toEqual([
    'orders-1 d',
    'orders-2 f',
    'users-1 g',
  ]);
});

test('following takes in instances that come later, and none that nobody wants', async () => {
  const logs = fakeLogs(written, [logLine('orders-3', 11, 'hello'), logLine('gateway-1', 12, 'x')]);
  expect(await texts(followLogs({ logs }, { ...query, tail: 0 }, following))).toEqual(['orders-3 hello']);
});

const engineLogs = fakeLogs([]);
