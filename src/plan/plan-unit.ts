import type { Instance } from '../protocol/instances.ts';
import type { Unit } from './desired.ts';
import type { ObservedInstance } from './observation.ts';
import { differenceOf } from './unit-hash.ts';

/** What is to be done to the instances of one unit. */
export interface UnitChange {
  readonly unit: Unit;
  readonly starts: readonly UnitStart[];
  /** In the way of a start, or dead: they go at once. */
  readonly stopsFirst: readonly UnitStop[];
  /** They serve until the others do. */
  readonly stopsLast: readonly UnitStop[];
  /** Instances that stay and are not known to be healthy, each with the reason. */
  readonly unsettled: readonly UnitStop[];
}

export interface UnitStart {
  readonly index: number;
  readonly cause: string;
  /** Instances that must be gone before it: the dead one whose name it takes, and of the platform all before it. */
  readonly after: readonly string[];
}

export interface UnitStop {
  readonly instance: string;
  readonly cause: string;
}

export interface UnitQuestion {
  readonly unit: Unit;
  readonly observed: readonly ObservedInstance[];
  /** The registry's rows; undefined when it does not answer. */
  readonly table: ReadonlyMap<string, Instance> | undefined;
  /** Why an instance is replaced although it is as it should be; undefined: it is not. */
  readonly forced: (instance: ObservedInstance) => string | undefined;
}

/** Decides about one unit: services get new instances before the old ones go, the platform's are replaced in place. */
export function planUnit(question: UnitQuestion): UnitChange {
  const { unit, observed } = question;
  const dead = observed.filter(({ state }) => state === 'gone');
  const alive = observed.filter(({ state }) => state !== 'gone').map((instance) => judge(instance, question));
  const current = alive.filter(({ stale }) => stale === undefined).toSorted(bestFirst);
  const outdated = alive.filter(({ stale }) => stale !== undefined);
  const kept = current.slice(0, unit.replicas);
  const surplus = current.slice(unit.replicas).map(({ instance }) => ({
    instance: instance.id,
    cause: `${unit.replicas} ${unit.replicas === 1 ? 'is' : 'are'} wanted`,
  }));
  const replaced = outdated.map(({ instance, stale = '' }) => ({ instance: instance.id, cause: stale }));
  const inPlace = unit.role !== 'service';
  const occupied = (inPlace ? kept : alive).map(({ instance }) => instance.index);
  const removed = dead.map((instance) => ({ instance: instance.id, cause: endOf(instance) }));
  const stopsFirst = [...removed, ...(inPlace ? [...replaced, ...surplus] : [])];
  return {
    unit,
    starts: planStarts(question, { kept: kept.length, occupied, dead, outdated, stopsFirst }),
    stopsFirst,
    stopsLast: inPlace ? [] : [...replaced, ...surplus],
    unsettled: kept.flatMap(({ instance, doubt }) =>
      doubt === undefined ? [] : [{ instance: instance.id, cause: doubt }],
    ),
  };
}

interface Judged {
  readonly instance: ObservedInstance;
  /** Why it has to be replaced. */
  readonly stale: string | undefined;
  /** Why it is not known to be healthy. */
  readonly doubt: string | undefined;
}

function judge(instance: ObservedInstance, { unit, table, forced }: UnitQuestion): Judged {
  const changed = instance.hash === unit.hash ? undefined : differenceOf(instance.hash, unit.hash);
  return { instance, stale: changed ?? forced(instance), doubt: doubtOf(instance, unit, table) };
}

function doubtOf({ id, state }: ObservedInstance, { role }: Unit, table: UnitQuestion['table']): string | undefined {
  if (state !== 'running') return `${id} is ${state}`;
  if (table === undefined) return 'the registry does not answer';
  if (role === 'registry' || role === 'gateway') return undefined;
  const status = table.get(id)?.status;
  if (status === 'up') return undefined;
  return status === undefined ? `the registry does not know ${id}` : `${id} is ${status}`;
}

/** When there are too many, those that serve stay. */
function bestFirst(left: Judged, right: Judged): number {
  const doubts = Number(left.doubt !== undefined) - Number(right.doubt !== undefined);
  return doubts === 0 ? left.instance.index - right.instance.index : doubts;
}

interface Present {
  readonly kept: number;
  readonly occupied: readonly number[];
  readonly dead: readonly ObservedInstance[];
  readonly outdated: readonly Judged[];
  readonly stopsFirst: readonly UnitStop[];
}

/** New instances take the lowest free numbers; a dead one's is free once it is removed. */
function planStarts({ unit }: UnitQuestion, present: Present): readonly UnitStart[] {
  const { kept, occupied, dead, outdated, stopsFirst } = present;
  const inPlace = unit.role !== 'service';
  const starts: UnitStart[] = [];
  const taken = new Set(occupied);
  for (let index = 1; starts.length < unit.replicas - kept; index += 1) {
    if (taken.has(index)) continue;
    const left = dead.find((instance) => instance.index === index);
    const replaced = outdated[starts.length];
    starts.push({
      index,
      cause: left === undefined ? (replaced?.stale ?? missing(unit, kept)) : `${left.id} ${endOf(left)}`,
      after: inPlace ? stopsFirst.map(({ instance }) => instance) : namesOf(left),
    });
  }
  return starts;
}

function namesOf(instance: ObservedInstance | undefined): readonly string[] {
  return instance === undefined ? [] : [instance.id];
}

function missing({ replicas }: Unit, kept: number): string {
  return kept === 0 ? 'it does not run' : `${replicas} are wanted, ${kept === 1 ? '1 is' : `${kept} are`} there`;
}

function endOf({ exitCode }: ObservedInstance): string {
  return exitCode === undefined ? 'never ran' : `ended with exit code ${exitCode}`;
}
