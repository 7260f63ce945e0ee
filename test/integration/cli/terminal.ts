import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');
export const bin = join(root, 'bin/msa.js');

/** Waits for a text on the terminal, then types, and sends a signal if there is one. */
export interface Step {
  readonly expect: string;
  readonly send: string;
  readonly signal?: NodeJS.Signals;
}

interface Call {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Whether the terminal is closed after the last step, as when its window is. */
  readonly hangUp?: boolean;
}

/** Runs a program on a real pseudo-terminal and returns all it showed there. */
export function driveTerminal({ argv, cwd, env = {}, steps, hangUp = false }: Call): {
  readonly shown: string;
  /** Of one that a signal ended, the signal with a minus before it. */
  readonly exitCode: number;
} {
  const { stdout, stderr, status } = spawnSync('python3', [join(import.meta.dirname, 'drive-terminal.py')], {
    input: JSON.stringify({ argv, cwd, env: { TERM: 'xterm', CI: '', ...env }, steps, hangUp }),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const result: { shown: string; exitCode: number } = JSON.parse(stdout);
  return result;
}

/** Runs the real program without a terminal. */
export function spawnMsa(
  argv: readonly string[],
  { cwd = root, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
  return { exitCode: status, stdout, stderr };
}
