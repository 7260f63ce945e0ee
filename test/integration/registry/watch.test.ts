import { connect } from 'node:net';

import { expect, test } from 'vitest';

import type { System } from '../../../src/protocol/system.ts';
import { maxWatchers } from '../../../src/registry/watchers.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { recordOf, startService } from './support/fake-service.ts';
import { put, send, startRegistry, systemOf, type TestRegistry } from './support/registry.ts';
import { watch } from './support/watch.ts';

test('the first line is the whole state, also when there is none yet', async () => {
  await using registry = await startRegistry();
  await using stream = await watch(registry);
  expect(stream.messages).toEqual([
    { type: 'state', epoch: expect.any(String) as string, revision: 0, system: null, instances: [] },
  ]);
});

test('each change is a whole state of a higher revision, up to what REST says', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await using stream = await watch(registry);
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  const state = await stream.untilState('it is up', ({ instances }) => instances[0]?.status === 'up');
  expect(state.system).toEqual(systemOf(['orders']));
  const { json } = await send(`${registry.url}/v1/instances`, 'GET');
  expect(json).toEqual({ epoch: state.epoch, revision: state.revision, instances: state.instances });
  const revisions = stream.states.map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].toSorted((left, right) => left - right));
});

test('changes that come together are one line', async () => {
  await using registry = await startRegistry();
  await using stream = await watch(registry);
  const names = Array.from({ length: 12 }, (_, index) => `source-${index}`);
  await Promise.all(
    names.map((name) => put(`${registry.url}/v1/sources/${name}`, { instances: [recordOf(`${name}-1`, { port: 1 })] })),
  );
  await stream.untilState('all have come', ({ instances }) => instances.length === names.length);
  expect(stream.states.length).toBeLessThan(names.length);
});

test('what changes nothing is no line; heartbeats come all the same', async () => {
  await using registry = await startRegistry({ system: systemOf(['orders']) });
  await using stream = await watch(registry);
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/gateways/gateway-1`, { epoch: 'first', revision: 1 });
  await waitUntil('a heart beats twice', async () => stream.messages.length >= 3);
  expect(stream.messages.map(({ type }) => type)).toEqual(['state', 'heartbeat', 'heartbeat']);
});

test('a reader that takes nothing costs one state, and gets the newest when it reads again', async () => {
  await using registry = await startRegistry();
  await using slow = await watch(registry);
  await using quick = await watch(registry);
  slow.socket.pause();
  const changes = 120;
  for (let revision = 1; revision <= changes; revision++) {
    await put(`${registry.url}/v1/system`, largeSystem(revision));
    await quick.untilState('the quick one has it', ({ system }) => system?.version === `${revision}`);
  }
  // What both kernels hold for a connection is a few megabytes; 120 states would be forty.
  slow.socket.resume();
  await slow.untilState('the slow one has the last', ({ system }) => system?.version === `${changes}`);
  expect(quick.states).toHaveLength(changes + 1);
  expect(slow.states.length).toBeLessThan(changes / 2);
});

test('readers have a limit, and one that leaves makes room', async () => {
  await using registry = await startRegistry();
  const sockets = Array.from({ length: maxWatchers }, () => {
    const socket = connect(registry.port, '127.0.0.1');
    socket.write('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket.resume();
  });
  try {
    await waitUntil('all places are taken', async () => (await watchersOf(registry)) === maxWatchers);
    const reply = await send(`${registry.url}/v1/watch`, 'GET');
    expect(reply).toMatchObject({ status: 503, json: { status: 503 }, headers: { 'retry-after': '5' } });
    sockets[0]?.destroy();
    await waitUntil('a place is free', async () => (await watchersOf(registry)) === maxWatchers - 1);
    await using stream = await watch(registry);
    expect(stream.states).toHaveLength(1);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('requests for streams in one heap take one place, and none when they are gone', async () => {
  await using registry = await startRegistry();
  const socket = connect(registry.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.write('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
  await waitUntil('a heart beats', async () => received.includes('heartbeat'));
  expect(await watchersOf(registry)).toBe(1);
  socket.destroy();
  await waitUntil('the place is free', async () => (await watchersOf(registry)) === 0);
});

test('the stream ends when the registry does', async () => {
  const registry = await startRegistry();
  await using stream = await watch(registry);
  await registry.close();
  await waitUntil('the stream has ended', async () => stream.hasEnded);
});

async function watchersOf({ url }: TestRegistry): Promise<number> {
  const { text } = await send(`${url}/metrics`, 'GET');
  return Number(/^msa_registry_watchers (\d+)$/m.exec(text)?.[1]);
}

/** Its line has about 350 KB. */
function largeSystem(revision: number): System {
  const path = `/${'x'.repeat(300)}/${revision}`;
  const route = { service: 'orders', timeoutMs: 1000, retryAttempts: 0 };
  const routes = Array.from({ length: 1000 }, (_, index) => ({ ...route, path: `${path}/${index}` }));
  return { ...systemOf([]), version: `${revision}`, routes };
}
