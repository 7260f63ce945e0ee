import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface GatewayProgram extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly address: string;
  readonly port: number;
  readonly url: string;
  /** What it has written to stdout. */
  readonly output: () => string;
}

/** Starts it on a free port and waits until it says where it listens. */
export async function startGatewayProgram(
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProgram> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', INSTANCE_ID: 'gateway-1', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const { port } = await reportedPort(child);
  return {
    child,
    address: '127.0.0.1',
    port,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function reportedPort(child: ChildProcess): Promise<{ port: number }> {
  const control = child.stdio[3] as Readable;
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { listening?: { port: number } };
    if (message.listening) return message.listening;
  }
  throw new Error(`the gateway ended with ${child.exitCode} before it listened`);
}
