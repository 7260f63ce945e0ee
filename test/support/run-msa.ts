import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';

import { main } from '../../src/cli/main.ts';
import type { World } from '../../src/cli/world.ts';

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON value it must be; fails the test when it is not. */
  readonly json: () => Record<string, unknown>;
}

export interface RunOptions extends Partial<Omit<World, 'stdout' | 'stderr' | 'cwd'>> {
  /** Which streams are terminals; none when left out. */
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
}

/** Runs msa inside this process, with its own streams and an empty environment: `runMsa(dir, 'new', 'service', 'orders')`. */
export async function runMsa(directory: string, ...argv: readonly string[]): Promise<Run> {
  return runMsaWith({}, directory, ...argv);
}

/** As runMsa, with another environment, terminals, commands or adapters. */
export async function runMsaWith(
  { terminals = [], ...world }: RunOptions,
  directory: string,
  ...argv: readonly string[]
): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): World['stdout'] => ({
    isTTY: terminals.includes(name),
    columns: 80,
    write: (text) => (written[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
  });
  const exitCode = await main(argv, {
    env: {},
    stdin: Object.assign(new PassThrough(), { isTTY: terminals.includes('stdin') }),
    signals: new EventEmitter(),
    ...world,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    cwd: directory,
  });
  return { exitCode, ...written, json: () => parseObject(written.stdout) };
}

function parseObject(text: string): Record<string, unknown> {
  const value: Record<string, unknown> = JSON.parse(text);
  return value;
}
