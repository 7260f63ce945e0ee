import { connect } from 'node:net';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { programs } from '../../../support/built-programs.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { locate, platformUnit, testSystem, type TestSystem } from './support/system.ts';

/** Starts the store and waits until it answers at its URL. */
async function startRedis(system: TestSystem): Promise<string> {
  const { redisUrl } = await locate(system.engine);
  await system.perform({ kind: 'open' });
  await system.perform({ kind: 'start', unit: platformUnit('redis'), index: 1 });
  await waitUntil('it answers', async () => (await ping(Number(new URL(redisUrl).port))) === '+PONG\r\n');
  return redisUrl;
}

async function ping(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    socket.write('PING\r\n');
    const [reply]: Buffer[] = await once(socket, 'data');
    return String(reply);
  } finally {
    socket.destroy();
  }
}

test('without a server in the path the embedded one serves, and says what it is', async () => {
  await using bin = await tempDir();
  await symlink(process.execPath, join(bin.path, 'node'));
  await using system = await testSystem({ programs: programs.path, env: { PATH: bin.path } });
  await startRedis(system);
  expect(system.lines).toEqual([expect.stringContaining('an embedded Redis runs')]);
  expect(existsSync(system.path('.msa', 'run', 'data'))).toBe(false);
});

test.each(['redis-server', 'valkey-server'])(
  '%s in the path is preferred, and keeps its data below the workspace',
  async (name) => {
    await using bin = await tempDir();
    // Stands in for the real one: notes how it was called, and answers.
    const server = `#!${process.execPath}
    const fs = require('node:fs');
    fs.writeFileSync('called', JSON.stringify(process.argv.slice(2)));
    const port = process.argv[process.argv.indexOf('--port') + 1];
    require('node:net').createServer((socket) => socket.on('data', () => socket.write('+PONG\\r\\n'))).listen(port, '127.0.0.1');
  `;
    await writeFile(join(bin.path, name), server);
    await chmod(join(bin.path, name), 0o755);
    await using system = await testSystem({ programs: programs.path, env: { PATH: bin.path } });
    const url = await startRedis(system);
    const data = system.path('.msa', 'run', 'data', 'redis');
    const args: string[] = JSON.parse(await readFile(join(data, 'called'), 'utf8'));
    expect(args.join(' ')).toBe(
      `--port ${new URL(url).port} --bind 127.0.0.1 --dir ${data} --save 60 1 --daemonize no`,
    );
    expect(system.lines).toEqual([]);
    await system.perform({ kind: 'close', data: false });
    expect(existsSync(data)).toBe(true);
    await system.perform({ kind: 'close', data: true });
    expect(existsSync(data)).toBe(false);
  },
);
