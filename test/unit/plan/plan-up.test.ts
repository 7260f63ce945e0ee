import { describe, expect, test } from 'vitest';

import { describeSystem } from '../../../src/plan/describe-system.ts';
import type { Desired } from '../../../src/plan/desired.ts';
import { renderPlan } from '../../../src/plan/plan-text.ts';
import { planUp, type UpQuestion } from '../../../src/plan/plan-up.ts';
import { withCallees } from '../../../src/plan/select-services.ts';
import { randomFrom } from '../scaffold/random-texts.ts';
import { factsOf, service, workspaceOf } from './random-systems.ts';
import { carryOut, emptyWorld, questionOf, type World } from './simulated-engine.ts';

const users = service('users', { replicas: 2, store: 'redis' });
const orders = service('orders', { calls: ['users'] });
const shop = workspaceOf([users, orders]);
const desired = describeSystem(factsOf(shop));

function running(system: Desired = desired): World {
  return carryOut(planUp(questionOf(system, emptyWorld)), {
    desired: system,
    world: emptyWorld,
    random: randomFrom(1),
  });
}

function plan(changes: Partial<UpQuestion>, world = running()): ReturnType<typeof planUp>['operations'] {
  return planUp({ ...questionOf(desired, world), ...changes }).operations;
}

const idsOf = (operations: ReturnType<typeof plan>): readonly string[] => operations.map(({ id }) => id);

describe('up from nothing', () => {
  const operations = plan({}, emptyWorld);

  test('says what it does and why', () => {
    expect(renderPlan({ operations })).toEqual([
      'open              nothing of it runs',
      'build registry    it was never built from these files',
      'build users       it was never built from these files',
      'build orders      it was never built from these files',
      'start registry-1  it does not run',
      'publish           the registry does not know the system',
      'start gateway-1   it does not run',
      'start redis-1     it does not run',
      'await registry    it is started',
      'await gateway     it is started',
      'await redis       it is started',
      'start users-1     it does not run',
      'start users-2     it does not run',
      'start orders-1    it does not run',
      'await users       it is started',
      'await orders      it is started',
    ]);
  });

  test('waits for what is needed and for nothing else', () => {
    const needs = Object.fromEntries(operations.map((operation) => [operation.id, operation.needs]));
    expect(needs['publish']).toEqual(['start registry-1']);
    expect(needs['start gateway-1']).toEqual(['open', 'build registry']);
    expect(needs['start redis-1']).toEqual(['open']);
    expect(needs['start users-1']).toEqual(['open', 'build users', 'await redis']);
    expect(needs['start orders-1']).toEqual(['open', 'build orders']);
    expect(needs['await users']).toEqual(['start users-1', 'start users-2', 'publish']);
  });

  test('builds nothing that is there', () => {
    const artefacts = new Set(['users:1', 'orders:1', 'platform']);
    const world = { ...emptyWorld, observation: { ...emptyWorld.observation, artefacts } };
    expect(idsOf(plan({}, world)).filter((id) => id.startsWith('build'))).toEqual([]);
  });
});

describe('up of what runs', () => {
  test('does nothing when nothing changed', () => {
    expect(plan({})).toEqual([]);
  });

  test('replaces a changed service, the new instances before the old', () => {
    const changed = describeSystem(
      factsOf(shop, {
        contents: new Map([
          ['users', '2'],
          ['orders', '1'],
        ]),
      }),
    );
    const operations = planUp(questionOf(changed, running())).operations;
    expect(renderPlan({ operations })).toEqual([
      'build users    it was never built from these files',
      'publish        instances are added',
      'start users-3  its files changed',
      'start users-4  its files changed',
      'await users    it is started',
      'stop users-1   its files changed',
      'stop users-2   its files changed',
    ]);
    expect(operations.find(({ id }) => id === 'stop users-1')?.needs).toEqual(['await users']);
    const after = carryOut({ operations }, { desired: changed, world: running(), random: randomFrom(2) });
    // The next change goes back to the first numbers.
    expect(idsOf(planUp({ ...questionOf(changed, after), restart: new Set(['users']) }).operations)).toContain(
      'start users-1',
    );
  });

  test('tells a changed configuration from changed files', () => {
    const other = workspaceOf([users, { ...orders, env: { LEVEL: 'debug' } }]);
    const operations = planUp(questionOf(describeSystem(factsOf(other)), running())).operations;
    expect(operations.find(({ id }) => id === 'stop orders-1')?.cause).toBe('its configuration changed');
  });

  test('only tells the registry when a route changed', () => {
    const other = workspaceOf([users, { ...orders, routes: [] }]);
    const operations = planUp(questionOf(describeSystem(factsOf(other)), running())).operations;
    expect(renderPlan({ operations })).toEqual(['publish  routes, calls or services changed']);
  });

  test('replaces the gateway in place when its port changed', () => {
    const { locations } = factsOf(shop);
    const moved = describeSystem(factsOf(shop, { locations: { ...locations, gatewayPort: 9000 } }));
    const operations = planUp(questionOf(moved, running())).operations;
    expect(idsOf(operations)).toEqual(['stop gateway-1', 'publish', 'start gateway-1', 'await gateway']);
    expect(operations.find(({ id }) => id === 'start gateway-1')?.needs).toEqual(['stop gateway-1']);
  });

  test('replaces an instance that ended under its own name', () => {
    const world = running();
    const instances = world.observation.instances.map((instance) =>
      instance.id === 'users-1' ? { ...instance, state: 'gone' as const, exitCode: 3 } : instance,
    );
    const operations = plan({ observation: { ...world.observation, instances } });
    expect(renderPlan({ operations })).toEqual([
      'stop users-1   ended with exit code 3',
      'publish        instances are added',
      'start users-1  users-1 ended with exit code 3',
      'await users    it is started',
    ]);
    expect(operations.find(({ id }) => id === 'start users-1')?.needs).toEqual(['stop users-1']);
  });

  test('waits for what is not healthy though nothing changed', () => {
    const table = running().table?.map((row) => (row.id === 'orders-1' ? { ...row, status: 'down' as const } : row));
    expect(renderPlan({ operations: plan({ table }) })).toEqual(['await orders  orders-1 is down']);
  });

  test('keeps old instances as long as the new ones of an earlier run are not healthy', () => {
    const changed = describeSystem(
      factsOf(shop, {
        contents: new Map([
          ['users', '1'],
          ['orders', '2'],
        ]),
      }),
    );
    const operations = planUp(questionOf(changed, running())).operations.filter(({ kind }) => kind !== 'stop');
    const half = carryOut({ operations }, { desired: changed, world: running(), random: randomFrom(3) });
    const table = half.table?.map((row) => (row.id === 'orders-2' ? { ...row, status: 'starting' as const } : row));
    const again = planUp({ ...questionOf(changed, half), table }).operations;
    expect(again.find(({ id }) => id === 'stop orders-1')?.needs).toEqual(['await orders']);
  });

  test('repairs a table in which somebody began to stop an instance and was killed', () => {
    const table = running().table?.map((row) =>
      row.id === 'orders-1' ? { ...row, draining: true, status: 'draining' as const } : row,
    );
    expect(idsOf(plan({ table }))).toEqual(['publish', 'await orders']);
  });

  test('waits for everybody again when the registry has to be started anew', () => {
    const world = running();
    const instances = world.observation.instances.filter(({ role }) => role !== 'registry');
    const observation = { ...world.observation, instances, systemVersion: undefined };
    const ids = idsOf(plan({ observation, table: undefined }));
    expect(ids).toEqual([
      'start registry-1',
      'publish',
      'await registry',
      'await gateway',
      'await redis',
      'await users',
      'await orders',
    ]);
  });

  test('takes away what is too much, first of all what does not serve', () => {
    const fewer = describeSystem(factsOf(shop, { replicas: new Map([['users', 1]]) }));
    const table = running().table?.map((row) => (row.id === 'users-1' ? { ...row, status: 'down' as const } : row));
    const operations = planUp({ ...questionOf(fewer, running()), table }).operations;
    expect(renderPlan({ operations })).toEqual(['stop users-1  1 is wanted']);
  });

  test('stops a store after the last service that had it', () => {
    const without = workspaceOf([{ ...users, store: 'memory' }, orders]);
    const operations = planUp(questionOf(describeSystem(factsOf(without)), running())).operations;
    expect(operations.find(({ id }) => id === 'stop redis-1')?.needs).toEqual([
      'publish',
      'stop users-1',
      'stop users-2',
    ]);
  });
});

describe('what was asked for', () => {
  test('services by name bring what they call, and leave the rest alone', () => {
    const third = service('mail');
    const system = describeSystem(factsOf(workspaceOf([users, orders, third])));
    const selected = withCallees([users, orders, third], ['orders']);
    expect([...selected].toSorted()).toEqual(['orders', 'users']);
    const ids = idsOf(planUp({ ...questionOf(system, emptyWorld), selected }).operations);
    expect(ids).toContain('start users-1');
    expect(ids).toContain('start redis-1');
    expect(ids).not.toContain('start mail-1');
  });

  test('a selection leaves stores alone that only others need, and what msa.yaml dropped', () => {
    const alone = describeSystem(factsOf(workspaceOf([orders, users])));
    const ids = idsOf(planUp({ ...questionOf(alone, emptyWorld), selected: new Set(['orders']) }).operations);
    expect(ids).not.toContain('start redis-1');
    const less = describeSystem(factsOf(workspaceOf([users])));
    const operations = planUp({ ...questionOf(less, running()), selected: new Set(['users']) }).operations;
    expect(idsOf(operations)).toEqual(['publish']);
  });

  test('a service that runs elsewhere is stopped here, and may be called and call from anywhere', () => {
    const except = new Set(['users', 'orders']);
    const system = describeSystem(factsOf(shop, { except }));
    const operations = planUp({ ...questionOf(system, running()), except }).operations;
    expect(operations.filter(({ kind }) => kind === 'stop').map(({ id, cause }) => `${id}: ${cause}`)).toEqual([
      'stop users-1: it runs elsewhere',
      'stop users-2: it runs elsewhere',
      'stop orders-1: it runs elsewhere',
    ]);
    expect(system.system.edges).toMatchObject([{ caller: 'orders', callee: 'users', checkCaller: false }]);
    expect(system.units.map(({ name }) => name)).toEqual(['registry', 'gateway', 'redis']);
  });

  test('a restart of one instance replaces just that one', () => {
    expect(idsOf(plan({ restart: new Set(['users-2']) }))).toEqual([
      'publish',
      'start users-3',
      'await users',
      'stop users-2',
    ]);
  });

  test('a new build replaces everything that is built from a folder', () => {
    const operations = plan({ rebuild: true });
    expect(operations.filter(({ kind }) => kind === 'build').map(({ id }) => id)).toEqual([
      'build users',
      'build orders',
    ]);
    expect(idsOf(operations)).toContain('stop orders-1');
    expect(idsOf(operations)).not.toContain('stop gateway-1');
  });
});
