import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { listDockerSystems } from '../../../../src/engines/docker/list-systems.ts';
import type { Unit } from '../../../../src/plan/desired.ts';
import { docker, hasDocker } from '../../../support/docker.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { folderUnit, locate, platformUnit, testSystem, tinyService, type TestSystem } from './support/system.ts';

describe.skipIf(!hasDocker)('a system in Docker', () => {
  let system: TestSystem;
  let tiny: Unit;
  const [registry, gateway] = [platformUnit('registry'), platformUnit('gateway')];

  beforeAll(async () => {
    system = await testSystem();
    tiny = await folderUnit(system.engine, 'tiny', { directory: await system.folder('tiny', tinyService) });
    system.want([registry, gateway, tiny]);
    await locate(system.engine);
    await system.perform({ kind: 'open' });
    await Promise.all([registry, gateway, tiny].map((unit) => system.perform({ kind: 'build', unit })));
    await Promise.all([
      system.perform({ kind: 'start', unit: registry, index: 1 }).then(() => system.perform({ kind: 'publish' })),
      system.perform({ kind: 'start', unit: gateway, index: 1 }),
      ...[1, 2].map((index) => system.perform({ kind: 'start', unit: tiny, index })),
    ]);
  }, 120_000);
  afterAll(() => system[Symbol.asyncDispose]());

  test('is seen by the next command as it was made', async () => {
    const next = await system.reopen();
    const seen = await next.observe();
    expect(seen.ground).toBe(true);
    expect(seen.instances.map(({ id, role, state, hash }) => ({ id, role, state, hash }))).toEqual([
      { id: 'gateway-1', role: 'gateway', state: 'running', hash: gateway.hash },
      { id: 'registry-1', role: 'registry', state: 'running', hash: registry.hash },
      { id: 'tiny-1', role: 'service', state: 'running', hash: tiny.hash },
      { id: 'tiny-2', role: 'service', state: 'running', hash: tiny.hash },
    ]);
    expect([...seen.artefacts]).toEqual(expect.arrayContaining([next.artefactKey(tiny), next.artefactKey(gateway)]));
    next.disconnect();
  });

  test('is known to its registry, which finds every instance healthy', async () => {
    const control = await system.engine.control();
    await waitUntil('both instances are up', async () => {
      for await (const state of control?.watch(AbortSignal.timeout(5000)) ?? [])
        return state.instances.filter(({ status }) => status === 'up').length === 2;
      return false;
    });
    expect((await control?.system())?.workspace).toBe(system.place.workspace);
    expect((await system.engine.observe()).systemVersion).toBe((await control?.system())?.version);
  });

  test('runs commands beside an instance, in its environment', async () => {
    expect(await system.engine.exec('tiny-1', ['sh', '-c', '[ "$INSTANCE_ID" = tiny-1 ] && exit 7'])).toBe(7);
    expect(await system.engine.exec('tiny-2', ['true'])).toBe(0);
  });

  test('is on the list of systems of this machine', async () => {
    const { workspace, root } = system.place;
    const found = (await listDockerSystems(system.options)).find((each) => each.workspace === workspace);
    expect(found).toEqual({ engine: 'docker', workspace, directory: root, instances: 4 });
  });

  test('starts an instance again that crashed', async () => {
    const restarts = async (): Promise<number | undefined> =>
      (await system.engine.observe()).instances.find(({ id }) => id === 'tiny-2')?.restarts;
    expect(await restarts()).toBe(0);
    await system.engine.crash('tiny-2');
    await waitUntil('it is back', async () => (await restarts()) === 1);
    expect(
      await docker(
        'ps',
        '--all',
        '--quiet',
        '--filter',
        'label=msa.role=helper',
        '--filter',
        `label=msa.workspace=${system.place.workspace}`,
      ),
    ).toBe('');
  });
});
