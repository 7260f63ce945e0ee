import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { environment } from './support.ts';

function start(env: Record<string, string>) {
  const cwd = new URL('..', import.meta.url);
  const path = process.env['PATH'] ?? '';
  return spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd,
    env: { PATH: path, ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function addressOf({ stdout }: ReturnType<typeof start>): Promise<string> {
  let seen = '';
  for await (const chunk of stdout) {
    seen += String(chunk);
    const address = /listening on (http:[^"]+)"/.exec(seen)?.[1];
    if (address !== undefined) return address;
  }
  return assert.fail(`it never listened: ${seen}`);
}

test('the process listens, whatever its store does, and ends in order when told to', async () => {
  const child = start({ PORT: '0' });
  const address = await addressOf(child);
  const [reply] = await once(get(`${address}/health/live`), 'response');
  assert.equal(reply.statusCode, 200);
  reply.resume();
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a taken port is told in one line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const child = start({ PORT: String(port) });
  const [[code], message] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  other.close();
  assert.deepEqual([code, message.split('\n').length], [1, 2], message);
  assert.match(message, new RegExp(`Port ${port} is taken`));
});
