import { describe, expect, test } from 'vitest';

import { newcomers } from '../../../../src/app/operate/newcomers.ts';
import { followLogs, readLogs } from '../../../../src/app/operate/read-logs.ts';
import type { LogLine } from '../../../../src/ports/engine.ts';
import { fakeLogs, listed, logLine, stateOf } from '../../../support/fake-engine.ts';

const { signal } = new AbortController();
const query = { tail: undefined, since: undefined, signal };

async function texts(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const found: string[] = [];
  for await (const { instance, text } of lines) found.push(`${instance} ${text}`);
  return found;
}

async function* each<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function* unreachable(): AsyncGenerator<never> {
  yield* [];
  throw new Error('no registry');
}

async function* brokenLogs(): AsyncGenerator<LogLine> {
  yield logLine('orders-1', 1, 'a');
  throw new Error('the daemon went away');
}

async function* logsOnceOnly({ follow }: { readonly follow: boolean }): AsyncGenerator<LogLine> {
  yield* [];
  if (follow) throw new Error('the daemon went away');
}

const written = {
  'orders-1': [logLine('orders-1', 1, 'a'), logLine('orders-1', 4, 'd')],
  'orders-2': [logLine('orders-2', 2, 'b'), logLine('orders-2', 3, 'c'), logLine('orders-2', 5, 'e')],
  'users-1': [],
};
const instances = Object.keys(written);

describe('reading', () => {
  test('merges the logs in the order of time', async () => {
    expect(await texts(readLogs({ logs: fakeLogs(written) }, { ...query, instances }))).toEqual([
      'orders-1 a',
      'orders-2 b',
      'orders-2 c',
      'orders-1 d',
      'orders-2 e',
    ]);
  });

  test('takes the tail of each', async () => {
    expect(await texts(readLogs({ logs: fakeLogs(written) }, { ...query, instances, tail: 1 }))).toEqual([
      'orders-1 d',
      'orders-2 e',
    ]);
  });

  test('lets go of every log when the reader stops early', async () => {
    const ended: string[] = [];
    const logs = async function* ({ instances: [id = ''] }: { readonly instances: readonly string[] }) {
      try {
        yield logLine(id, 1, 'first');
        yield logLine(id, 2, 'second');
      } finally {
        ended.push(id);
      }
    };
    for await (const line of readLogs({ logs }, { ...query, instances: ['a-1', 'b-1'] })) if (line.text !== '') break;
    expect(ended).toEqual(['a-1', 'b-1']);
  });

  test('fails as the engine does', async () => {
    await expect(texts(readLogs({ logs: brokenLogs }, { ...query, instances: ['orders-1'] }))).rejects.toThrow(
      /went away/,
    );
  });
});

describe('following', () => {
  test('goes on where reading ended: nothing twice, nothing lost, also of the same moment', async () => {
    const logs = fakeLogs(
      { 'orders-1': [logLine('orders-1', 1, 'a'), logLine('orders-1', 1, 'b')] },
      { 'orders-1': [logLine('orders-1', 1, 'c'), logLine('orders-1', 2, 'd')] },
    );
    expect(await texts(followLogs({ logs }, { ...query, instances: ['orders-1'] }, each()))).toEqual([
      'orders-1 a',
      'orders-1 b',
      'orders-1 c',
      'orders-1 d',
    ]);
  });

  test('with a tail shows no older line again', async () => {
    const logs = fakeLogs(written, { 'orders-2': [logLine('orders-2', 6, 'f')] });
    expect(await texts(followLogs({ logs }, { ...query, instances, tail: 1 }, each()))).toEqual([
      'orders-1 d',
      'orders-2 e',
      'orders-2 f',
    ]);
  });

  test('with a tail of none shows only what is new', async () => {
    const logs = fakeLogs(written, { 'orders-2': [logLine('orders-2', 6, 'f')] });
    expect(await texts(followLogs({ logs }, { ...query, instances, tail: 0 }, each()))).toEqual(['orders-2 f']);
  });

  test('takes in instances that come later, from their first line', async () => {
    const logs = fakeLogs({ 'orders-3': [logLine('orders-3', 7, 'hello')] });
    expect(await texts(followLogs({ logs }, { ...query, instances: ['orders-1'] }, each('orders-3')))).toEqual([
      'orders-3 hello',
    ]);
  });

  test('goes on without a registry', async () => {
    const logs = fakeLogs(written);
    expect(await texts(followLogs({ logs }, { ...query, instances: ['orders-1'] }, unreachable()))).toEqual([
      'orders-1 a',
      'orders-1 d',
    ]);
  });

  test('ends with the signal, whatever the engine makes of it', async () => {
    const stop = new AbortController();
    const logs = async function* (): AsyncGenerator<LogLine> {
      yield logLine('orders-1', 1, 'a');
      stop.abort();
      stop.signal.throwIfAborted();
    };
    const lines = followLogs({ logs }, { ...query, signal: stop.signal, instances: ['orders-1'] }, each());
    await expect(texts(lines)).rejects.toThrow(/abort/);
  });

  test('fails when a log cannot be read on', async () => {
    await expect(
      texts(followLogs({ logs: logsOnceOnly }, { ...query, instances: ['orders-1'] }, each())),
    ).rejects.toThrow(/went away/);
  });
});

test('newcomers are those of the wanted services that were not there, also when they were once', async () => {
  const states = each(
    stateOf([listed('orders-1')]),
    stateOf([listed('orders-1'), listed('orders-2'), listed('users-1')]),
    stateOf([listed('orders-2')]),
    stateOf([listed('orders-1'), listed('orders-2')]),
  );
  const found: string[] = [];
  for await (const id of newcomers(states, ['orders'], ['orders-1'])) found.push(id);
  expect(found).toEqual(['orders-2', 'orders-1']);
});
