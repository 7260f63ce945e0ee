import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRedisServer, type ListeningRedisServer } from '../../../src/redis/create-redis-server.ts';
import { connectRaw } from './support/raw-client.ts';

let server: ListeningRedisServer;

beforeAll(async () => {
  server = await createRedisServer({ limits: { maxScriptInstructions: 1_000_000 } }).listen({
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(() => server.close());

async function evaluate(...scripts: readonly string[]): Promise<readonly (string | undefined)[]> {
  await using client = await connectRaw(server.port);
  const frames = await client.send(scripts.map((script) => ['EVAL', script, '0']));
  return frames.map(({ text }) => text);
}

describe('scripts that do harm', () => {
  test.each([
    ['without end', 'while true do end'],
    ['without end, which catch what ends them', 'while true do pcall(function() while true do end end) end'],
    ['without end, in a coroutine-free recursion', 'local function f() return f() end return f()'],
  ])('%s are ended, and the server goes on', async (_what, script) => {
    const [error, next] = await evaluate(script, 'return 7');
    expect(error).toContain('script ended after 1000000 instructions');
    expect(next).toBe('7');
  });

  test.each([
    ['recursion without end', 'local function f() return 1 + f() end return f()', 'script ended after'],
    ['a text beyond all measure', "return string.rep('x', 1e10)", 'resulting string too large'],
    ['a table that holds itself', 'local t = {} t[1] = t return t', undefined],
    ['the state of others', '_G.redis = nil', 'readonly table'],
    ['the libraries of others', 'string.rep = nil', 'readonly table'],
    ['the libraries of others, through a text', 'getmetatable("").__index.rep = nil', 'a boolean value'],
    ['the state of others, by hand', 'rawset(_G, "redis", 1)', 'readonly table'],
    ['the lock of it', 'setmetatable(_G, nil)', 'protected metatable'],
    ['the file system', 'return io.open("/etc/passwd")', "nonexistent global variable 'io'"],
    ['the host', 'return js', "nonexistent global variable 'js'"],
    ['other modules', 'return require("fs")', "nonexistent global variable 'require'"],
  ])('%s', async (_what, script, message) => {
    const [error, next] = await evaluate(script, 'return redis.call("ECHO", string.rep("7", 1))');
    if (message !== undefined) expect(error).toContain(message);
    expect(next).toBe('7');
  });
});

test('the first script of a server may come in a transaction', async () => {
  await using fresh = await createRedisServer().listen({ host: '127.0.0.1', port: 0 });
  await using client = await connectRaw(fresh.port);
  const frames = await client.send([['MULTI'], ['EVAL', 'return 5', '0'], ['EXEC']]);
  expect(frames.at(-1)?.items?.map(({ text }) => text)).toEqual(['5']);
});

test('a client that leaves before Lua is there leaves nothing behind', async () => {
  await using fresh = await createRedisServer().listen({ host: '127.0.0.1', port: 0 });
  const gone = await connectRaw(fresh.port);
  gone.write('*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 5\r\n$1\r\n0\r\n');
  await gone[Symbol.asyncDispose]();
  await using client = await connectRaw(fresh.port);
  const [reply] = await client.send([['EVAL', 'return 6', '0']]);
  expect(reply?.text).toBe('6');
});

test('of scripts that only ran the oldest are forgotten, of those that were loaded none', async () => {
  await using client = await connectRaw(server.port);
  const [loaded] = await client.send([['SCRIPT', 'LOAD', 'return "loaded"']]);
  const [first] = await client.send([['EVAL', 'return redis.sha1hex("return 0")', '0']]);
  await client.send(Array.from({ length: 600 }, (_, index) => ['EVAL', `return ${index}`, '0']));
  const [known] = await client.send([['SCRIPT', 'EXISTS', loaded?.text ?? '', first?.text ?? '']]);
  expect(known?.items?.map(({ text }) => text)).toEqual(['1', '0']);
});

test('what one script is given is not there for the next', async () => {
  await using client = await connectRaw(server.port);
  const frames = await client.send([
    ['EVAL', 'return #KEYS + #ARGV', '2', 'a', 'b', 'c'],
    ['EVAL', 'return #KEYS + #ARGV', '0'],
  ]);
  expect(frames.map(({ text }) => text)).toEqual(['3', '0']);
});
