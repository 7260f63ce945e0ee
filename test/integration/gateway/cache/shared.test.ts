import { request } from 'undici';
import { describe, expect, test, vi } from 'vitest';

import { LevelledStore } from '../../../../src/gateway/cache/levelled-store.ts';
import { Log } from '../../../../src/gateway/observe/log.ts';
import { RedisStore } from '../../../../src/gateway/redis/redis-store.ts';
import type { WatchState } from '../../../../src/protocol/watch.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { connectRaw } from '../../redis/support/raw-client.ts';
import { startProgram } from '../../redis/support/start-program.ts';
import type { Program } from '../../redis/support/start-program.ts';
import { instance, route, startGateway, stateOf } from '../support.ts';
import { ask, Gate, passSeconds, plainPolicy, startService } from './cache-support.ts';
import type { Serve } from './cache-support.ts';

const counting =
  (end: string): Serve =>
  ({ method }, times) =>
    method === 'GET'
      ? { fields: { 'cache-control': 'max-age=60', vary: 'accept' }, body: `answer ${times}${end}` }
      : { status: 204 };

/** Two gateways with one Redis, in front of one service; they answer once they have reached it. */
async function startTwo(redis: Program, serve: Serve = counting('')) {
  const service = await startService(serve);
  const state = stateOf({
    instances: [instance('orders-1', service)],
    routes: [route('/orders', 'orders', { policy: { cache: { ...plainPolicy, maxBytes: 2 * 1024 ** 2 } } })],
  });
  const redisUrl = `redis://127.0.0.1:${redis.port}`;
  const gateways = [await startGateway(state, { redisUrl }), await startGateway(state, { redisUrl })] as const;
  for (const { adminUrl } of gateways) {
    await waitUntil('redis answers', async () => {
      const { body } = await request(`${adminUrl}/metrics`);
      return /^msa_gateway_redis_up 1$/m.test(await body.text());
    });
  }
  // One host, so that it is one answer.
  const from = (index: 0 | 1, method: 'GET' | 'PUT' = 'GET') =>
    ask(`${gateways[index].url}/orders`, { host: 'shop.example' }, method);
  /** Waits until Redis has the first answer; gives the keys. */
  const isShared = async (): Promise<readonly string[]> => {
    await using client = await connectRaw(redis.port);
    let keys: readonly string[] = [];
    await waitUntil('it is in Redis', async () => {
      const [scanned] = await client.send([['KEYS', 'msa:*']]);
      keys = (scanned?.items ?? []).map(({ text }) => text);
      return keys.length === 2;
    });
    return keys;
  };
  const apply = async (change: Partial<WatchState>): Promise<void> => {
    for (const { gateway } of gateways) await gateway.apply({ ...state, ...change });
  };
  const inFlight = async (): Promise<number> => {
    const { body } = await request(`${gateways[0].adminUrl}/status`);
    const { routes } = (await body.json()) as { routes: readonly { inFlight: number }[] };
    return routes[0]?.inFlight ?? 0;
  };
  return {
    from,
    inFlight,
    isShared,
    apply,
    asked: service.asked,
    [Symbol.asyncDispose]: async () => {
      vi.useRealTimers();
      for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

test('what one process puts into Redis is bounded, and the oldest goes', async () => {
  await using redis = await startProgram();
  const url = `redis://127.0.0.1:${redis.port}`;
  const store = new RedisStore({ url, log: new Log('error', () => undefined), random: Math.random });
  store.setNeeded(true);
  await waitUntil('redis answers', async () => store.answers);
  const kept = new LevelledStore<Buffer>(
    {
      letter: 'a',
      encode: (value) => value,
      decode: (bytes) => bytes,
      sizeOf: ({ length }) => length,
      localBytes: 1000,
      sharedBytes: 25_000,
    },
    store,
  );
  kept.setPlace({ workspace: 'shop-abc123', keptSince: '' });
  for (let index = 0; index < 100; index += 1) {
    const value = Buffer.alloc(4000, index);
    if (index % 2 === 0) kept.keep(String(index), value, 60_000);
    else await kept.keepFirst(String(index), value, 60_000);
  }
  await using client = await connectRaw(redis.port);
  await waitUntil('the oldest are gone', async () => {
    const [scanned] = await client.send([['KEYS', 'msa:*']]);
    return scanned?.items?.length === 5;
  });
  expect(await kept.find('99')).toEqual(Buffer.alloc(4000, 99));
  expect(await kept.find('1')).toBeUndefined();
  store.close();
});

describe('two gateways with one Redis', () => {
  test('give each other’s answers', async () => {
    await using redis = await startProgram();
    await using two = await startTwo(redis);
    await two.from(0);
    await two.isShared();
    const other = await two.from(1);
    expect(other).toMatchObject({ text: 'answer 1', cache: expect.stringContaining('hit') });
    expect(two.asked).toHaveLength(1);
  });

  test('learn of each other’s changes within a second', async () => {
    await using redis = await startProgram();
    await using two = await startTwo(redis);
    await two.from(0);
    await two.isShared();
    await two.from(1);
    const before = two.asked.length;
    await two.from(0, 'PUT');
    expect(await two.from(0)).toMatchObject({ text: `answer ${before + 2}` });
    await waitUntil('the other has the new one', async () => (await two.from(1)).text === `answer ${before + 2}`);
  });

  test('ask once for what many want at once', async () => {
    await using redis = await startProgram();
    const gate = new Gate();
    await using two = await startTwo(redis, async (asked, times) => {
      await gate.opened;
      return counting('')(asked, times);
    });
    const asking = Array.from({ length: 10 }, () => two.from(0));
    await waitUntil('all of them wait', async () => (await two.inFlight()) === 10);
    gate.open();
    for (const { text } of await Promise.all(asking)) expect(text).toBe('answer 1');
    expect(two.asked).toHaveLength(1);
  });

  test('take what cannot be read for nothing', async () => {
    await using redis = await startProgram();
    await using two = await startTwo(redis);
    await two.from(0);
    const keys = await two.isShared();
    await using client = await connectRaw(redis.port);
    for (const key of keys) {
      expect(key).toMatch(/^msa:shop-abc123:cache:[ar]:[\w-]{43}$/);
      await client.send([['SET', key, 'MSA1 nonsense']]);
    }
    expect(await two.from(1)).toMatchObject({ status: 200, text: 'answer 2' });
    await waitUntil('it is kept again', async () => (await two.from(1)).cache.includes('hit'));
  });

  test('forget everything, in Redis too, when that is asked for', async () => {
    await using redis = await startProgram();
    await using two = await startTwo(redis);
    await two.from(0);
    const before = await two.isShared();
    await two.apply({ keptSince: '2026-01-01T00:00:00.000Z' });
    expect(await two.from(0)).toMatchObject({ text: 'answer 2' });
    expect(await two.from(1)).toMatchObject({ text: expect.not.stringMatching('answer 1') });
    expect((await two.isShared()).filter((key) => before.includes(key))).toEqual([]);
    await two.apply({ keptSince: '2026-01-01T00:00:00.000Z', revision: 1000 });
    expect(await two.from(1)).toMatchObject({ cache: expect.stringContaining('hit') });
  });

  test('keep what is too large for Redis each for itself', async () => {
    await using redis = await startProgram();
    await using two = await startTwo(redis, counting('x'.repeat(1_500_000)));
    await waitUntil('it is kept', async () => (await two.from(0)).cache.includes('hit'));
    passSeconds(2);
    expect((await two.from(0)).cache).toContain('hit');
    expect((await two.from(1)).cache).not.toContain('hit');
  });

  test('go on by themselves when it is gone', async () => {
    const redis = await startProgram();
    await using two = await startTwo(redis);
    await two.from(0);
    await redis[Symbol.asyncDispose]();
    await waitUntil('the first gives its own', async () => (await two.from(0)).text === 'answer 1');
    await two.from(1);
    expect(await two.from(1)).toMatchObject({ status: 200, text: 'answer 2', cache: expect.stringContaining('hit') });
  });
});
