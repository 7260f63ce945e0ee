import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { get } from '../../scripts/hypermedia-client.js';
import { freePort } from './free-port.ts';
import { Hopeless, waitUntil } from './wait-until.ts';

export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  /** Ends it by SIGKILL, as a crash would. */
  readonly kill: () => void;
  /** Sends SIGTERM and gives the exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Starts a built service the way a person would, `npm start` without npm in between, and waits until it is ready. */
export async function startService(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  fixedPort?: number,
): Promise<ServiceProcess> {
  const port = fixedPort ?? (await freePort());
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(`${folder} is ready`, async () => {
    if (child.exitCode !== null) throw new Hopeless(`${folder} ended with ${child.exitCode}: ${output}`);
    return (await get(`${url}/health/ready`)).status === 200;
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill('SIGTERM');
    await ended(child);
    return child.exitCode;
  };
  return { url, kill: () => child.kill('SIGKILL'), stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

async function ended(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await once(child, 'exit');
  clearTimeout(timer);
}
