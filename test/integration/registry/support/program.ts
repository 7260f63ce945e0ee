import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

import { token } from './registry.ts';

export interface RegistryProgram extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  /** All of its stdout so far. */
  readonly printed: () => string;
}

export function spawnRegistry(
  file: string,
  env: Readonly<Record<string, string>>,
  control: 'pipe' | 'ignore' = 'pipe',
) {
  return spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], PORT: '0', REGISTRY_TOKEN: token, ...env },
    stdio: ['ignore', 'pipe', 'pipe', control],
  });
}

/** Starts it on a free port, told by its control channel. */
export async function startProgram(file: string, env: Readonly<Record<string, string>> = {}): Promise<RegistryProgram> {
  const child = spawnRegistry(file, env);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [chunk] = (await once(child.stdio[3] as Readable, 'data')) as [Buffer];
  const { listening } = JSON.parse(chunk.toString()) as { listening: { port: number } };
  return {
    child,
    port: listening.port,
    url: `http://127.0.0.1:${listening.port}`,
    printed: () => printed,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
