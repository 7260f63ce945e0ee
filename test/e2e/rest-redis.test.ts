import { afterAll, beforeAll, describe } from 'vitest';

import { docker, hasDocker, startContainer, type Container } from '../support/docker.ts';
import { removeInstalled, testRestTemplate } from '../support/rest-template.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.skipIf(!hasDocker)('on a real Redis', () => {
  let redis: Container;
  let address: string;

  beforeAll(async () => {
    redis = await startContainer('redis:8', ['--publish', '127.0.0.1::6379']);
    address = await redis.address(6379);
    await waitUntil('Redis answers', async () => (await docker('exec', redis.id, 'redis-cli', 'ping')) === 'PONG');
  });
  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
    await removeInstalled();
  });

  testRestTemplate({
    store: 'redis',
    env: () => ({ REDIS_URL: `redis://${address}` }),
    container: () => ({ options: ['--link', `${redis.id}:redis`, '--env', 'REDIS_URL=redis://redis:6379'] }),
  });
});
