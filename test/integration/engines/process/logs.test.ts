import { mkdir, rm, writeFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readLogs } from '../../../../src/engines/process/logs/read-logs.ts';
import type { LogQuery } from '../../../../src/ports/engine.ts';
import { createLogWriter } from '../../../../src/supervisor/logs/log-writer.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { readAll } from './support/system.ts';

const whole: LogQuery = {
  instances: [],
  tail: undefined,
  since: undefined,
  follow: false,
  signal: new AbortController().signal,
};

const lines = (...texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text));

async function textsOf(directory: string, query: Partial<LogQuery> = {}): Promise<readonly string[]> {
  const found = await readAll(readLogs(directory, { ...whole, ...query }));
  return found.map(({ instance, text }) => `${instance} ${text}`);
}

const at = (second: number, text: string): string => `2026-01-01T00:00:0${second}.000Z o ${text}\n`;

describe('reading logs', () => {
  test('gives the lines of all instances by time, and of one by order', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'users-1.1.log'), at(1, 'a') + at(3, 'c') + at(3, 'c2'));
    await writeFile(join(dir.path, 'orders-1.1.log'), at(2, 'b') + at(4, 'd'));
    await writeFile(join(dir.path, 'supervisor.log'), 'not a log of an instance');
    expect(await textsOf(dir.path)).toEqual(['users-1 a', 'orders-1 b', 'users-1 c', 'users-1 c2', 'orders-1 d']);
    expect(await textsOf(dir.path, { instances: ['orders-1'] })).toEqual(['orders-1 b', 'orders-1 d']);
  });

  test('takes the last of each, and only what is recent', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'a-1.1.log'), at(1, '1') + at(2, '2'));
    await writeFile(join(dir.path, 'a-1.2.log'), at(3, '3') + at(4, '4'));
    await writeFile(join(dir.path, 'b-1.1.log'), at(1, '1'));
    expect(await textsOf(dir.path, { tail: 3 })).toEqual(['b-1 1', 'a-1 2', 'a-1 3', 'a-1 4']);
    expect(await textsOf(dir.path, { tail: 0 })).toEqual([]);
    const since = new Date('2026-01-01T00:00:02.000Z');
    expect(await textsOf(dir.path, { since })).toEqual(['a-1 2', 'a-1 3', 'a-1 4']);
    expect(await textsOf(dir.path, { since, tail: 1 })).toEqual(['a-1 4']);
  });

  test('passes over what is no line, and over a folder that is not there', async () => {
    await using dir = await tempDir();
    await writeFile(
      join(dir.path, 'a-1.1.log'),
      `${at(1, 'good')}torn\n${at(2, 'o e ')}${at(3, 'unfinished').trimEnd()}`,
    );
    expect(await textsOf(dir.path)).toEqual(['a-1 good', 'a-1 o e ']);
    expect(await textsOf(join(dir.path, 'nowhere'))).toEqual([]);
  });

  test('does not mix up instances whose names begin alike', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'a-1.1.log'), at(1, 'mine'));
    await writeFile(join(dir.path, 'a-1-1.1.log'), at(1, 'other'));
    expect(await textsOf(dir.path, { instances: ['a-1'] })).toEqual(['a-1 mine']);
  });
});

/** Follows a folder into a list, until the scope ends. */
function follow(directory: string, query: Partial<LogQuery> = {}) {
  const controller = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const { text } of readLogs(directory, { ...whole, ...query, follow: true, signal: controller.signal }))
      seen.push(text);
  })();
  return {
    seen,
    done,
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await done;
    },
  };
}

describe('following logs', () => {
  test('gives what is written, through rotation, and who comes later', async () => {
    await using dir = await tempDir();
    const writer = createLogWriter(dir.path, 'a-1', { fileBytes: 200, files: 3 });
    await writer.append('stdout', lines('before'));
    await using following = follow(dir.path);
    await waitUntil('it has begun', () => Promise.resolve(following.seen.length === 1));
    const written = ['before'];
    for (let count = 0; count < 60; count++) {
      written.push(`line ${count}`);
      await writer.append('stdout', lines(`line ${count}`));
      if (count % 6 === 5)
        await waitUntil('they are seen', () => Promise.resolve(following.seen.at(-1) === written.at(-1)));
    }
    expect(following.seen).toEqual(written);
    const newcomer = createLogWriter(dir.path, 'b-1');
    await newcomer.append('stderr', lines('hello'));
    await waitUntil('the newcomer is seen', () => Promise.resolve(following.seen.at(-1) === 'hello'));
    await Promise.all([writer.close(), newcomer.close()]);
  });

  test('waits for the end of a line', async () => {
    await using dir = await tempDir();
    const file = join(dir.path, 'a-1.1.log');
    await writeFile(file, '');
    await using following = follow(dir.path);
    await appendFile(file, at(1, 'first half').trimEnd());
    await appendFile(join(dir.path, 'b-1.1.log'), at(1, 'a sign'));
    await waitUntil('the sign is seen', () => Promise.resolve(following.seen.includes('a sign')));
    expect(following.seen).toEqual(['a sign']);
    await appendFile(file, ', second half\n');
    await waitUntil('it is seen whole', () => Promise.resolve(following.seen.includes('first half, second half')));
  });

  test('ends when the folder is gone', async () => {
    await using dir = await tempDir();
    const logs = join(dir.path, 'logs');
    await mkdir(logs);
    await using following = follow(logs);
    await rm(logs, { recursive: true });
    await following.done;
  });
});

describe('writing logs', () => {
  test('keeps the last files only, and says how many lines were lost', async () => {
    await using dir = await tempDir();
    const logs = join(dir.path, 'logs');
    const writer = createLogWriter(logs, 'a-1', { fileBytes: 100, files: 2 });
    await writer.append('stdout', lines('lost', 'lost, too'));
    await mkdir(logs);
    await writer.append('stderr', lines('kept'));
    expect(await textsOf(logs)).toEqual(['a-1 msa: 2 lines could not be written here', 'a-1 kept']);
    for (let count = 0; count < 20; count++) await writer.append('stdout', lines(`${'x'.repeat(80)} ${count}`));
    expect((await textsOf(logs)).map((text) => text.split(' ').at(-1))).toEqual(['18', '19']);
    await writer.remove();
    expect(await textsOf(logs)).toEqual([]);
  });
});
