import { chmod } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { probeDocker } from '../../../../src/engines/docker/daemon/probe-docker.ts';
import { openDockerEngine } from '../../../../src/engines/docker/docker-engine.ts';
import { listDockerSystems } from '../../../../src/engines/docker/list-systems.ts';
import { hasDocker } from '../../../support/docker.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { folderUnit, locate, platformUnit, removeWorkspace, testSystem, tinyService } from './support/system.ts';

function optionsFor(DOCKER_HOST: string) {
  return { programsDirectory: '/nowhere', env: { ...process.env, DOCKER_HOST }, version: '0.0.0-test' };
}

const place = { workspace: 'engine-nowhere', name: 'engine', root: '/nowhere' };

async function listening(
  server: Server,
  where: string | number,
  host = '127.0.0.1',
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, host, resolve),
  );
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function refused(host: string, reason: RegExp, fix: RegExp): Promise<void> {
  const facts = await probeDocker(optionsFor(host));
  expect(facts).toEqual({ available: false, detail: expect.stringMatching(reason) });
  await expect(openDockerEngine(optionsFor(host), place)).rejects.toMatchObject({
    code: 'MSA_ENGINE_UNAVAILABLE',
    exitCode: 3,
    message: expect.stringMatching(reason),
    hint: expect.stringMatching(fix),
  });
  expect(await listDockerSystems(optionsFor(host))).toEqual([]);
}

/** Nothing is forbidden to root: as long as this lasts, the process is nobody. */
function withoutPrivileges(): Disposable {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  return {
    [Symbol.dispose]: () => {
      if (isRoot) process.seteuid?.(0);
    },
  };
}

/** Passes on what comes to the daemon's socket. */
function forward(): Server {
  return createServer((near) => {
    const far = connect('/var/run/docker.sock');
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
}

describe('a Docker that cannot be used', () => {
  test('because it is not there', async () => {
    await using dir = await tempDir();
    await refused(
      `unix://${dir.path}/no.sock`,
      /there is no socket at .*no\.sock \(DOCKER_HOST\)/,
      /Start Docker, or install/,
    );
  });

  test('because nobody listens', async () => {
    await using server = await listening(createServer(), 0);
    const { port } = server;
    await server[Symbol.asyncDispose]();
    await refused(`tcp://127.0.0.1:${port}`, /nothing listens at tcp:.*: Docker is not running/, /Start Docker/);
  });

  test('because it is not allowed', async () => {
    await using dir = await tempDir();
    const path = join(dir.path, 'docker.sock');
    await using _server = await listening(createServer(), path);
    await chmod(dir.path, 0o755);
    await chmod(path, 0o000);
    using _nobody = withoutPrivileges();
    await refused(`unix://${path}`, /this user may not use/, /usermod -aG docker/);
  });

  test('because it says nothing', async () => {
    await using server = await listening(createServer(), 0);
    await refused(`tcp://127.0.0.1:${server.port}`, /does not answer/, /restart Docker/);
  });

  test('because something else answers', async () => {
    await using server = await listening(
      createHttpServer((_request, response) => response.end('hello')),
      0,
    );
    await refused(`tcp://127.0.0.1:${server.port}`, /broke off: the answer is not JSON/, /docker info/);
  });

  test.each([
    ['refuses', 404, '{"message":"page not found"}'],
    ['knows no version', 200, '{}'],
  ])('because what answers %s', async (_what, status, body) => {
    await using server = await listening(
      createHttpServer((_request, response) => response.writeHead(status).end(body)),
      0,
    );
    await refused(`tcp://127.0.0.1:${server.port}`, /is no Docker engine/, /Correct the address/);
  });

  test('because what should name it names nothing', async () => {
    await refused('ftp://somewhere', /DOCKER_HOST names no Docker engine/, /unix:/);
  });
});

const forwardable = hasDocker && process.env['DOCKER_HOST'] === undefined;

/** A system whose Docker is behind a TCP port at this address of the machine. */
async function systemBehind(host: string) {
  const server = await listening(forward(), 0, host);
  const system = await testSystem({ ...process.env, DOCKER_HOST: `tcp://${host}:${server.port}` });
  return {
    system,
    cutOff: server[Symbol.asyncDispose],
    [Symbol.asyncDispose]: async () => {
      await system[Symbol.asyncDispose]().catch(() => undefined);
      await server[Symbol.asyncDispose]();
      // Again, with the daemon's own socket: it is there also when the way above was cut off.
      await removeWorkspace(system.place.workspace);
    },
  };
}

async function readOn(lines: AsyncIterator<unknown>): Promise<void> {
  while ((await lines.next()).done !== true);
}

describe.skipIf(!forwardable)('Docker behind a TCP port', () => {
  test('is used like one behind a socket, and its end in the middle is told', async () => {
    await using behind = await systemBehind('127.0.0.1');
    const { system, cutOff } = behind;
    const tiny = await folderUnit(system.engine, 'tiny', { directory: await system.folder('tiny', tinyService) });
    const registry = platformUnit('registry');
    await locate(system.engine);
    await system.perform({ kind: 'open' });
    await Promise.all([registry, tiny].map((unit) => system.perform({ kind: 'build', unit })));
    await system.perform({ kind: 'start', unit: tiny, index: 1 });
    await system.perform({ kind: 'start', unit: registry, index: 1 });
    await system.perform({ kind: 'publish' });
    await system.engine.crash('tiny-1');
    expect((await system.engine.observe()).instances.map(({ id }) => id)).toEqual(['registry-1', 'tiny-1']);

    const signal = new AbortController().signal;
    const query = { instances: ['tiny-1'], tail: undefined, since: undefined, follow: true, signal };
    const following = system.engine.logs(query)[Symbol.asyncIterator]();
    expect((await following.next()).value).toMatchObject({ instance: 'tiny-1' });
    const reading = expect(readOn(following)).rejects.toMatchObject({ code: 'MSA_ENGINE_UNAVAILABLE' });

    await cutOff();
    await reading;
    const gone = { code: 'MSA_ENGINE_UNAVAILABLE', message: expect.stringContaining('nothing listens') };
    await expect(system.perform({ kind: 'start', unit: tiny, index: 2 })).rejects.toMatchObject(gone);
    await expect(system.engine.observe()).rejects.toMatchObject(gone);
  });

  // An address of this machine that does not look like it. Elsewhere than on Linux there is but one.
  test.skipIf(process.platform !== 'linux')('of another machine has its registry reached through Docker', async () => {
    await using behind = await systemBehind('127.0.0.2');
    const { system } = behind;
    const registry = platformUnit('registry');
    system.want([registry]);
    await locate(system.engine);
    await system.perform({ kind: 'open' });
    await system.perform({ kind: 'build', unit: registry });
    await system.perform({ kind: 'start', unit: registry, index: 1 });
    await system.perform({ kind: 'publish' });
    const control = await system.engine.control();
    expect((await control?.system())?.workspace).toBe(system.place.workspace);
    const { instances, systemVersion } = await system.engine.observe();
    expect(systemVersion).toBe((await control?.system())?.version);
    expect(control?.url).not.toBe(`http://${instances[0]?.published}`);
    for await (const state of control?.watch(AbortSignal.timeout(10_000)) ?? []) {
      expect(state.system?.workspace).toBe(system.place.workspace);
      break;
    }
  });
});
