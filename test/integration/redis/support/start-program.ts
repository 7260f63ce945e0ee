import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { build } from 'esbuild';

import { bundleOptions } from '../../../../scripts/bundle-options.js';
import { tempDir } from '../../../support/temp-dir.ts';
import { connectRaw } from './raw-client.ts';

export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  /** The memory of the process in bytes. */
  readonly memory: () => Promise<number>;
}

/** The server as it is shipped: one file. */
export async function buildProgram(): Promise<{ readonly file: string } & AsyncDisposable> {
  const dir = await tempDir();
  const file = join(dir.path, 'redis.mjs');
  const entry = join(import.meta.dirname, '../../../../src/redis/main.ts');
  await build({
    ...bundleOptions,
    entryPoints: [entry],
    outfile: file,
  });
  return { file, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** Starts the server, on a free port if none is given; its control channel says which. */
export async function startProgram(file: string, port = 0): Promise<Program> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const [chunk] = (await once(child.stdio[3] as Readable, 'data')) as [Buffer];
  const { listening } = JSON.parse(chunk.toString()) as { listening: { port: number } };
  return {
    child,
    port: listening.port,
    memory: () => readMemory(listening.port),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function readMemory(port: number): Promise<number> {
  await using client = await connectRaw(port);
  const [info] = await client.send([['INFO', 'memory']]);
  return Number(/used_memory_rss:(\d+)/.exec(info?.text ?? '')?.[1]);
}
