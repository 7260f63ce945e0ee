import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { programs } from '../../../support/built-programs.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { isAlive, readAll, startProgram, testSystem, wholeLog, type TestSystem } from './support/system.ts';

const newSystem = (): Promise<TestSystem> => testSystem({ programs: programs.path });

const stopApp = (system: TestSystem): Promise<void> => system.perform({ kind: 'stop', instance: 'app-1', unit: 'app' });

async function pidIn(directory: string): Promise<number> {
  const file = join(directory, 'child.pid');
  await waitUntil('the child has a number', async () => /^\d+$/.test(await readFile(file, 'utf8')));
  return Number(await readFile(file, 'utf8'));
}

/** Waits until the program has said that it is as far as it gets. */
async function waitForLine(system: TestSystem, text: string): Promise<void> {
  await waitUntil(`"${text}" is in the log`, async () =>
    (await readAll(system.engine.logs({ ...wholeLog, instances: [] }))).some((line) => line.text === text),
  );
}

async function listensOnItsPort(system: TestSystem): Promise<void> {
  await waitUntil('it listens', async () => (await system.engine.diagnose('app-1')).length === 0);
}

describe('stopping', () => {
  test('asks once and waits for a program that ends by itself', async () => {
    await using system = await newSystem();
    const directory = await startProgram(system, 'polite');
    await listensOnItsPort(system);
    await stopApp(system);
    expect(await readFile(join(directory, 'signals'), 'utf8')).toBe('TERM ');
    expect((await system.engine.observe()).instances).toEqual([]);
  });

  test('ends by force what does not care', async () => {
    await using system = await newSystem();
    await startProgram(system, 'deaf');
    await listensOnItsPort(system);
    const pid = (await system.observed('app-1'))?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    await stopApp(system);
    expect(isAlive(pid)).toBe(false);
  });

  test.each(['parent', 'parentOfDaemon'] as const)('ends what the program has started as well: %s', async (name) => {
    await using system = await newSystem();
    const child = await pidIn(await startProgram(system, name));
    await waitForLine(system, 'child');
    expect(isAlive(child)).toBe(true);
    await stopApp(system);
    expect(isAlive(child)).toBe(false);
  });

  test('keeps one that waits from being started again', async () => {
    await using system = await newSystem();
    await startProgram(system, 'crasher');
    await system.waitFor(
      'has crashed some times',
      'app-1',
      ({ restarts, state }) => restarts >= 3 && state === 'restarting',
    );
    await stopApp(system);
    expect((await system.engine.observe()).instances).toEqual([]);
  });
});

describe('ending', () => {
  test('a crash ends what is left of the group and starts anew', async () => {
    await using system = await newSystem();
    const directory = await startProgram(system, 'parent');
    const child = await pidIn(directory);
    await system.engine.crash('app-1');
    await system.waitFor('runs again', 'app-1', ({ state, restarts }) => state === 'running' && restarts === 1);
    expect(isAlive(child)).toBe(false);
  });

  test('a crash that leaves a daemon ends the daemon', async () => {
    await using system = await newSystem();
    const child = await pidIn(await startProgram(system, 'parentOfDaemon'));
    await system.engine.crash('app-1');
    await system.waitFor('runs again', 'app-1', ({ state, restarts }) => state === 'running' && restarts === 1);
    expect(isAlive(child)).toBe(false);
  });

  test('a crash loop is given up, and said', async () => {
    await using system = await newSystem();
    const directory = await startProgram(system, 'crasher');
    await system.waitFor('is given up', 'app-1', ({ state }) => state === 'gone');
    expect(await system.observed('app-1')).toMatchObject({ exitCode: 7, restarts: 5, pid: undefined });
    expect(await readFile(join(directory, 'starts'), 'utf8')).toBe('x'.repeat(6));
    expect(await system.engine.diagnose('app-1')).toEqual([
      'app-1 ended with exit code 7',
      'it was started 6 times and is not tried again',
    ]);
    const lines = await readAll(system.engine.logs({ ...wholeLog, instances: [] }));
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => 'ending with 7'));
  });

  test('an end without a fault is no crash', async () => {
    await using system = await newSystem();
    await startProgram(system, 'done');
    await system.waitFor('has ended', 'app-1', ({ state }) => state === 'gone');
    expect(await system.observed('app-1')).toMatchObject({ exitCode: 0, restarts: 0 });
    expect((await system.engine.diagnose('app-1'))[0]).toContain('ended by itself (exit code 0)');
  });

  test('a program that goes into the background is over, and what it left there too', async () => {
    await using system = await newSystem();
    const child = await pidIn(await startProgram(system, 'daemon'));
    await system.waitFor('has ended', 'app-1', ({ state }) => state === 'gone');
    await waitUntil('the daemon is ended', () => Promise.resolve(!isAlive(child)));
  });
});

describe('output', () => {
  test('a program that closes its output goes on, and can be stopped', async () => {
    await using system = await newSystem();
    await startProgram(system, 'silent');
    await waitForLine(system, 'last words');
    await listensOnItsPort(system);
    expect(await system.observed('app-1')).toMatchObject({ state: 'running', restarts: 0 });
    await stopApp(system);
  });

  test('fifty megabytes are taken from a program, and the last of them are kept', async () => {
    await using system = await newSystem();
    const directory = await startProgram(system, 'loud');
    await waitUntil('it has written everything', async () => existsSync(join(directory, 'done')));
    await waitForLine(system, 'the end');
    const logs = system.path('.msa', 'run', 'logs');
    const files = (await readdir(logs)).filter((name) => name.startsWith('app-1.'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(logs, name))).size));
    expect(files).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThan(11 * 1024 * 1024);
    const lines = await readAll(system.engine.logs({ ...wholeLog, instances: ['app-1'], tail: 2 }));
    expect(lines.map(({ text }) => text.length)).toEqual([1023, 7]);
  });

  test('long lines come in pieces, bytes that are no text do no harm, and a last line needs no end', async () => {
    await using system = await newSystem();
    await startProgram(system, 'wordy');
    await waitUntil('the lines are there', async () => {
      const lines = await readAll(system.engine.logs({ ...wholeLog, instances: [] }));
      return lines.length === 4;
    });
    await system.engine.crash('app-1');
    await waitForLine(system, 'without an end');
    const lines = await readAll(system.engine.logs({ ...wholeLog, instances: [] }));
    expect(lines.slice(0, 5).map(({ text }) => text.length)).toEqual([16_384, 16_384, 7232, 3, 14]);
  });
});

test('what listens elsewhere is told from what listens nowhere', async () => {
  await using system = await newSystem();
  const taken = 31_999;
  await startProgram(system, 'elsewhere', { ELSEWHERE: String(taken) });
  const port = (await system.observed('app-1'))?.port;
  await waitUntil('it is seen', async () => {
    const [first] = await system.engine.diagnose('app-1');
    return first === `it listens on ${taken}, not on PORT ${port}`;
  });
});

test('a program that is not there is refused with its name, and leaves nothing', async () => {
  await using system = await newSystem();
  await startProgram(system, 'polite');
  const directory = await system.folder('missing', { 'readme.txt': 'nothing' });
  const content = '';
  const program = { kind: 'folder', directory, content, command: ['./no-such-program'], prepare: [] } as const;
  const unit = {
    name: 'missing',
    role: 'service',
    replicas: 1,
    program,
    env: {},
    port: undefined,
    needs: [],
    hash: 'x',
  } as const;
  const start = system.perform({
    kind: 'start',
    unit: { ...unit, limits: { memoryBytes: undefined, cpus: undefined } },
    index: 1,
  });
  await expect(start).rejects.toMatchObject({
    code: 'MSA_SERVICE_UNRUNNABLE',
    message: expect.stringMatching(/^missing-1 cannot be started: .*"\.\/no-such-program"/),
    hint: expect.stringContaining('command in msa.yaml'),
  });
  expect((await system.engine.observe()).instances.map(({ id }) => id)).toEqual(['app-1']);
  await system.perform({ kind: 'close', data: true });
  expect(await leftBehind(system.place.workspace, system.place.root)).toEqual([]);
});
