import type { Role, Unit } from './desired.ts';
import type { Operation } from './operation.ts';
import type { UnitChange, UnitStart, UnitStop } from './plan-unit.ts';

/** An instance of a unit that nobody asks for any more. */
export interface Removal extends UnitStop {
  readonly unit: string;
  readonly role: Role;
}

/** Everything that has to be done, without its order. */
export interface Changes {
  readonly changes: readonly UnitChange[];
  readonly removals: readonly Removal[];
  /** Why each is needed; undefined: it is not. */
  readonly openCause: string | undefined;
  readonly publishCause: string | undefined;
  readonly buildCause: (unit: Unit) => string | undefined;
  readonly artefactKey: (unit: Unit) => string | undefined;
}

/**
 * Gives every operation what it needs, and not more: what does not need each other happens at once. The list is in an
 * order in which it could be done one by one.
 */
export function arrangeUp(all: Changes): readonly Operation[] {
  const builds = planBuilds(all);
  const drafts = [
    ...(all.openCause === undefined ? [] : [{ kind: 'open', id: 'open', cause: all.openCause, needs: [] } as const]),
    ...builds.operations,
    ...all.changes.flatMap((change) => firstStops(change, builds)),
    ...all.changes.filter(isRegistry).flatMap((change) => starts(change, builds)),
    ...publish(all),
    ...all.changes.filter(isBeside).flatMap((change) => starts(change, builds)),
    ...all.changes.filter((change) => !isService(change)).flatMap(awaitOf),
    ...all.changes.filter(isService).flatMap((change) => starts(change, builds)),
    ...all.changes.filter(isService).flatMap(awaitOf),
    ...all.changes.flatMap(lastStops),
    ...removals(all),
  ];
  return withoutMissingNeeds(drafts);
}

/** Needs are written down as if everything had to be done; what need not be done is no need. */
function withoutMissingNeeds(operations: readonly Operation[]): readonly Operation[] {
  const ids = new Set(operations.map(({ id }) => id));
  return operations.map((operation) => ({ ...operation, needs: operation.needs.filter((id) => ids.has(id)) }));
}

const isRegistry = ({ unit }: UnitChange): boolean => unit.role === 'registry';
const isService = ({ unit }: UnitChange): boolean => unit.role === 'service';
const isBeside = (change: UnitChange): boolean => !isRegistry(change) && !isService(change);

const startId = (unit: string, index: number): string => `start ${unit}-${index}`;
const stopId = (instance: string): string => `stop ${instance}`;
const awaitId = (unit: string): string => `await ${unit}`;

interface Builds {
  readonly operations: readonly Operation[];
  /** The operation that builds what a unit runs from. */
  readonly idOf: (unit: Unit) => string;
}

/** Units that run from the same artefact have it built once. */
function planBuilds({ changes, buildCause, artefactKey }: Changes): Builds {
  const byKey = new Map<string, Operation>();
  for (const { unit, starts: started } of changes) {
    const key = artefactKey(unit);
    const cause = buildCause(unit);
    if (key === undefined || cause === undefined || started.length === 0 || byKey.has(key)) continue;
    byKey.set(key, { kind: 'build', id: `build ${unit.name}`, unit, cause, needs: ['open'] });
  }
  return {
    operations: [...byKey.values()],
    idOf: (unit) => byKey.get(artefactKey(unit) ?? '')?.id ?? '',
  };
}

/** What is replaced in place goes only when there is something to replace it with. */
function firstStops({ unit, stopsFirst }: UnitChange, builds: Builds): readonly Operation[] {
  return stopsFirst.map((stop) => stopOf(stop, unit.name, [builds.idOf(unit)]));
}

function starts({ unit, starts: started }: UnitChange, builds: Builds): readonly Operation[] {
  return started.map(({ index, cause, after }: UnitStart) => ({
    kind: 'start',
    id: startId(unit.name, index),
    unit,
    index,
    cause,
    needs: [
      'open',
      builds.idOf(unit),
      ...after.map((instance) => stopId(instance)),
      ...unit.needs.map((name) => awaitId(name)),
    ],
  }));
}

/** Told as soon as the registry runs, so that it looks at every instance from its first moment on. */
function publish({ changes, publishCause: cause }: Changes): readonly Operation[] {
  if (cause === undefined) return [];
  const registry = changes.filter(isRegistry).flatMap(({ unit, starts: started }) => idsOf(unit, started));
  return [{ kind: 'publish', id: 'publish', cause, needs: registry }];
}

function awaitOf({ unit, starts: started, unsettled }: UnitChange): readonly Operation[] {
  const cause = started.length > 0 ? 'it is started' : unsettled[0]?.cause;
  if (cause === undefined) return [];
  const instances = [...started.map(({ index }) => `${unit.name}-${index}`), ...unsettled.map((each) => each.instance)];
  const needs = [...idsOf(unit, started), 'publish'];
  return [{ kind: 'await', id: awaitId(unit.name), unit: unit.name, instances, cause, needs }];
}

function lastStops({ unit, stopsLast }: UnitChange): readonly Operation[] {
  return stopsLast.map((stop) => stopOf(stop, unit.name, [awaitId(unit.name)]));
}

/** Routes to a service go before its instances; a store goes when nobody is left who had it. */
function removals({ changes, removals: removed }: Changes): readonly Operation[] {
  const services = removed.filter(({ role }) => role === 'service');
  const leaving = [...services, ...changes.filter(isService).flatMap(({ stopsLast }) => stopsLast)];
  return [
    ...services.map((removal) => stopOf(removal, removal.unit, ['publish'])),
    ...removed
      .filter(({ role }) => role !== 'service')
      .map((removal) => stopOf(removal, removal.unit, ['publish', ...leaving.map(({ instance }) => stopId(instance))])),
  ];
}

function stopOf({ instance, cause }: UnitStop, unit: string, needs: readonly string[]): Operation {
  return { kind: 'stop', id: stopId(instance), instance, unit, cause, needs };
}

function idsOf(unit: Unit, started: readonly UnitStart[]): readonly string[] {
  return started.map(({ index }) => startId(unit.name, index));
}
