import { expect, test } from 'vitest';

import type { Clock } from '../../../src/redis/clock.ts';
import { createRedisServer } from '../../../src/redis/create-redis-server.ts';
import { connectRaw } from './support/raw-client.ts';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A clock that goes when it is told to. */
function createTestClock(): Clock & { readonly advance: (byMs: number) => void } {
  let nowMs = 1_000_000;
  const timers = new Set<Timer>();
  const periodic = new Set<() => void>();
  return {
    now: () => nowMs,
    after: (delayMs, call) => {
      const timer = { atMs: nowMs + delayMs, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    every: (_periodMs, call) => {
      periodic.add(call);
      return () => periodic.delete(call);
    },
    advance: (byMs) => {
      nowMs += byMs;
      for (const timer of timers) {
        if (timer.atMs > nowMs) continue;
        timers.delete(timer);
        timer.call();
      }
      for (const call of periodic) call();
    },
  };
}

async function start() {
  const clock = createTestClock();
  const server = await createRedisServer({ clock }).listen({ host: '127.0.0.1', port: 0 });
  const client = await connectRaw(server.port);
  const send = async (...commands: readonly string[]): Promise<readonly string[]> =>
    (await client.send(commands.map((line) => line.split(' ')))).map(({ mark, text }) => mark + text);
  return { clock, server, client, send };
}

test('a key is there until its time, to the millisecond', async () => {
  const { clock, server, client, send } = await start();
  await using _server = server;
  await using _client = client;
  await send('SET a 1 PX 1000');
  clock.advance(999);
  expect(await send('GET a', 'PTTL a')).toEqual(['$1', ':1']);
  clock.advance(1);
  expect(await send('GET a', 'TTL a', 'EXISTS a')).toEqual(['$-1', ':-2', ':0']);
});

test('keys nobody asks for are removed as well', async () => {
  const { clock, server, client, send } = await start();
  await using _server = server;
  await using _client = client;
  await send(...Array.from({ length: 5000 }, (_, index) => `SET k${index} v PX ${index < 4000 ? 10 : 100_000}`));
  clock.advance(20);
  for (let round = 0; round < 10; round++) clock.advance(0);
  expect(await send('DBSIZE')).toEqual([':1000']);
});

test('a watched key that expires is a conflict; one that had expired before is none', async () => {
  const { clock, server, client, send } = await start();
  await using _server = server;
  await using _client = client;
  await send('SET a 1 PX 10', 'WATCH a');
  clock.advance(20);
  expect(await send('MULTI', 'PING', 'EXEC')).toEqual(['+OK', '+QUEUED', '*-1']);
  await send('SET a 1 PX 10');
  clock.advance(20);
  expect(await send('WATCH a', 'MULTI', 'PING', 'EXEC')).toEqual(['+OK', '+OK', '+QUEUED', '*']);
});

test('a blocked client is served first come first served, or when its time is over', async () => {
  const { clock, server, client, send } = await start();
  await using _server = server;
  await using _client = client;
  await using first = await connectRaw(server.port);
  await using second = await connectRaw(server.port);
  first.write('BLPOP list 1\r\n');
  await waitForBlocked(1);
  second.write('BLMOVE list other LEFT RIGHT 1\r\nPING\r\n');
  await waitForBlocked(2);
  await send('MULTI', 'RPUSH list a', 'LPUSH list b', 'EXEC');
  expect((await first.receive(1))[0]?.items?.map(({ text }) => text)).toEqual(['list', 'b']);
  expect((await second.receive(2)).map(({ text }) => text)).toEqual(['a', 'PONG']);
  first.write('BZPOPMIN zset 2\r\n');
  await waitForBlocked(1);
  clock.advance(1999);
  await waitForBlocked(1);
  clock.advance(1);
  expect(await first.receive(1)).toMatchObject([{ mark: '*', text: '-1' }]);

  async function waitForBlocked(count: number): Promise<void> {
    await expect
      .poll(async () => (await client.send([['INFO', 'clients']]))[0]?.text)
      .toContain(`blocked_clients:${count}`);
  }
});

test('one value for many who wait wakes one of them', async () => {
  const { server, client, send } = await start();
  await using _server = server;
  await using _client = client;
  const waiting = await Promise.all(Array.from({ length: 20 }, () => connectRaw(server.port)));
  for (const each of waiting) each.write('BRPOP list 0\r\n');
  await expect.poll(async () => (await client.send([['INFO', 'clients']]))[0]?.text).toContain('blocked_clients:20');
  await send('RPUSH list a');
  await expect.poll(async () => (await client.send([['INFO', 'clients']]))[0]?.text).toContain('blocked_clients:19');
  for (const each of waiting) await each[Symbol.asyncDispose]();
  await expect.poll(async () => (await client.send([['INFO', 'clients']]))[0]?.text).toContain('blocked_clients:0');
});
