import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { programs } from '../../support/built-programs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { recordOf, startService } from './support/fake-service.ts';
import { spawnRegistry, startProgram } from './support/program.ts';
import { put, send, startRegistry, systemOf, token, untilInstance } from './support/registry.ts';
import { watch } from './support/watch.ts';

test('it says on descriptor 3 where it listens, serves on loopback, and logs JSON lines to stdout', async () => {
  await using registry = await startProgram(programs.fileOf('registry'));
  expect((await send(`${registry.url}/health/ready`, 'GET')).text).toBe('ok\n');
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', { port: 1 })] });
  await waitUntil('the log says it', async () => registry.printed().includes('\n'));
  expect(
    registry
      .printed()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    expect.objectContaining({ time: expect.any(String) as string, level: 'info', msg: 'orders-1 is starting' }),
  ]);
});

test('without descriptor 3 it says it on stdout', async () => {
  const child = spawnRegistry(programs.fileOf('registry'), {}, 'ignore');
  expect(JSON.parse(await firstOutput(child.stdout))).toEqual({ listening: { port: expect.any(Number) as number } });
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('SIGTERM ends the streams and the probes, and then it cleanly', async () => {
  await using service = await startService();
  await using registry = await startProgram(programs.fileOf('registry'), {
    SYSTEM: JSON.stringify(systemOf(['orders'])),
  });
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await using stream = await watch(registry);
  service.answer = () => undefined;
  registry.child.kill('SIGTERM');
  expect(await once(registry.child, 'exit')).toEqual([0, null]);
  await waitUntil('the stream has ended', async () => stream.hasEnded);
});

test('what it was told survives its crash', async () => {
  await using dir = await tempDir();
  await using service = await startService();
  const env = { STATE_FILE: join(dir.path, 'state.json') };
  await using first = await startProgram(programs.fileOf('registry'), env);
  await put(`${first.url}/v1/system`, systemOf(['orders']));
  await put(`${first.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(first, 'orders-1', { status: 'up' });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await using second = await startProgram(programs.fileOf('registry'), env);
  await using stream = await watch(second);
  expect(stream.states[0]).toMatchObject({ system: { name: 'shop' }, instances: [{ id: 'orders-1', status: 'up' }] });
});

test('it goes on when nobody reads its log any more', async () => {
  await using registry = await startProgram(programs.fileOf('registry'));
  registry.child.stdout?.destroy();
  for (const port of [1, 2, 3])
    await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('a-1', { port })] });
  expect((await send(`${registry.url}/health/live`, 'GET')).status).toBe(200);
});

test.each([
  [{ REGISTRY_TOKEN: '' }, 'REGISTRY_TOKEN is missing: writes need it'],
  [{ REGISTRY_TOKEN: 'a b' }, 'REGISTRY_TOKEN must consist of visible ASCII characters'],
  [{ PORT: '65536' }, 'PORT must be a port number, not "65536"'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of debug, info, warn, error, not "loud"'],
  [{ SYSTEM: '{' }, 'SYSTEM is not JSON'],
  [{ SYSTEM: '{"name":1}' }, 'SYSTEM is no system: workspace: Invalid input'],
  [{ DNS_SOURCE: 'orders' }, 'DNS_SOURCE must be like users:3000,orders:3000, not "orders"'],
])('%o ends it with a reason', async (env, reason) => {
  const child = spawnRegistry(programs.fileOf('registry'), env);
  const [text, [code]] = await Promise.all([firstOutput(child.stderr), once(child, 'exit')]);
  expect([code, text]).toEqual([1, expect.stringContaining(`registry: ${reason}`) as string]);
});

test('a port that is taken ends it with a reason', async () => {
  await using other = await startRegistry();
  const child = spawnRegistry(programs.fileOf('registry'), { PORT: String(other.port), REGISTRY_TOKEN: token });
  const [text, [code]] = await Promise.all([firstOutput(child.stderr), once(child, 'exit')]);
  expect([code, text]).toEqual([1, expect.stringContaining('EADDRINUSE') as string]);
});

async function firstOutput(stream: Readable | null): Promise<string> {
  if (stream === null) throw new Error('the stream is not piped');
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString();
}
