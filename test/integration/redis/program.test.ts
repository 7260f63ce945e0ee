import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { programs } from '../../support/built-programs.ts';
import { connectRaw } from './support/raw-client.ts';
import { startProgram } from './support/start-program.ts';

test('the program says on descriptor 3 where it listens, and nothing on stdout', async () => {
  await using server = await startProgram();
  let printed = '';
  server.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await using client = await connectRaw(server.port);
  expect(await client.send([['PING']])).toEqual([{ mark: '+', text: 'PONG', items: undefined }]);
  expect(client.socket.remoteAddress).toBe('127.0.0.1');
  expect(printed).toBe('');
});

test('SIGTERM ends it cleanly, whatever its clients do', async () => {
  await using server = await startProgram();
  await using idle = await connectRaw(server.port);
  await using waiting = await connectRaw(server.port);
  waiting.write('BLPOP nothing 0\r\n');
  await idle.send([['SET', 'a', '1', 'EX', '1000']]);
  server.child.kill('SIGTERM');
  expect(await once(server.child, 'exit')).toEqual([0, null]);
});

test('without descriptor 3 it says it on stdout', async () => {
  const child = start({ PORT: '0' });
  expect(JSON.parse(await firstOutput(child.stdout))).toEqual({ listening: { port: expect.any(Number) as number } });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a port that is taken, and one that is none, end it with a reason', async () => {
  await using server = await startProgram();
  expect(await failure({ PORT: String(server.port) })).toContain('EADDRINUSE');
  expect(await failure({ PORT: '65536' })).toBe('embedded Redis: PORT must be a port number, not "65536".\n');
});

function start(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [programs.fileOf('redis')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function failure(env: Readonly<Record<string, string>>): Promise<string> {
  const child = start(env);
  const [text, [code]] = await Promise.all([firstOutput(child.stderr), once(child, 'exit')]);
  expect(code).toBe(1);
  return text;
}

async function firstOutput(stream: Readable | null): Promise<string> {
  if (stream === null) throw new Error('the stream is not piped');
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString();
}
