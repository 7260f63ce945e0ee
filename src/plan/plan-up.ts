import type { Instance } from '../protocol/instances.ts';
import type { Desired, Unit } from './desired.ts';
import type { Observation, ObservedInstance } from './observation.ts';
import type { Plan } from './operation.ts';
import { planUnit, type UnitChange } from './plan-unit.ts';
import { arrangeUp, type Removal } from './arrange-up.ts';

export interface UpQuestion {
  readonly desired: Desired;
  readonly observation: Observation;
  /** The registry's table; undefined when it does not answer. */
  readonly table: readonly Instance[] | undefined;
  /** Services to bring up, the others stay as they are; undefined: all, and what is not wanted any more goes. */
  readonly selected: ReadonlySet<string> | undefined;
  /** Services that run somewhere else. */
  readonly except: ReadonlySet<string>;
  /** Units, or single instances, that are replaced though nothing changed. */
  readonly restart: ReadonlySet<string>;
  /** Whether everything that is built is built anew. */
  readonly rebuild: boolean;
  readonly artefactKey: (unit: Unit) => string | undefined;
}

/** Decides what leads from what runs to what should run. Nothing changed: no operations. */
export function planUp(question: UpQuestion): Plan {
  const { desired, observation } = question;
  const rows = question.table && new Map(question.table.map((row) => [row.id, row]));
  const decide = (unit: Unit, table: typeof rows): UnitChange => {
    const observed = observation.instances.filter((instance) => instance.unit === unit.name);
    return planUnit({ unit, observed, table, forced: (instance) => forcedBy(question, unit, instance) });
  };
  const units = desired.units.filter(isWanted(question));
  // A registry that is started anew has to find out about everybody again.
  const isKept = units.every((unit) => unit.role !== 'registry' || decide(unit, rows).starts.length === 0);
  const changes = units.map((unit) => decide(unit, isKept ? rows : undefined));
  const operations = arrangeUp({
    changes,
    removals: removalsOf(question),
    openCause: observation.ground ? undefined : 'nothing of it runs',
    publishCause: publishCauseOf(question, changes),
    buildCause: (unit) => buildCauseOf(question, unit),
    artefactKey: question.artefactKey,
  });
  return { operations };
}

/** Of a selection: the services in it, and of the platform what is always there and the stores that they need. */
function isWanted({ desired, selected }: UpQuestion): (unit: Unit) => boolean {
  if (selected === undefined) return () => true;
  const needed = new Set(desired.units.flatMap(({ name, needs }) => (selected.has(name) ? needs : [])));
  return ({ name, role }) => selected.has(name) || role === 'registry' || role === 'gateway' || needed.has(name);
}

function forcedBy({ restart, rebuild }: UpQuestion, unit: Unit, { id }: ObservedInstance): string | undefined {
  if (restart.has(unit.name) || restart.has(id)) return 'a restart was asked for';
  return rebuild && unit.program.kind === 'folder' ? 'a new build was asked for' : undefined;
}

function buildCauseOf({ rebuild, observation, artefactKey }: UpQuestion, unit: Unit): string | undefined {
  const key = artefactKey(unit);
  if (key === undefined) return undefined;
  if (!observation.artefacts.has(key)) return 'it was never built from these files';
  return rebuild && unit.program.kind === 'folder' ? 'a new build was asked for' : undefined;
}

/** Instances of units that nobody asks for any more. */
function removalsOf({ desired, observation, selected, except }: UpQuestion): readonly Removal[] {
  const known = new Set(desired.units.map(({ name }) => name));
  return observation.instances.flatMap(({ id, unit, role }) => {
    if (known.has(unit)) return [];
    if (except.has(unit)) return [{ instance: id, unit, role, cause: 'it runs elsewhere' }];
    return selected === undefined ? [{ instance: id, unit, role, cause: 'msa.yaml does not ask for it any more' }] : [];
  });
}

function publishCauseOf(question: UpQuestion, changes: readonly UnitChange[]): string | undefined {
  const { desired, observation, table } = question;
  const registry = changes.find(({ unit }) => unit.role === 'registry');
  if (table === undefined || registry?.starts.length !== 0) return 'the registry does not know the system';
  if (observation.systemVersion !== desired.system.version) return 'routes, calls or services changed';
  if (changes.some(({ starts }) => starts.length > 0)) return 'instances are added';
  return tellsTheTruth(table, observation) ? undefined : 'its table is not what runs';
}

/** Whether the registry lists exactly what runs, and nothing that somebody began to stop and never did. */
function tellsTheTruth(table: readonly Instance[], { instances }: Observation): boolean {
  const listed = instances.filter(({ role, state }) => role !== 'registry' && role !== 'gateway' && state !== 'gone');
  const rows = table.filter(({ source }) => source === 'engine');
  const ids = new Set(rows.flatMap(({ id, draining }) => (draining ? [] : [id])));
  return rows.length === listed.length && listed.every(({ id }) => ids.has(id));
}
