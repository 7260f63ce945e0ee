import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRedisServer } from '../../../src/redis/create-redis-server.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { createRandom } from './support/random-commands.ts';
import { connectRaw, encodeRequest } from './support/raw-client.ts';
import { startProgram, type Program } from './support/start-program.ts';

const mebibyte = 1024 * 1024;

describe('clients that do harm', () => {
  let server: Program;
  let before = 0;

  beforeAll(async () => {
    server = await startProgram();
    before = await server.memory();
  });
  afterAll(async () => {
    await expectMemoryWithin(150);
    await server[Symbol.asyncDispose]();
  });

  test.each([
    ['*abc\r\n', 'invalid multibulk length'],
    ['*99999999999\r\n', 'invalid multibulk length'],
    ['*1048577\r\n', 'invalid multibulk length'],
    ['*1\r\n$-5\r\n', 'invalid bulk length'],
    ['*1\r\n$99999999999999999999\r\n', 'invalid bulk length'],
    ['*1\r\n$4294967296\r\n', 'invalid bulk length'],
    ['*1\r\n$abc\r\n', 'invalid bulk length'],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*2\r\n*1\r\n$1\r\na\r\n', "expected '$', got '*'"],
    ['GET "abc\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(70_000), 'too big inline request'],
    [`*${'1'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(70_000)}`, 'too big bulk count string'],
  ])('%j is a protocol error that ends the connection', async (bytes, message) => {
    await using client = await connectRaw(server.port);
    client.write(bytes);
    expect(await client.untilEnd()).toBe(`-ERR Protocol error: ${message}\r\n`);
  });

  test('what comes before a protocol error is still answered', async () => {
    await using client = await connectRaw(server.port);
    client.write('PING\r\n*1\r\n$4\r\nPING\r\n*x\r\nPING\r\n');
    expect(await client.untilEnd()).toBe('+PONG\r\n+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n');
  });

  test('empty and negative arrays mean nothing', async () => {
    await using client = await connectRaw(server.port);
    client.write('*0\r\n*-1\r\n\r\n\r\nPING\r\n');
    expect(await client.receive(1)).toMatchObject([{ mark: '+', text: 'PONG' }]);
  });

  test('announced lengths reserve nothing', async () => {
    const clients = await Promise.all(Array.from({ length: 200 }, () => connectRaw(server.port)));
    for (const client of clients) client.write('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$67108864\r\nabc');
    await expectMemoryWithin(100);
    for (const client of clients) await client[Symbol.asyncDispose]();
  });

  test('a command that comes byte by byte is understood', async () => {
    await using client = await connectRaw(server.port);
    for (const byte of encodeRequest(['SET', 'slow', 'ab\r\nc'])) {
      client.write(byte);
      await sleep(1);
    }
    expect(await client.send([['GET', 'slow']], 2)).toMatchObject([{ text: 'OK' }, { text: 'ab\r\nc' }]);
  });

  test('a long value in small pieces takes time in proportion', async () => {
    await using client = await connectRaw(server.port);
    const value = 'x'.repeat(32 * mebibyte);
    const start = performance.now();
    expect(
      await client.send([
        ['SET', 'long', value],
        ['STRLEN', 'long'],
        ['DEL', 'long'],
      ]),
    ).toMatchObject([{ text: 'OK' }, { text: String(value.length) }, { text: '1' }]);
    // Copying it anew with each of its 500 pieces would take tens of seconds.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('a client that never reads its replies is not read from, and harms nobody', async () => {
    await using client = await connectRaw(server.port);
    await client.send([['SET', 'big', 'x'.repeat(100_000)]]);
    client.socket.pause();
    for (let index = 0; index < 5000; index++) client.write(encodeRequest(['GET', 'big']));
    await expectMemoryWithin(200);
    await expectAlive();
    client.socket.resume();
    // And when it reads after all, nothing is lost.
    expect(await client.receive(5000)).toHaveLength(5000);
  });

  test('a subscriber that never reads is disconnected', async () => {
    await using subscriber = await connectRaw(server.port);
    await subscriber.send([['SUBSCRIBE', 'flood']]);
    subscriber.socket.pause();
    await using publisher = await connectRaw(server.port);
    const message = 'x'.repeat(mebibyte);
    let receivers = '1';
    for (let index = 0; index < 200 && receivers === '1'; index++) {
      const [reply] = await publisher.send([['PUBLISH', 'flood', message]]);
      receivers = reply?.text ?? '';
    }
    expect(receivers).toBe('0');
    await expectMemoryWithin(200);
  });

  test('a reply that no buffer can hold ends the connection before it is made', async () => {
    await using client = await connectRaw(server.port);
    await client.send([['SET', 'big', 'x'.repeat(mebibyte)]]);
    client.socket.pause();
    client.write(encodeRequest(['MGET', ...Array.from({ length: 100_000 }, () => 'big')]));
    await expectAlive();
    client.socket.resume();
    await client.untilEnd();
    await expectAlive();
  });

  test('counts that make replies endless are refused', async () => {
    await using client = await connectRaw(server.port);
    const [, reply] = await client.send([
      ['SADD', 'set', 'a'],
      ['SRANDMEMBER', 'set', '-1000000000'],
    ]);
    expect(reply).toMatchObject({ mark: '-', text: 'ERR value is out of range' });
  });

  test('a pattern made to go astray is matched at once', async () => {
    await using client = await connectRaw(server.port);
    await client.send([['SET', 'a'.repeat(10_000), '1']]);
    const start = performance.now();
    await client.send([['KEYS', `${'a*'.repeat(100)}b`]]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('an endless transaction is cut off', async () => {
    await using limited = await createRedisServer({ limits: { maxRequestBytes: 10_000 } }).listen({
      host: '127.0.0.1',
      port: 0,
    });
    await using client = await connectRaw(limited.port);
    client.write(encodeRequest(['MULTI']) + encodeRequest(['SET', 'a', 'x'.repeat(500)]).repeat(100));
    const text = await client.untilEnd();
    expect(text).toMatch(/^\+OK\r\n(\+QUEUED\r\n)+$/);
    expect(text.split('QUEUED').length).toBeLessThan(30);
  });

  test('bytes at random never bring it down', async () => {
    const random = createRandom(7);
    const pieces = [
      '*',
      '$',
      '3',
      '-1',
      '\r\n',
      '\n',
      'GET',
      'SET a b',
      '"',
      "'",
      '\\x',
      '\0',
      '\xff',
      ' ',
      '*2\r\n$3\r\nGET\r\n',
    ];
    for (let round = 0; round < 200; round++) {
      await using client = await connectRaw(server.port);
      for (let index = 0; index < 40; index++) client.write(pieces[Math.floor(random() * pieces.length)] ?? '');
      await sleep(1);
    }
    await expectAlive();
  });

  test('connections beyond the limit are refused politely, and taken again when there is room', async () => {
    await using limited = await createRedisServer({ limits: { maxClients: 10 } }).listen({
      host: '127.0.0.1',
      port: 0,
    });
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectRaw(limited.port)));
    const refused = await Promise.all(Array.from({ length: 1000 }, () => readAll(limited.port)));
    expect(new Set(refused)).toEqual(new Set(['-ERR max number of clients reached\r\n']));
    for (const client of clients) await client[Symbol.asyncDispose]();
    await expect.poll(() => ping(limited.port)).toBe('+PONG\r\n');
  });

  async function expectAlive(): Promise<void> {
    await using client = await connectRaw(server.port);
    expect(await client.send([['PING']])).toMatchObject([{ text: 'PONG' }]);
  }

  /** Looks at the memory beyond what it had at first, in mebibytes; the garbage collector is given some time. */
  async function expectMemoryWithin(mebibytes: number): Promise<void> {
    await waitUntil(`less than ${mebibytes} MiB more`, async () => {
      const more = ((await server.memory()) - before) / mebibyte;
      if (more < mebibytes) return true;
      throw new Error(`${Math.round(more)} MiB more`);
    });
  }
});

async function readAll(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

async function ping(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.write('PING\r\n');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString();
}
