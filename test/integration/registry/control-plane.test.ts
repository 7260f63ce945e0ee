import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { expect, test } from 'vitest';

import { createControlPlane } from '../../../src/io/control-plane.ts';
import { MsaError } from '../../../src/model/errors.ts';
import type { WatchState } from '../../../src/protocol/watch.ts';
import { recordOf, startService } from './support/fake-service.ts';
import { startRegistry, systemOf, token } from './support/registry.ts';

test('it puts a system and a table, and reads what became of them', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token });
  expect(await control.system()).toBeUndefined();
  await control.putSystem(systemOf(['orders']));
  await control.putSource('engine', { instances: [recordOf('orders-1', service)] });
  expect(await control.system()).toEqual(systemOf(['orders']));
  expect(await control.gateways()).toEqual([]);
  for await (const { instances, system } of control.watch(new AbortController().signal)) {
    expect(system).toEqual(systemOf(['orders']));
    if (instances[0]?.status === 'up') break;
  }
});

test('whoever watches is told since when answers that are kept count', async () => {
  await using registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token });
  const seen: (string | undefined)[] = [];
  for await (const { keptSince } of control.watch(new AbortController().signal)) {
    seen.push(keptSince);
    if (seen.length === 2) break;
    await control.putKeptSince({ keptSince: '2026-01-01T00:00:00.000Z' });
  }
  expect(seen).toEqual([undefined, '2026-01-01T00:00:00.000Z']);
});

test('watching ends with the signal, whatever it waits for', async () => {
  await using registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token });
  const stop = new AbortController();
  const states: WatchState[] = [];
  for await (const state of control.watch(stop.signal)) {
    states.push(state);
    setImmediate(() => stop.abort());
  }
  expect(states).toHaveLength(1);
  for await (const state of control.watch(stop.signal)) states.push(state);
  expect(states).toHaveLength(1);
});

test('a registry that dies while it is watched and comes back goes on with its new epoch', async () => {
  const first = await startRegistry({ system: systemOf(['orders']) });
  const { port } = first;
  const control = createControlPlane({ url: first.url, token });
  const stop = new AbortController();
  const states = control.watch(stop.signal)[Symbol.asyncIterator]();
  const before = await nextOf(states);
  await first.close();
  const pending = nextOf(states);
  await using second = await startRegistry({ port, system: systemOf(['users']) });
  const after = await pending;
  expect(second.port).toBe(port);
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.system).toEqual(systemOf(['users']));
  await states.return?.();
});

test('a registry that dies while it is watched and stays away is an error with its address', async () => {
  const registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token });
  const states = control.watch(new AbortController().signal)[Symbol.asyncIterator]();
  await nextOf(states);
  await registry.close();
  const error = await errorOf(nextOf(states));
  expect(error.code).toBe('MSA_REGISTRY_UNREACHABLE');
  expect(error.message).toBe(`the registry at ${registry.url} does not answer: connection refused`);
  expect(error.hint).toBe('See whether it runs: msa ps');
});

test('a stream that falls silent without ending is opened again', async () => {
  let streams = 0;
  await using silent = await serve(
    createHttpServer((_request, response) => {
      streams++;
      response.writeHead(200).write(`{"type":"state","epoch":"${streams}"}\n`);
    }),
  );
  const control = createControlPlane({ url: silent.url, token });
  const states = control.watch(new AbortController().signal)[Symbol.asyncIterator]();
  expect((await nextOf(states)).epoch).toBe('1');
  expect((await nextOf(states)).epoch).toBe('2');
  await states.return?.();
});

test('every call says when nobody listens', async () => {
  const registry = await startRegistry();
  await registry.close();
  const control = createControlPlane({ url: registry.url, token });
  for (const call of [
    control.system(),
    control.gateways(),
    control.putSystem(systemOf([])),
    control.putSource('engine', { instances: [] }),
  ])
    expect((await errorOf(call)).message).toContain('connection refused');
});

test('every call ends when somebody listens who never answers', async () => {
  await using silent = await serve(createServer());
  const control = createControlPlane({ url: silent.url, token });
  const [asked, told] = await Promise.all([errorOf(control.system()), errorOf(control.putSystem(systemOf([])))]);
  expect(asked.message).toContain('no answer within 5 s');
  expect(told.code).toBe('MSA_REGISTRY_UNREACHABLE');
});

test('a port that takes connections and drops them, as Docker keeps for a container that is not ready, is an error', async () => {
  await using dropping = await serve(createServer((socket) => void socket.destroy()));
  const control = createControlPlane({ url: dropping.url, token });
  expect((await errorOf(control.system())).code).toBe('MSA_REGISTRY_UNREACHABLE');
  const states = control.watch(new AbortController().signal)[Symbol.asyncIterator]();
  expect((await errorOf(nextOf(states))).code).toBe('MSA_REGISTRY_UNREACHABLE');
});

test('a registry with another token belongs to another system', async () => {
  await using registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token: 'another' });
  const error = await errorOf(control.putSystem(systemOf([])));
  expect([error.code, error.message]).toEqual([
    'MSA_REGISTRY_UNREACHABLE',
    `the registry at ${registry.url} belongs to another system`,
  ]);
});

test.each<[string, RequestListener]>([
  ['answers with a page', (_request, response) => void response.end('<html>')],
  ['fails', (_request, response) => void response.writeHead(500).end('oh')],
  ['knows no gateways', (_request, response) => void response.writeHead(404).end()],
  [
    'breaks off',
    (_request, response) => void response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
  ],
])('another program at the address that %s is no registry', async (_what, answer) => {
  await using other = await serve(createHttpServer(answer));
  const control = createControlPlane({ url: other.url, token });
  expect((await errorOf(control.gateways())).code).toBe('MSA_REGISTRY_UNREACHABLE');
});

test('what the registry refuses as malformed is a bug of msa, and said as that', async () => {
  await using registry = await startRegistry();
  const control = createControlPlane({ url: registry.url, token });
  const refused = control.putSystem({ ...systemOf([]), name: 'Not a name' });
  await expect(refused).rejects.toThrow(/the registry refuses what msa sends: .*name: must be/);
  await expect(refused).rejects.not.toBeInstanceOf(MsaError);
});

async function nextOf(states: AsyncIterator<WatchState>): Promise<WatchState> {
  const { done, value }: IteratorResult<WatchState, unknown> = await states.next();
  if (done === true) throw new Error('the stream has ended');
  return value;
}

async function errorOf(promise: Promise<unknown>): Promise<MsaError> {
  const error: unknown = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof MsaError) return error;
  throw error;
}

async function serve(server: Server): Promise<{ readonly url: string } & AsyncDisposable> {
  const sockets = new Set<{ destroy: () => void }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
