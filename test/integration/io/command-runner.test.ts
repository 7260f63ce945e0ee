import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { hasProcess } from '../../support/has-process.ts';
import { runCommand } from '../../../src/io/command-runner.ts';
import type { CommandCall, CommandEnd } from '../../../src/ports/command-runner.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';

interface Ran {
  readonly end: CommandEnd;
  readonly lines: readonly string[];
}

async function run(words: readonly string[], more: Partial<CommandCall> = {}): Promise<Ran> {
  const lines: string[] = [];
  const end = await runCommand({
    words,
    directory: '/tmp',
    env: { PATH: env['PATH'] },
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
    ...more,
  });
  return { end, lines };
}

const sh = (script: string, more?: Partial<CommandCall>): Promise<Ran> => run(['sh', '-c', script], more);

describe('a command', () => {
  test('gives its lines and its exit code', async () => {
    const { end, lines } = await sh('printf "one\\r\\ntwo\\n"; echo oops >&2; printf ü; exit 7');
    expect(end).toEqual({ kind: 'exited', code: 7 });
    expect(lines.toSorted()).toEqual(['stderr oops', 'stdout one', 'stdout two', 'stdout ü']);
  });

  test('sees no shell, no input, and the environment that it is given alone', async () => {
    const { lines } = await run(['sh', '-c', 'cat; echo "$0"; env', '$(touch x); "'], {
      env: { PATH: env['PATH'], ONLY: '1' },
    });
    expect(lines).toContain('stdout $(touch x); "');
    expect(lines.filter((line) => !/PWD|SHLVL|_=|PATH/.test(line)).slice(1)).toEqual(['stdout ONLY=1']);
  });

  test('that does not exist is told', async () => {
    const { end } = await run(['./nothing-of-that-name']);
    expect(end).toEqual({ kind: 'not-started', reason: expect.stringContaining('ENOENT') });
  });

  test('that is killed by somebody else is told', async () => {
    expect((await sh('kill -9 $$')).end).toEqual({ kind: 'killed', by: 'SIGKILL' });
  });

  test('that takes too long is ended with everything it started', async () => {
    await using dir = await tempDir();
    const { end } = await sh('sleep 300 & echo $! > pid; wait', { directory: dir.path, timeoutMs: 500 });
    expect(end).toEqual({ kind: 'timed-out' });
    const pid = Number(await readFile(join(dir.path, 'pid'), 'utf8'));
    await waitUntil('the end of what it started', async () => !hasProcess(pid));
  });

  test('is stopped by the signal, and may clean up before', async () => {
    const stopper = new AbortController();
    const heard: string[] = [];
    const { end } = await sh('trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done', {
      signal: stopper.signal,
      onLine: (line, stream) => {
        // The shell itself says on stderr that its `sleep` was ended too.
        if (stream === 'stdout') heard.push(line);
        if (line === 'ready') stopper.abort();
      },
    });
    expect({ end, heard }).toEqual({ end: { kind: 'stopped' }, heard: ['ready', 'bye'] });
  });

  test('that leaves something behind which holds its output does not keep us waiting', async () => {
    const { end, lines } = await sh('sleep 20 & echo done');
    expect({ end, lines }).toEqual({ end: { kind: 'exited', code: 0 }, lines: ['stdout done'] });
  });

  test('that writes a line without end is shown in pieces', async () => {
    const { lines } = await sh('head -c 200000 /dev/zero | tr "\\0" a');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map((line) => line.slice('stdout '.length)).join('').length).toBe(200_000);
  });
});
