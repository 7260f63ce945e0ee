import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import type { Locations } from '../../../../src/ports/engine.ts';
import { docker, hasDocker } from '../../../support/docker.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { keepAsking } from '../../../support/running-system.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import {
  folderUnit,
  locate,
  platformUnit,
  storeUnit,
  testSystem,
  tinyService,
  type TestSystem,
} from './support/system.ts';

describe.skipIf(!hasDocker)('a system in Docker that is used', () => {
  let system: TestSystem;
  let locations: Locations;
  let tiny: Unit;
  const [registry, gateway] = [platformUnit('registry'), platformUnit('gateway')];
  const url = (): string => `${locations.publicUrl}/tiny`;

  beforeAll(async () => {
    system = await testSystem();
    tiny = await folderUnit(system.engine, 'tiny', { directory: await system.folder('tiny', tinyService) });
    system.want([registry, gateway, tiny]);
    locations = await locate(system.engine);
    await system.perform({ kind: 'open' });
    await Promise.all([registry, tiny].map((unit) => system.perform({ kind: 'build', unit })));
    await system.perform({ kind: 'start', unit: registry, index: 1 });
    await Promise.all([
      system.perform({ kind: 'publish' }),
      system.perform({ kind: 'start', unit: gateway, index: 1 }),
      ...[1, 2].map((index) => system.perform({ kind: 'start', unit: tiny, index })),
    ]);
    await untilUp('tiny-1', 'tiny-2');
    // The registry knows of them before the gateway does.
    await waitUntil('the gateway leads to them', async () => (await request(url())).statusCode === 200);
  }, 120_000);
  afterAll(() => system[Symbol.asyncDispose]());

  const untilUp = async (...instances: readonly string[]): Promise<void> => {
    const control = await system.engine.control();
    await waitUntil(`${instances.join(' and ')} and nobody else are up`, async () => {
      for await (const state of control?.watch(AbortSignal.timeout(5000)) ?? []) {
        const up = state.instances.filter(({ status }) => status === 'up').map(({ id }) => id);
        return up.toSorted().join() === instances.join();
      }
      return false;
    });
  };

  test('loses no request when an instance is replaced', async () => {
    const asking = keepAsking(url());
    await system.perform({ kind: 'start', unit: tiny, index: 3 });
    await untilUp('tiny-1', 'tiny-2', 'tiny-3');
    await system.perform({ kind: 'stop', unit: 'tiny', instance: 'tiny-1' });
    await untilUp('tiny-2', 'tiny-3');
    const { sent, failed } = await asking.stop();
    expect(failed).toEqual([]);
    expect(sent).toBeGreaterThan(20);
  });

  test('loses no request when an instance crashes', async () => {
    const asking = keepAsking(url());
    await system.engine.crash('tiny-3');
    const restarted = async (): Promise<boolean> =>
      (await system.engine.observe()).instances.some(({ id, restarts }) => id === 'tiny-3' && restarts === 1);
    await waitUntil('it runs again', restarted);
    await untilUp('tiny-2', 'tiny-3');
    expect((await asking.stop()).failed).toEqual([]);
  });

  test('stays where it is when it is asked again', async () => {
    const next = await system.reopen();
    expect(await locate(next)).toEqual(locations);
    expect(await locate(next, { gatewayPort: locations.gatewayPort })).toEqual(locations);
    next.disconnect();
  });

  test('is unharmed by a container that somebody puts into its network', async () => {
    const { workspace } = system.place;
    const argv = ['run', '--detach', '--rm', '--init', '--network', workspace, 'node:24-slim'];
    const guest = await docker(...argv, 'node', '-e', 'setInterval(() => {}, 1000)');
    try {
      await system.perform({ kind: 'start', unit: storeUnit('redis'), index: 1 });
      await system.perform({ kind: 'start', unit: tiny, index: 4 });
      await untilUp('tiny-2', 'tiny-3', 'tiny-4');
    } finally {
      await docker('rm', '--force', guest);
    }
  });

  test('leaves nothing behind', async () => {
    const { workspace } = system.place;
    const volumes = ['volume', 'ls', '--quiet', '--filter', `label=msa.workspace=${workspace}`];
    // The data of Redis, and what registry and gateway remember.
    expect((await docker(...volumes)).split('\n').length).toBe(3);
    await system.perform({ kind: 'close', data: true });
    expect(await leftBehind(workspace, system.place.root)).toEqual([]);
    const dangling = ['--filter', 'dangling=true', '--filter', `label=msa.workspace=${workspace}`];
    expect(await docker('images', '--quiet', ...dangling)).toBe('');
    expect((await system.engine.observe()).instances).toEqual([]);
    // A second time there is nothing to do, and that is fine.
    await system.perform({ kind: 'close', data: true });
  });

  test('takes other addresses when its own are taken at the last moment', async () => {
    const { workspace } = system.place;
    const next = await system.reopen();
    const range = (await locate(next)).trustedProxies.replace(/\d+$/, '0/24');
    const thief = `${workspace}-thief`;
    await docker('network', 'create', '--subnet', range, thief);
    try {
      await expect(system.perform({ kind: 'open' })).rejects.toMatchObject({
        code: 'MSA_ENGINE_FAILED',
        hint: 'Run msa up again: it takes others',
      });
      expect((await locate(await system.reopen())).trustedProxies).not.toBe(locations.trustedProxies);
    } finally {
      await docker('network', 'rm', thief);
    }
  });
});
