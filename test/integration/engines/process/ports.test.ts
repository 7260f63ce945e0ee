import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { describe, expect, test } from 'vitest';

import { programs } from '../../../support/built-programs.ts';
import { edgeKey, edgePorts } from '../../../../src/protocol/edge-port.ts';
import { registryPort } from '../../../../src/protocol/ports.ts';
import { locate, platformUnit, startProgram, testSystem, type TestSystem } from './support/system.ts';

const newSystem = (): Promise<TestSystem> => testSystem({ programs: programs.path });

/** Somebody who listens on a port. */
async function holder(port = 0): Promise<{ readonly port: number } & AsyncDisposable> {
  const server: Server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: given } = server.address() as AddressInfo;
  return {
    port: given,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

const edges = [
  { caller: 'orders', callee: 'users' },
  { caller: 'orders', callee: 'payments' },
];

function portsOf({ gatewayPort, registryUrl, redisUrl, edges: given }: Awaited<ReturnType<typeof locate>>): number[] {
  const urls = [registryUrl, redisUrl].map((url) => Number(new URL(url).port));
  return [gatewayPort, ...urls, ...Array.from(given.values(), ({ port }) => port)];
}

describe('where everything is', () => {
  test('stays the same while it is asked, started, and running', async () => {
    await using system = await newSystem();
    const request = { edges };
    const first = await locate(system.engine, request);
    expect(await locate(system.engine, request)).toEqual(first);
    await system.perform({ kind: 'open' });
    expect(await locate(system.engine, request)).toEqual(first);
    const other = await system.reopen();
    expect(await locate(other, request)).toEqual(first);
    other.disconnect();
  });

  test('one more edge moves no other', async () => {
    await using system = await newSystem();
    const first = await locate(system.engine, { edges });
    await system.perform({ kind: 'open' });
    const more = await locate(system.engine, { edges: [{ caller: 'a', callee: 'b' }, ...edges] });
    for (const key of first.edges.keys()) expect(more.edges.get(key)).toEqual(first.edges.get(key));
    expect(more.edges.size).toBe(3);
  });

  test('systems that are started at the same moment share no port', async () => {
    await using one = await newSystem();
    await using other = await newSystem();
    const request = { edges };
    const [here, there] = await Promise.all([locate(one.engine, request), locate(other.engine, request)]);
    expect(portsOf(here).filter((port) => portsOf(there).includes(port))).toEqual([]);
    await Promise.all([one.perform({ kind: 'open' }), other.perform({ kind: 'open' })]);
    await using third = await newSystem();
    const taken = new Set([...portsOf(here), ...portsOf(there)]);
    expect(portsOf(await locate(third.engine, request)).filter((port) => taken.has(port))).toEqual([]);
  });

  test('an edge moves aside for whoever has its port', async () => {
    await using system = await newSystem();
    const [preferred = 0] = edgePorts([{ caller: 'moves', callee: 'aside' }]).values();
    await using _other = await holder(preferred);
    const moved = await locate(system.engine, { edges: [{ caller: 'moves', callee: 'aside' }] });
    expect(moved.edges.get(edgeKey('moves', 'aside'))?.port).toBe(preferred + 1);
  });

  test('the registry is where it always is, unless that is taken', async () => {
    await using system = await newSystem();
    const { registryUrl } = await locate(system.engine);
    await using second = await newSystem();
    const other = await locate(second.engine);
    expect(other.registryUrl).not.toBe(`http://127.0.0.1:${registryPort}`);
    expect(other.registryUrl).not.toBe(registryUrl);
  });

  test('nothing is held any more after disconnecting', async () => {
    await using system = await newSystem();
    const engine = await system.reopen();
    const { gatewayPort } = await locate(engine);
    await expect(holder(gatewayPort)).rejects.toThrow('EADDRINUSE');
    engine.disconnect();
    await using again = await holder(gatewayPort);
    expect(again.port).toBe(gatewayPort);
  });
});

describe('the port of the gateway', () => {
  test('is the one asked for', async () => {
    await using free = await holder();
    const { port } = free;
    await free[Symbol.asyncDispose]();
    await using system = await newSystem();
    expect((await locate(system.engine, { gatewayPort: port })).publicUrl).toBe(`http://localhost:${port}`);
  });

  test('that somebody else has is told, with who it is', async () => {
    await using system = await newSystem();
    await using other = await holder();
    await expect(locate(system.engine, { gatewayPort: other.port })).rejects.toMatchObject({
      code: 'MSA_PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`^port ${other.port} is taken by .*\\(pid ${process.pid}\\)$`)),
      hint: expect.stringContaining('--port auto'),
    });
  });

  test('that another system has is told with its identity, which is what stops it', async () => {
    await using first = await newSystem();
    const { gatewayPort } = await locate(first.engine);
    await first.perform({ kind: 'open' });
    await using second = await newSystem();
    await expect(locate(second.engine, { gatewayPort })).rejects.toMatchObject({
      code: 'MSA_PORT_TAKEN',
      message: `port ${gatewayPort} is taken by the system ${first.place.workspace} of ${first.place.root}`,
    });
  });

  test('can move while the system runs, and says so only to who asks for another', async () => {
    await using system = await newSystem();
    const { gatewayPort } = await locate(system.engine);
    await system.perform({ kind: 'open' });
    await using free = await holder();
    await free[Symbol.asyncDispose]();
    expect((await locate(system.engine, { gatewayPort: free.port })).gatewayPort).toBe(free.port);
    expect((await locate(system.engine)).gatewayPort).toBe(free.port);
    expect(free.port).not.toBe(gatewayPort);
  });
});

test('asking changes nothing that runs', async () => {
  await using system = await newSystem();
  const before = await locate(system.engine, { edges });
  await system.perform({ kind: 'open' });
  await system.perform({
    kind: 'start',
    unit: platformUnit('gateway', { REGISTRY_URL: before.registryUrl }),
    index: 1,
  });
  const asking = await system.reopen();
  await using free = await holder();
  await free[Symbol.asyncDispose]();
  expect((await locate(asking, { edges, gatewayPort: free.port })).gatewayPort).toBe(free.port);
  asking.disconnect();
  const next = await system.reopen();
  expect(await locate(next, { edges, gatewayPort: before.gatewayPort })).toEqual(before);
  next.disconnect();
});

test('a port that was taken while its owner was down is given up', async () => {
  await using system = await newSystem();
  const before = await locate(system.engine);
  await system.perform({ kind: 'open' });
  await using _other = await holder(before.gatewayPort);
  const next = await system.reopen();
  expect((await locate(next)).gatewayPort).not.toBe(before.gatewayPort);
  await expect(locate(next, { gatewayPort: before.gatewayPort })).rejects.toMatchObject({ code: 'MSA_PORT_TAKEN' });
  next.disconnect();
});

test('an instance whose port was taken while it was down moves', async () => {
  await using system = await newSystem();
  await startProgram(system, 'crasher');
  await system.waitFor('waits long enough', 'app-1', ({ restarts, state }) => restarts >= 4 && state === 'restarting');
  const before = await system.observed('app-1');
  await using _other = await holder(before?.port);
  await system.waitFor('is given up', 'app-1', ({ state }) => state === 'gone');
  expect((await system.observed('app-1'))?.port).not.toBe(before?.port);
});
