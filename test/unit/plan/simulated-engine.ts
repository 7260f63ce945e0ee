import type { Desired, Unit } from '../../../src/plan/desired.ts';
import type { ObservedInstance, Observation } from '../../../src/plan/observation.ts';
import type { Operation, Plan } from '../../../src/plan/operation.ts';
import type { UpQuestion } from '../../../src/plan/plan-up.ts';
import type { Instance } from '../../../src/protocol/instances.ts';
import { pick, type Random } from './random-systems.ts';

/** What an engine and its registry have, as far as plans can tell. */
export interface World {
  readonly observation: Observation;
  readonly table: readonly Instance[] | undefined;
}

export const emptyWorld: World = {
  observation: { ground: false, instances: [], artefacts: new Set(), systemVersion: undefined },
  table: undefined,
};

export function artefactKey({ name, role, program }: Unit): string | undefined {
  if (program.kind === 'folder') return `${name}:${program.content}`;
  return role === 'gateway' || role === 'registry' ? 'platform' : undefined;
}

export function questionOf(desired: Desired, { observation, table }: World): UpQuestion {
  return {
    desired,
    observation,
    table,
    selected: undefined,
    except: new Set(),
    restart: new Set(),
    rebuild: false,
    artefactKey,
  };
}

interface Setting {
  readonly desired: Desired;
  readonly world: World;
  readonly random: Random;
  /** Told of the world after each operation. */
  readonly look?: (world: World) => void;
}

/** Carries a plan out in a random one of the orders it allows; throws when one of them cannot work. */
export function carryOut(plan: Plan, { desired, world, random, look }: Setting): World {
  const pending = new Map(plan.operations.map((operation) => [operation.id, operation]));
  let current = world;
  while (pending.size > 0) {
    const ready = [...pending.values()].filter(({ needs }) => needs.every((id) => !pending.has(id)));
    const operation = pick(random, ready);
    pending.delete(operation.id);
    current = perform(operation, desired, current);
    look?.(current);
  }
  return current;
}

function perform(operation: Operation, desired: Desired, world: World): World {
  const { observation } = world;
  switch (operation.kind) {
    case 'open':
      return { ...world, observation: { ...observation, ground: true } };
    case 'build': {
      const artefacts = new Set([...observation.artefacts, artefactKey(operation.unit) ?? 'nothing']);
      return { ...world, observation: { ...observation, artefacts } };
    }
    case 'start':
      return start(operation, world);
    case 'publish':
      demand(operation, { 'a registry': isRunning(world, 'registry') });
      return told({ table: [], observation: { ...observation, systemVersion: desired.system.version } });
    case 'await':
      for (const id of operation.instances) demand(operation, { [id]: isHealthy(world, id) });
      return settled(world, operation.instances);
    case 'stop':
      return stop(operation, world);
    case 'close':
      return { ...emptyWorld, observation: { ...emptyWorld.observation, artefacts: observation.artefacts } };
  }
  throw new Error('no such operation');
}

function demand({ id }: Operation, conditions: Readonly<Record<string, boolean>>): void {
  for (const [what, holds] of Object.entries(conditions)) if (!holds) throw new Error(`${id} lacks ${what}`);
}

function start(operation: Extract<Operation, { kind: 'start' }>, world: World): World {
  const { unit, index } = operation;
  const { observation } = world;
  const instance = instanceOf(unit, index);
  const key = artefactKey(unit);
  demand(operation, {
    'the ground': observation.ground,
    'its artefact': key === undefined || observation.artefacts.has(key),
    'a free name': !observation.instances.some(({ id }) => id === instance.id),
    'its port': unit.role === 'service' || !observation.instances.some(({ unit: name }) => name === unit.name),
    'what it needs': unit.needs.every((need) => isUp(world, need)),
  });
  return told({ ...world, observation: { ...observation, instances: [...observation.instances, instance] } });
}

function stop(operation: Extract<Operation, { kind: 'stop' }>, world: World): World {
  const { observation } = world;
  const instances = observation.instances.filter(({ id }) => id !== operation.instance);
  demand(operation, { 'anything to stop': instances.length < observation.instances.length });
  if (operation.unit !== 'registry') return told({ ...world, observation: { ...observation, instances } });
  return { table: undefined, observation: { ...observation, instances, systemVersion: undefined } };
}

/** What waits long enough becomes healthy, in this world. */
function settled(world: World, ids: readonly string[]): World {
  const instances = world.observation.instances.map((instance) =>
    ids.includes(instance.id) ? { ...instance, state: 'running' as const } : instance,
  );
  return told({ ...world, observation: { ...world.observation, instances } });
}

/** The engine tells the registry of every change, once it was told itself what the system is. */
function told(world: World): World {
  if (world.table === undefined) return world;
  const { instances } = world.observation;
  const table = instances
    .filter(({ role, state }) => role !== 'registry' && role !== 'gateway' && state !== 'gone')
    .map(rowOf);
  return { ...world, table };
}

export function rowOf({ id, unit }: ObservedInstance): Instance {
  return {
    id,
    service: unit,
    address: '10.0.0.9',
    port: 8080,
    draining: false,
    status: 'up',
    since: '2026-01-01T00:00:00Z',
    source: 'engine',
    problem: '',
  };
}

export function instanceOf(unit: Pick<Unit, 'name' | 'role' | 'hash'>, index: number): ObservedInstance {
  return {
    id: `${unit.name}-${index}`,
    unit: unit.name,
    role: unit.role,
    index,
    hash: unit.hash,
    state: 'running',
    restarts: 0,
    exitCode: undefined,
    startedAt: '2026-01-01T00:00:00Z',
    address: '10.0.0.9',
    port: 8080,
    published: undefined,
    pid: undefined,
  };
}

function isRunning({ observation }: World, unit: string): boolean {
  return observation.instances.some((instance) => instance.unit === unit && instance.state !== 'gone');
}

function isUp(world: World, unit: string): boolean {
  return isRunning(world, unit) && world.table !== undefined;
}

function isHealthy(world: World, id: string): boolean {
  const instance = world.observation.instances.find((each) => each.id === id);
  if (instance === undefined || instance.state === 'gone') return false;
  if (instance.role === 'registry' || instance.role === 'gateway') return true;
  return world.table?.some((row) => row.id === id) === true;
}
