// @ts-nocheck: its packages are installed where the test runs it, not here.
// Run by clients.test.ts: fails by an assertion, or prints "done".
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { Redis } from 'ioredis';

const port = Number(process.argv[2]);
const client = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null });
client.on('error', () => undefined);
await once(client, 'ready');

assert.equal(await client.set('a', 'ä€', 'EX', 100), 'OK');
assert.equal(await client.get('a'), 'ä€');
assert.deepEqual(await client.getBuffer('a'), Buffer.from('ä€'));
await client.hset('h', { f: '1', g: '2' });
assert.deepEqual(await client.hgetall('h'), { f: '1', g: '2' });
assert.deepEqual(await client.zadd('z', 1, 'a', 2, 'b'), 2);
assert.deepEqual(await client.zrange('z', 0, -1, 'WITHSCORES'), ['a', '1', 'b', '2']);

const pipeline = client.pipeline();
for (let index = 0; index < 1000; index++) pipeline.incr('n');
const results = await pipeline.exec();
assert.deepEqual(results?.at(-1), [null, 1000]);

assert.deepEqual(await client.multi().set('m', '1').incr('m').exec(), [
  [null, 'OK'],
  [null, 2],
]);
const other = new Redis({ port });
await client.watch('m');
await other.set('m', '9');
assert.equal(await client.multi().incr('m').exec(), null);

const subscriber = new Redis({ port });
const messages = [];
subscriber.on('message', (channel, message) => messages.push([channel, message]));
subscriber.on('pmessage', (pattern, channel, message) => messages.push([pattern, channel, message]));
await subscriber.subscribe('news');
await subscriber.psubscribe('n*');
assert.equal(await client.publish('news', 'hello'), 2);
while (messages.length < 2) await delay(5);
assert.deepEqual(messages, [
  ['news', 'hello'],
  ['n*', 'news', 'hello'],
]);

const keys = [];
for await (const found of client.scanStream({ count: 2 })) keys.push(...found);
assert.deepEqual(new Set(keys), new Set(['a', 'h', 'm', 'n', 'z']));

const popped = other.blpop('list', 5);
await delay(20);
await client.rpush('list', 'x');
assert.deepEqual(await popped, ['list', 'x']);

await client.set('please-restart', '1');
await once(client, 'close');
await once(client, 'ready');
assert.equal(await client.set('after', '1'), 'OK');
// The subscriptions come back by themselves.
messages.length = 0;
while ((await client.publish('news', 'again')) < 2) await delay(20);
while (messages.length < 2) await delay(5);

for (const each of [client, other, subscriber]) each.disconnect();
process.stdout.write('done\n');
