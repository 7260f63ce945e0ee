import { spawn, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

import type { CommandCall, CommandEnd, CommandRunner } from '../ports/command-runner.ts';

/** How long a program may take to end when it is asked to. */
const graceMs = 10_000;
/** How long its output is awaited after its end, where something that it has left behind holds it open. */
const drainMs = 500;
const maxLine = 64 * 1024;

/** Runs a program in its own process group, so that all of it can be ended. */
export const runCommand: CommandRunner = async (call) => {
  const [program = '', ...argv] = call.words;
  if (call.signal.aborted) return { kind: 'stopped' };
  const child = spawn(program, argv, {
    cwd: call.directory,
    env: { ...call.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = endOf(child);
  const written = Promise.all([
    followLines(child.stdout, (line) => call.onLine(line, 'stdout')),
    followLines(child.stderr, (line) => call.onLine(line, 'stderr')),
  ]);
  using watch = watchEnd(child, call);
  const end = await ended;
  await Promise.race([written, delay(drainMs)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return watch.reason() ?? end;
};

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', reason: error.message }));
    child.once('exit', (code, signal) => {
      resolve(code === null ? { kind: 'killed', by: signal ?? 'a signal' } : { kind: 'exited', code });
    });
  });
}

/** Ends the process group when time is up or the call is stopped: asks first, then kills. */
function watchEnd(
  child: ChildProcess,
  { signal, timeoutMs, endsWhole = false }: CommandCall,
): Disposable & { readonly reason: () => CommandEnd | undefined } {
  let reason: CommandEnd | undefined;
  let force: NodeJS.Timeout | undefined;
  const end = (kind: 'timed-out' | 'stopped'): void => {
    if (reason !== undefined) return;
    reason = { kind };
    kill(child, 'SIGTERM');
    force = setTimeout(() => kill(child, 'SIGKILL'), graceMs);
  };
  const stop = (): void => end('stopped');
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end('timed-out'), timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  // A second Ctrl-C ends this process without waiting for anybody.
  const leave = (): void => kill(child, 'SIGKILL');
  process.once('exit', leave);
  return {
    reason: () => reason,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      clearTimeout(force);
      signal.removeEventListener('abort', stop);
      process.off('exit', leave);
      // What it started and did not wait for must not outlive a call that was broken off.
      if (endsWhole || reason !== undefined) kill(child, 'SIGKILL');
    },
  };
}

function kill({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is nobody left in the group.
  }
}

async function followLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (bytes: Buffer) => {
    const lines = `${rest}${decoder.write(bytes)}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length < maxLine) return;
    onLine(rest);
    rest = '';
  });
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
  rest += decoder.end();
  if (rest !== '') onLine(rest);
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
