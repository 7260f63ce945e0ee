import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { answerWith, recordOf, startService } from './support/fake-service.ts';
import { instancesOf, put, send, startRegistry, systemOf, untilInstance } from './support/registry.ts';
import { watch } from './support/watch.ts';

test('a registry that is started again knows what it was told, and has a new epoch', async () => {
  await using dir = await tempDir();
  await using service = await startService();
  const stateFile = join(dir.path, 'deep/state.json');
  const first = await startRegistry({ stateFile });
  await put(`${first.url}/v1/system`, systemOf(['orders', 'users']));
  await put(`${first.url}/v1/sources/engine`, {
    instances: [recordOf('orders-1', service), recordOf('users-1', { port: 1 })],
  });
  await put(`${first.url}/v1/kept-since`, { keptSince: '2026-01-01T00:00:00Z' });
  await untilInstance(first, 'orders-1', { status: 'up' });
  await using before = await watch(first);
  await first.close();

  await using second = await startRegistry({ stateFile });
  await using after = await watch(second);
  expect(after.states[0]?.system).toEqual(systemOf(['orders', 'users']));
  expect(after.states[0]?.keptSince).toBe('2026-01-01T00:00:00Z');
  expect(after.states[0]?.epoch).not.toBe(before.states[0]?.epoch);
  // It has looked before it says anything: gateways would drop all that is only starting.
  expect(after.states[0]?.instances).toMatchObject([
    { id: 'orders-1', status: 'up', source: 'engine' },
    { id: 'users-1', status: 'starting', problem: 'connection refused' },
  ]);
});

test('a hanging instance does not keep a restarted registry from serving', async () => {
  await using dir = await tempDir();
  await using service = await startService();
  const stateFile = join(dir.path, 'state.json');
  const first = await startRegistry({ stateFile });
  await put(`${first.url}/v1/system`, systemOf(['orders']));
  await put(`${first.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await first.close();
  service.answer = () => undefined;
  await using second = await startRegistry({ stateFile });
  expect(await instancesOf(second)).toMatchObject([{ id: 'orders-1', status: 'starting' }]);
  service.answer = answerWith(200);
  await untilInstance(second, 'orders-1', { status: 'up' });
});

test('what was told is in the file soon, without a stop', async () => {
  await using dir = await tempDir();
  const stateFile = join(dir.path, 'state.json');
  await using registry = await startRegistry({ stateFile });
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', { port: 1 })] });
  await put(`${registry.url}/v1/sources/gone`, { instances: [] });
  await send(`${registry.url}/v1/sources/gone`, 'DELETE');
  await waitUntil('the file says it', async () => {
    const { system, sources } = JSON.parse(await readFile(stateFile, 'utf8')) as { system: unknown; sources: unknown };
    expect(system).toEqual(systemOf(['orders']));
    expect(sources).toEqual({ engine: { instances: [recordOf('orders-1', { port: 1 })] } });
    return true;
  });
  expect(await readdir(dir.path)).toEqual(['state.json']);
});

test.each([
  ['half a file', '{"format":1,"system":{"wor'],
  ['another format', '{"format":2,"system":null,"sources":{}}'],
  ['an empty file', ''],
  ['what no request could have put', `{"format":1,"system":null,"sources":{"engine":{"instances":[{"id":"a"}]}}}`],
])('%s is moved aside, said in the log, and nothing is believed of it', async (_what, text) => {
  await using dir = await tempDir();
  const stateFile = join(dir.path, 'state.json');
  await writeFile(stateFile, text);
  await using registry = await startRegistry({ stateFile });
  expect(registry.log).toEqual([{ level: 'error', message: 'the state file is corrupt; starting without it' }]);
  expect(await readFile(`${stateFile}.corrupt`, 'utf8')).toBe(text);
  expect((await send(`${registry.url}/v1/system`, 'GET')).status).toBe(404);
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await waitUntil('there is a new file', async () => (await readFile(stateFile, 'utf8')).includes('"orders"'));
});

test('a state file that cannot be written is said in the log and stops nothing', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'file'), '');
  await using registry = await startRegistry({ stateFile: join(dir.path, 'file/state.json') });
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await waitUntil('the log says it', async () =>
    registry.log.some(({ message }) => message === 'the state file cannot be written'),
  );
  expect((await send(`${registry.url}/v1/system`, 'GET')).json).toEqual(systemOf(['orders']));
});

test('the system given at the start wins over the remembered one', async () => {
  await using dir = await tempDir();
  const stateFile = join(dir.path, 'state.json');
  const first = await startRegistry({ stateFile, system: systemOf(['old']) });
  await first.close();
  await using second = await startRegistry({ stateFile, system: systemOf(['new']) });
  expect((await send(`${second.url}/v1/system`, 'GET')).json).toEqual(systemOf(['new']));
});
