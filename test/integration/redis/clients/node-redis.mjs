// @ts-nocheck: its packages are installed where the test runs it, not here.
// Run by clients.test.ts: fails by an assertion, or prints "done".
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { WatchError, createClient } from '@redis/client';

const port = Number(process.argv[2]);
const RESP = Number(process.argv[3]) === 3 ? 3 : 2;

async function connect() {
  const client = createClient({ RESP, socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const client = await connect();
const other = await connect();

assert.equal(await client.set('a', 'ä€', { expiration: { type: 'EX', value: 100 } }), 'OK');
assert.equal(await client.get('a'), 'ä€');
await client.hSet('h', { f: '1', g: '2' });
assert.deepEqual({ ...(await client.hGetAll('h')) }, { f: '1', g: '2' });
await client.zAdd('z', [
  { score: 1.5, value: 'a' },
  { score: 2, value: 'b' },
]);
assert.deepEqual(
  (await client.zRangeWithScores('z', 0, -1)).map((entry) => ({ ...entry })),
  [
    { value: 'a', score: 1.5 },
    { value: 'b', score: 2 },
  ],
);
await client.sAdd('s', ['x', 'y']);
assert.deepEqual(new Set(await client.sMembers('s')), new Set(['x', 'y']));

const counts = await Promise.all(Array.from({ length: 1000 }, () => client.incr('n')));
assert.equal(counts.at(-1), 1000);

assert.deepEqual(await client.multi().set('m', '1').incr('m').exec(), ['OK', 2]);
await client.watch('m');
await other.set('m', '9');
await assert.rejects(client.multi().incr('m').exec(), WatchError);

const subscriber = await connect();
const messages = [];
await subscriber.subscribe('news', (message, channel) => messages.push([channel, message]));
await subscriber.pSubscribe('n*', (message, channel) => messages.push(['n*', channel, message]));
assert.equal(await client.publish('news', 'hello'), 2);
while (messages.length < 2) await delay(5);
assert.deepEqual(messages, [
  ['news', 'hello'],
  ['n*', 'news', 'hello'],
]);

const keys = [];
for await (const found of client.scanIterator({ COUNT: 2 })) keys.push(...found);
assert.deepEqual(new Set(keys), new Set(['a', 'h', 'm', 'n', 's', 'z']));

const popped = other.blPop('list', 5);
await delay(20);
await client.rPush('list', 'x');
assert.deepEqual({ ...(await popped) }, { key: 'list', element: 'x' });

// events.once would take the error of the lost connection for its own.
const back = new Promise((resolve) => client.once('ready', resolve));
await client.set('please-restart', '1');
await back;
assert.equal(await client.set('after', '1'), 'OK');
messages.length = 0;
while ((await client.publish('news', 'again')) < 2) await delay(20);
while (messages.length < 2) await delay(5);

for (const each of [client, other, subscriber]) each.destroy();
process.stdout.write('done\n');
