import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';

import { expect, test } from 'vitest';

import { Log } from '../../../../src/gateway/observe/log.ts';
import { createScript } from '../../../../src/gateway/redis/create-script.ts';
import { RedisStore } from '../../../../src/gateway/redis/redis-store.ts';
import { freePort } from '../../../support/free-port.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { startProgram } from '../../redis/support/start-program.ts';

function openStore(url: string, needed = true) {
  let text = '';
  const store = new RedisStore({ url, log: new Log('info', (lines) => (text += lines)), random: () => 0 });
  store.setNeeded(needed);
  return { store, log: () => text, [Symbol.dispose]: () => store.close() };
}

function until(store: RedisStore, answers: boolean): Promise<void> {
  return waitUntil(`redis ${answers ? 'answers' : 'is gone'}`, () => Promise.resolve(store.answers === answers));
}

test('nothing is connected to before something needs it, nor after', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  using opened = openStore(`redis://127.0.0.1:${port}`, false);
  expect(await opened.store.send(['GET', 'a'])).toBe(undefined);
  expect(connections).toBe(0);
  opened.store.setNeeded(true);
  const [socket] = (await once(server, 'connection')) as [Socket];
  opened.store.setNeeded(false);
  await once(socket, 'close');
  expect(connections).toBe(1);
  server.close();
});

test('it gives bytes, numbers and lists as Redis has them', async () => {
  await using redis = await startProgram();
  using opened = openStore(`redis://127.0.0.1:${redis.port}`);
  const { store } = opened;
  await until(store, true);
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  expect(await store.send(['SET', 'a', bytes])).toBe('OK');
  expect(await store.send(['GET', 'a'])).toEqual(bytes);
  expect(await store.send(['GET', 'b'])).toBe(null);
  expect(await store.send(['INCR', 'n'])).toBe(1);
  expect(await store.send(['MGET', 'a', 'b'])).toEqual([bytes, null]);
});

test('an error of Redis is no answer, and is told once', async () => {
  await using redis = await startProgram();
  using opened = openStore(`redis://127.0.0.1:${redis.port}`);
  const { store } = opened;
  await until(store, true);
  await store.send(['SET', 'a', 'text']);
  expect(await store.send(['INCR', 'a'])).toBe(undefined);
  expect(await store.send(['INCR', 'a'])).toBe(undefined);
  expect(store.answers).toBe(true);
  expect(store.outcomes.failed).toBe(2);
  expect(opened.log().match(/redis refuses/g)).toHaveLength(1);
});

test('commands to a Redis that was killed end at once without an answer, and it is found again when it is back', async () => {
  const port = await freePort();
  const first = await startProgram(port);
  using opened = openStore(`redis://127.0.0.1:${port}`);
  const { store } = opened;
  await until(store, true);
  const asked = Array.from({ length: 100 }, () => store.send(['PING']));
  first.child.kill('SIGKILL');
  await Promise.all(asked);
  await until(store, false);
  const refused = store.outcomes.refused;
  expect(await store.send(['PING'])).toBe(undefined);
  expect(store.outcomes.refused).toBe(refused + 1);
  await using _back = await startProgram(port);
  await until(store, true);
  expect(await store.send(['PING'])).toBe('PONG');
  const said = opened.log().match(/redis (?:answers|gone)/g);
  expect(said).toEqual(['redis answers', 'redis gone', 'redis answers']);
});

test('a Redis that stands still keeps nobody waiting, and its late answers bring it back', async () => {
  await using redis = await startProgram();
  using opened = openStore(`redis://127.0.0.1:${redis.port}`);
  const { store } = opened;
  await until(store, true);
  redis.child.kill('SIGSTOP');
  expect(await Promise.all([store.send(['PING']), store.send(['PING'])])).toEqual([undefined, undefined]);
  expect(store.outcomes.late).toBe(2);
  expect(store.answers).toBe(false);
  redis.child.kill('SIGCONT');
  await until(store, true);
  expect(await store.send(['PING'])).toBe('PONG');
});

test('what speaks no Redis is never taken for one', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  using opened = openStore(`redis://127.0.0.1:${port}`);
  await waitUntil('it is told', () => Promise.resolve(opened.log().includes('redis gone')));
  expect(opened.store.answers).toBe(false);
  server.close();
});

test('a password that Redis does not take is a reason, and stays secret', async () => {
  await using redis = await startProgram();
  using opened = openStore(`redis://:open-sesame@127.0.0.1:${redis.port}`);
  await waitUntil('it is told', () => Promise.resolve(opened.log().includes('redis gone')));
  expect(opened.log()).toContain('AUTH');
  expect(opened.log()).not.toContain('sesame');
});

test('a script is sent whole once, and by its name from then on', async () => {
  await using redis = await startProgram();
  using opened = openStore(`redis://127.0.0.1:${redis.port}`);
  const { store } = opened;
  await until(store, true);
  // Loading Lua may take longer than anybody waits.
  await waitUntil('scripts run', async () => (await store.run(createScript('return 1'), [], [])) === 1);
  const script = createScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  expect(await store.run(script, ['n'], ['2'])).toBe(2);
  expect(await store.run(script, ['n'], ['2'])).toBe(4);
  await store.send(['SCRIPT', 'FLUSH']);
  expect(await store.run(script, ['n'], ['2'])).toBe(6);
});
