import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRedisServer } from '../../../src/redis/create-redis-server.ts';
import { tempDir } from '../../support/temp-dir.ts';

const run = promisify(execFile);

/** What applications use, as they have it: installed from the registry and run in a process of their own. */
const packages = { ioredis: '5.11.1', '@redis/client': '6.3.1' };

describe('real clients', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => {
    dir = await tempDir();
    await writeFile(
      join(dir.path, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: packages }),
    );
    await cp(join(import.meta.dirname, 'clients'), dir.path, { recursive: true });
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: dir.path });
  }, 120_000);
  afterAll(() => dir[Symbol.asyncDispose]());

  test.each(['ioredis', 'node-redis-2', 'node-redis-3'])(
    '%s connects, pipelines, conflicts, subscribes, waits and comes back',
    async (name) => {
      await using first = await createRedisServer().listen({ host: '127.0.0.1', port: 0 });
      const [script = '', protocol = ''] = name.split(/-(?=\d)/);
      const child = run(process.execPath, [`${script}.mjs`, String(first.port), protocol], { cwd: dir.path });
      await sawRestartRequest(first.port);
      await first.close();
      await using second = await createRedisServer().listen({ host: '127.0.0.1', port: first.port });
      expect((await child).stdout).toBe('done\n');
      expect(second.port).toBe(first.port);
    },
  );
});

/** The script asks for a restart by a key, the only way it has to talk to the one who started it. */
async function sawRestartRequest(port: number): Promise<void> {
  const { connectRaw } = await import('./support/raw-client.ts');
  await using client = await connectRaw(port);
  for (;;) {
    const [reply] = await client.send([['EXISTS', 'please-restart']]);
    if (reply?.text === '1') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
