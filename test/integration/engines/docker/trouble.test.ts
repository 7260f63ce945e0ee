import { createServer, type Server } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import { docker, hasDocker } from '../../../support/docker.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { folderUnit, locate, platformUnit, testSystem, tinyService, type TestSystem } from './support/system.ts';

describe.skipIf(!hasDocker)('what goes wrong in Docker', () => {
  let system: TestSystem;
  let directory: string;
  const registry = platformUnit('registry');

  beforeAll(async () => {
    system = await testSystem();
    directory = await system.folder('tiny', tinyService);
    const tiny = await folderUnit(system.engine, 'tiny', { directory });
    system.want([registry, tiny]);
    await locate(system.engine);
    await system.perform({ kind: 'open' });
    await Promise.all([registry, tiny].map((unit) => system.perform({ kind: 'build', unit })));
    await system.perform({ kind: 'start', unit: registry, index: 1 });
  }, 120_000);
  afterAll(() => system[Symbol.asyncDispose]());

  const start = async (name: string, env: Record<string, string>, rest: Partial<Unit> = {}): Promise<string> => {
    await system.perform({
      kind: 'start',
      unit: await folderUnit(system.engine, name, { directory, env, ...rest }),
      index: 1,
    });
    return `${name}-1`;
  };
  const diagnosed = async (instance: string, expected: readonly string[]): Promise<void> => {
    let last: readonly string[] = [];
    const isIt = async (): Promise<boolean> => {
      last = await system.engine.diagnose(instance);
      return expected.every((sentence) => last.some((text) => text.includes(sentence)));
    };
    await waitUntil(`it says ${expected.join(', ')}`, isIt, 15_000).catch(() => expect(last).toEqual(expected));
  };

  test('a program that listens elsewhere', async () => {
    await diagnosed(await start('elsewhere', { LISTEN_ON: '8081' }), [
      'it listens on 8081, not on 3000, which PORT says',
    ]);
  });

  test('a program that listens on loopback only', async () => {
    await diagnosed(await start('loopback', { LISTEN_AT: '127.0.0.1' }), [
      'it listens on port 3000 of loopback only, where nobody outside its container reaches it: listen on HOST, which is 0.0.0.0',
    ]);
  });

  test('a program that listens on nothing', async () => {
    await diagnosed(await start('deaf', { DEAF: '1' }), ['it listens on no port; it should on 3000, which PORT says']);
  });

  test('a program that listens as it should', async () => {
    const instance = await start('fine', {});
    await waitUntil('it listens', async () => (await system.engine.diagnose(instance)).length === 0);
  });

  test('a program that ends at once, again and again', async () => {
    await diagnosed(await start('ending', { EXIT: '3' }), ['it ended with exit code 3', 'it was started again']);
    // Between two runs.
    await waitUntil('its exit code is seen', async () => {
      const seen = (await system.engine.observe()).instances.find(({ id }) => id === 'ending-1');
      return seen?.exitCode === 3 && seen.restarts > 0;
    });
  });

  test('a program that ends well is not started again', async () => {
    await start('done', { EXIT: '0' }, { program: await finishedProgram() });
    await waitUntil('it is gone', async () => {
      const seen = (await system.engine.observe()).instances.find(({ id }) => id === 'done-1');
      return seen?.state === 'gone' && seen.exitCode === 0;
    });
  });

  async function finishedProgram(): Promise<Unit['program']> {
    const folder = await system.folder('done', { Dockerfile: 'FROM node:24-slim\nCMD ["true"]\n' });
    const unit = await folderUnit(system.engine, 'done', { directory: folder });
    await system.perform({ kind: 'build', unit });
    return unit.program;
  }

  test('a program that takes more memory than it may', async () => {
    const limits = { memoryBytes: 64 * 1024 * 1024, cpus: undefined };
    await diagnosed(await start('eating', { EAT: '1' }, { limits }), [
      'it was killed for using more memory than its limit of 64 MiB',
    ]);
  });

  test('a program that writes where it may not', async () => {
    await diagnosed(await start('writing', { WRITE: '/home/node/file' }), [
      'it tried to write to its file system, of which only /tmp can be written',
    ]);
  });

  test('a container that a killed run left', async () => {
    const unit = await folderUnit(system.engine, 'left', { directory });
    const name = `${system.place.workspace}-left-1`;
    const labels = ['--label', `msa.workspace=${system.place.workspace}`, '--label', 'msa.role=service'];
    const others = ['--label', 'msa.service=left', '--label', 'msa.instance=left-1', '--label', 'msa.index=1'];
    await docker('create', '--name', name, ...labels, ...others, 'node:24-slim');
    const state = async () => (await system.engine.observe()).instances.find(({ id }) => id === 'left-1')?.state;
    expect(await state()).toBe('gone');
    await system.perform({ kind: 'start', unit, index: 1 });
    expect(await state()).toBe('running');
  });

  test('a service with an image that is nowhere', async () => {
    const image = 'localhost:1/nobody/has-this:1';
    const unit = { ...platformUnit('registry'), name: 'absent', role: 'service' as const };
    const program = { kind: 'image' as const, image, command: undefined };
    await expect(system.perform({ kind: 'start', unit: { ...unit, program }, index: 1 })).rejects.toMatchObject({
      code: 'MSA_ENGINE_FAILED',
      message: expect.stringContaining(`the image ${image} cannot be pulled`),
    });
  });

  describe('a port that somebody has', () => {
    let server: Server;
    let port = 0;
    beforeAll(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    });
    afterAll(() => server.close());

    test('is named with its holder', async () => {
      await expect(locate(system.engine, { gatewayPort: port })).rejects.toMatchObject({
        code: 'MSA_PORT_TAKEN',
        message: expect.stringMatching(new RegExp(`^port ${port} is taken by .+ \\(pid ${process.pid}\\)$`)),
        hint: expect.stringContaining('--port auto'),
      });
    });

    test('is named also when it was taken at the last moment, and leaves no container', async () => {
      const next = await system.reopen();
      const free = createServer();
      await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
      const address = free.address();
      const late = typeof address === 'object' ? (address?.port ?? 0) : 0;
      await new Promise((resolve) => free.close(resolve));
      await locate(system.engine, { gatewayPort: late });
      const thief = createServer();
      await new Promise<void>((resolve) => thief.listen(late, '127.0.0.1', resolve));
      await expect(system.perform({ kind: 'start', unit: platformUnit('gateway'), index: 1 })).rejects.toMatchObject({
        code: 'MSA_PORT_TAKEN',
      });
      thief.close();
      expect((await next.observe()).instances.map(({ id }) => id)).not.toContain('gateway-1');
      next.disconnect();
    });

    test('is none for registries that start at the same time', async () => {
      await using one = await testSystem();
      await using two = await testSystem();
      const ports = await Promise.all(
        [one, two].map(async ({ engine, perform }) => {
          await locate(engine);
          await perform({ kind: 'open' });
          await perform({ kind: 'start', unit: registry, index: 1 });
          return (await engine.observe()).instances[0]?.published;
        }),
      );
      expect(new Set(ports).size).toBe(2);
    });

    test('of another system is named as that system', async () => {
      await using other = await testSystem();
      const published = (await system.engine.observe()).instances.find(({ id }) => id === 'registry-1')?.published;
      const taken = Number(published?.split(':')[1]);
      await expect(locate(other.engine, { gatewayPort: taken })).rejects.toMatchObject({
        message: `port ${taken} is taken by the system ${system.place.workspace} of ${system.place.root}`,
      });
    });
  });

  test('an instance nobody knows', async () => {
    await expect(system.engine.crash('nobody-1')).rejects.toMatchObject({
      code: 'MSA_INSTANCE_UNKNOWN',
      hint: expect.stringContaining('registry-1'),
    });
  });
});
