import { describe, expect, test } from 'vitest';

import type { Desired } from '../../../src/plan/desired.ts';
import { unitOf, type Plan } from '../../../src/plan/operation.ts';
import { planDown } from '../../../src/plan/plan-down.ts';
import { planUp } from '../../../src/plan/plan-up.ts';
import { randomFrom } from '../scaffold/random-texts.ts';
import { pick, randomDesired, type Random } from './random-systems.ts';
import { carryOut, emptyWorld, questionOf, type World } from './simulated-engine.ts';

/** Tries a property on many systems; a failure names the seed that shows it. */
function always(check: (random: Random) => void): void {
  for (let seed = 0; seed < 300; seed += 1) {
    try {
      check(randomFrom(seed));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** A world in which an older system runs, and in which anything may have happened since. */
function randomWorld(random: Random): { readonly old: Desired; readonly world: World } {
  const old = randomDesired(random);
  if (random() < 0.15) return { old, world: emptyWorld };
  const world = carryOut(planUp(questionOf(old, emptyWorld)), { desired: old, world: emptyWorld, random });
  const instances = world.observation.instances
    .filter(() => random() > 0.1)
    .map((instance) => {
      if (random() < 0.1) return { ...instance, state: 'gone' as const, exitCode: 1 };
      return random() < 0.1 ? { ...instance, state: 'restarting' as const } : instance;
    });
  const artefacts = new Set([...world.observation.artefacts].filter(() => random() > 0.2));
  const isDeaf = !instances.some(({ role, state }) => role === 'registry' && state !== 'gone') || random() < 0.1;
  const table = world.table
    ?.filter(() => random() > 0.05)
    .map((row) => (random() < 0.1 ? { ...row, status: pick(random, ['starting', 'down', 'draining'] as const) } : row))
    .map((row) => ({ ...row, draining: row.status === 'draining' }));
  const systemVersion = isDeaf ? undefined : world.observation.systemVersion;
  return {
    old,
    world: {
      observation: { ...world.observation, instances, artefacts, systemVersion },
      table: isDeaf ? undefined : table,
    },
  };
}

function expectWellFormed({ operations }: Plan): void {
  const before = new Set<string>();
  for (const { id, needs, cause } of operations) {
    expect(before.has(id), `${id} is there twice`).toBe(false);
    for (const need of needs)
      expect(before.has(need), `${id} needs ${need}, which does not stand before it`).toBe(true);
    expect(cause).not.toBe('');
    before.add(id);
  }
}

function alive({ observation }: World, name: string): number {
  return observation.instances.filter(({ unit, state }) => unit === name && state !== 'gone').length;
}

describe('a plan for any workspace over anything that runs', () => {
  test('is well-formed, works in any order it allows, and leaves nothing to do', () => {
    always((random) => {
      const { world } = randomWorld(random);
      const desired = randomDesired(random);
      const plan = planUp(questionOf(desired, world));
      expectWellFormed(plan);
      const after = carryOut(plan, { desired, world, random });
      expect(planUp(questionOf(desired, after)).operations).toEqual([]);
      const made = after.observation.instances.map(({ unit, hash }) => `${unit} ${hash}`).toSorted();
      const wanted = desired.units.flatMap(({ name, hash, replicas }) =>
        Array.from({ length: replicas }, () => `${name} ${hash}`),
      );
      expect(made).toEqual(wanted.toSorted());
    });
  });

  test('never leaves a service with fewer instances than it had or than are wanted', () => {
    always((random) => {
      const { world } = randomWorld(random);
      const desired = randomDesired(random);
      const least = desired.units
        .filter(({ role }) => role === 'service')
        .map(({ name, replicas }) => ({ name, count: Math.min(alive(world, name), replicas) }));
      const look = (now: World): void => {
        for (const { name, count } of least) expect(alive(now, name), name).toBeGreaterThanOrEqual(count);
      };
      carryOut(planUp(questionOf(desired, world)), { desired, world, random, look });
    });
  });

  test('touches nothing but a service whose files changed', () => {
    always((random) => {
      const old = randomDesired(random);
      const world = carryOut(planUp(questionOf(old, emptyWorld)), { desired: old, world: emptyWorld, random });
      const changed = old.units.findLast(({ role, replicas }) => role === 'service' && replicas > 0);
      if (changed === undefined) return;
      const units = old.units.map((unit) => (unit === changed ? { ...unit, hash: `other-${unit.hash}` } : unit));
      const { operations } = planUp(questionOf({ ...old, units }, world));
      const touched = new Set(operations.map((operation) => unitOf(operation)));
      expect(touched).toEqual(new Set([changed.name, undefined]));
      expect(operations.filter((operation) => unitOf(operation) === undefined).map(({ kind }) => kind)).toEqual([
        'publish',
      ]);
    });
  });

  test('to end it all leaves nothing', () => {
    always((random) => {
      const { old, world } = randomWorld(random);
      const plan = planDown(world.observation, { data: false });
      expectWellFormed(plan);
      const { observation } = carryOut(plan, { desired: old, world, random });
      expect(observation.instances).toEqual([]);
      expect(observation.ground).toBe(false);
      expect(planDown(observation, { data: false }).operations).toEqual([]);
    });
  });
});
