import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, describe } from 'vitest';

import { docker, hasDocker, startContainer, type Container } from '../support/docker.ts';
import { removeInstalled, testRestTemplate, testSharedStore } from '../support/rest-template.ts';
import { waitUntil } from '../support/wait-until.ts';

afterAll(removeInstalled);

describe.skipIf(!hasDocker)('on a real Redis', () => {
  let redis: Container;
  let address: string;

  beforeAll(async () => {
    redis = await startContainer('redis:8', ['--publish', '127.0.0.1::6379']);
    address = await redis.address(6379);
    await waitUntil('Redis answers', async () => (await docker('exec', redis.id, 'redis-cli', 'ping')) === 'PONG');
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  testRestTemplate({
    store: 'redis',
    env: () => ({ REDIS_URL: `redis://${address}` }),
    container: () => ({ options: ['--link', `${redis.id}:redis`, '--env', 'REDIS_URL=redis://redis:6379'] }),
  });
});

describe('on the embedded Redis, as it is shipped', () => {
  let redis: ChildProcess;
  let url = '';

  beforeAll(async () => {
    const program = join(import.meta.dirname, '../../dist/programs/redis.js');
    redis = spawn(process.execPath, [program], { env: { PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
    if (redis.stdout === null) throw new Error('it has no output');
    for await (const line of createInterface(redis.stdout)) {
      const { listening }: { listening: { port: number } } = JSON.parse(line);
      url = `redis://127.0.0.1:${listening.port}`;
      return;
    }
    throw new Error('it ended before it listened');
  });
  afterAll(async () => {
    redis.kill('SIGTERM');
    if (redis.exitCode === null) await once(redis, 'exit');
  });

  testSharedStore({ store: 'redis', env: () => ({ REDIS_URL: url }) });
});
