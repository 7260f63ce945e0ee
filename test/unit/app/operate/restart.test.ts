import { expect, test } from 'vitest';

import { restart, type Restarted } from '../../../../src/app/operate/restart.ts';
import { changeSystem } from '../../../../src/app/system/change-system.ts';
import { placeOf } from '../../../../src/app/system/place-of.ts';
import { up } from '../../../../src/app/system/up.ts';
import { livingEngine, type Living } from '../system/living-engine.ts';
import { machine, openedOf, settingOf, shop, upRequest } from '../system/setting.ts';

/** The shop as it runs after `msa up`. */
async function runningShop() {
  const living = livingEngine();
  const { deps } = settingOf(machine([living]));
  const opened = openedOf(shop);
  await up(deps, opened, upRequest());
  const place = await placeOf(deps, opened);
  const subject = async () => ({ engine: living.engine, observation: await living.engine.observe(), opened, place });
  return {
    living,
    restart: async (...names: readonly string[]): Promise<Restarted> => {
      living.begun.length = 0;
      return restart(deps, await subject(), { names, timeoutMs: 5000 });
    },
    scale: async (service: string, replicas: number) =>
      changeSystem(deps, await subject(), {
        services: [service],
        replicas: new Map([[service, replicas]]),
        timeoutMs: 5000,
      }),
  };
}

function begunOf(living: Living): readonly string[] {
  return living.begun.filter((id) => /^(?:start|stop) /.test(id));
}

test('replaces one instance after the other, the new one before the old one', async () => {
  const { living, restart: restartNow } = await runningShop();
  expect(await restartNow('users')).toEqual({ replaced: ['users-1', 'users-2'], failure: undefined });
  expect(begunOf(living)).toEqual(['start users-3', 'stop users-1', 'start users-1', 'stop users-2']);
});

test('replaces one instance that is named', async () => {
  const { living, restart: restartNow } = await runningShop();
  expect(await restartNow('users-2')).toMatchObject({ replaced: ['users-2'] });
  expect(begunOf(living)).toEqual(['start users-3', 'stop users-2']);
});

test('leaves as many as there were, whatever msa.yaml says', async () => {
  const { living, restart: restartNow, scale } = await runningShop();
  await scale('orders', 3);
  await restartNow('orders');
  const orders = [...living.instances.values()].filter(({ unit }) => unit === 'orders');
  expect(orders).toHaveLength(3);
});

test('stops at the first new instance that does not get healthy; the old ones go on serving', async () => {
  const { living, restart: restartNow } = await runningShop();
  living.behaviours.set('users', 'ends');
  const { replaced, failure } = await restartNow('users');
  expect(replaced).toEqual([]);
  expect(failure).toMatchObject({ code: 'MSA_UP_FAILED' });
  expect(begunOf(living)).toEqual(['start users-3']);
  expect([...living.instances.keys()]).toEqual(expect.arrayContaining(['users-1', 'users-2']));
});

test('replaces a part of the platform in place, and no service', async () => {
  const { living, restart: restartNow } = await runningShop();
  expect(await restartNow('gateway')).toMatchObject({ replaced: ['gateway-1'], failure: undefined });
  expect(begunOf(living)).toEqual(['stop gateway-1', 'start gateway-1']);
});

test('refuses what does not run', async () => {
  const { restart: restartNow } = await runningShop();
  await expect(restartNow('user')).rejects.toMatchObject({ code: 'MSA_INSTANCE_UNKNOWN', hint: 'Did you mean users?' });
});
