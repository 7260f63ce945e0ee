import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

import { programs } from '../../../support/built-programs.ts';
import { connectRaw } from './raw-client.ts';

export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  /** The memory of the process in bytes. */
  readonly memory: () => Promise<number>;
}

/** Starts the server as it is shipped, on a free port if none is given; its control channel says which. */
export async function startProgram(port = 0): Promise<Program> {
  const child = spawn(process.execPath, [programs.fileOf('redis')], {
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
