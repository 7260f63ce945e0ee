import { describe, expect, test } from 'vitest';

import { down } from '../../../../src/app/system/down.ts';
import { findPlace } from '../../../../src/app/system/find-place.ts';
import { placeOf } from '../../../../src/app/system/place-of.ts';
import { up } from '../../../../src/app/system/up.ts';
import type { SystemOnMachine } from '../../../../src/ports/engine.ts';
import { broken, livingEngine } from './living-engine.ts';
import { filesOf, machine, openedOf, settingOf, shop, upRequest } from './setting.ts';

describe('down', () => {
  test('ends everything in one go', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    living.begun.length = 0;
    const result = await down(deps, await placeOf(deps, openedOf(shop)), { data: false });
    expect(result.stopped).toHaveLength(6);
    expect(living.instances.size).toBe(0);
    expect(living.begun).toEqual(['close']);
  });

  test('of what does not run has nothing to do, but removes data where that was asked for', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    const place = await placeOf(deps, openedOf(shop));
    expect(await down(deps, place, { data: false })).toMatchObject({ engines: [], stopped: [] });
    expect(living.begun).toEqual([]);
    await down(deps, place, { data: true });
    expect(living.begun).toEqual(['close']);
  });

  test('looks at both engines', async () => {
    const both = [livingEngine('docker'), livingEngine('process')];
    for (const living of both) await up(settingOf(machine([living])).deps, openedOf(shop), upRequest());
    const { deps } = settingOf(machine(both));
    const result = await down(deps, await placeOf(deps, openedOf(shop)), { data: false });
    expect(result.engines).toEqual(['docker', 'process']);
    expect(both.map(({ instances }) => instances.size)).toEqual([0, 0]);
  });

  test('lists what is left', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    living.failures.set('close', broken('orders-1 does not let go'));
    const failure = down(deps, await placeOf(deps, openedOf(shop)), { data: false });
    await expect(failure).rejects.toMatchObject({
      code: 'MSA_DOWN_FAILED',
      details: expect.arrayContaining(['close: orders-1 does not let go', 'left: orders-1 (running)']),
    });
  });
});

describe('which workspace is meant', () => {
  const systems: readonly SystemOnMachine[] = [
    { engine: 'process', workspace: 'shop-123456', directory: '/gone/shop', instances: 3 },
    { engine: 'docker', workspace: 'shop-abcdef', directory: '/w', instances: 3 },
    { engine: 'docker', workspace: 'memo-abcdef', directory: '/memo', instances: 3 },
  ];
  const find = (files: Readonly<Record<string, string>>, directory: string, workspace?: string) => {
    const { deps } = settingOf(machine([], systems), { files: filesOf(files) });
    return findPlace(deps, { directory, workspace });
  };

  test('is said by the folder', async () => {
    await expect(find({ '/x/msa.yaml': 'name: other\nservices: {}\n' }, '/x/y')).resolves.toMatchObject({
      name: 'other',
      root: '/x',
    });
  });

  test('is known from where it was started when msa.yaml is broken or gone', async () => {
    const place = { workspace: 'shop-abcdef', name: 'shop', root: '/w' };
    await expect(find({ '/w/msa.yaml': 'name: [' }, '/w/deep')).resolves.toEqual(place);
    await expect(find({}, '/w')).resolves.toEqual(place);
  });

  test('is an error with its lines when nothing was started there', async () => {
    await expect(find({ '/y/msa.yaml': 'name: [' }, '/y')).rejects.toMatchObject({ code: 'MSA_WORKSPACE_INVALID' });
  });

  test('can be named, where the name means only one', async () => {
    await expect(find({}, '/', 'shop-123456')).resolves.toMatchObject({ root: '/gone/shop' });
    await expect(find({}, '/', 'memo')).resolves.toMatchObject({ workspace: 'memo-abcdef' });
    await expect(find({}, '/', 'shop')).rejects.toMatchObject({
      message: 'several systems are called shop',
      details: ['There are: shop-123456, shop-abcdef'],
    });
    await expect(find({}, '/', 'shpo')).rejects.toMatchObject({
      code: 'MSA_USAGE',
      details: ['There are: shop-123456, shop-abcdef, memo-abcdef'],
    });
  });
});
