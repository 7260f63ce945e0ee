import type { PlannedOperation, ProgressEvent } from '../../protocol/events.ts';

/** A line of the live view: what is done about one unit. */
export interface UnitRow {
  readonly unit: string;
  /** What happens right now, or what came of it, in a few words. */
  readonly phase: string;
  readonly state: 'waiting' | 'working' | 'done' | 'failed' | 'skipped';
}

/** Sums up a plan's operations by unit, while they are carried out. */
export class UnitRows {
  readonly #operations: ReadonlyMap<string, PlannedOperation>;
  readonly #states = new Map<string, 'started' | 'done' | 'failed' | 'skipped'>();
  readonly #problems = new Map<string, string>();

  constructor(operations: readonly PlannedOperation[]) {
    this.#operations = new Map(operations.map((operation) => [operation.id, operation]));
  }

  /** In the order of the plan. What is about the whole system is no row: it takes no time worth a line. */
  get units(): readonly string[] {
    return [...new Set(Array.from(this.#operations.values(), ({ unit }) => unit))].filter((unit) => unit !== null);
  }

  /** Takes an event in and gives the unit that it is about. */
  note(event: Extract<ProgressEvent, { readonly type: 'operation' }>): string | undefined {
    const unit = this.#operations.get(event.id)?.unit ?? undefined;
    this.#states.set(event.id, event.state);
    if (unit !== undefined && event.state === 'failed') this.#problems.set(unit, event.error.message);
    if (unit !== undefined && event.state === 'skipped' && !this.#problems.has(unit))
      this.#problems.set(unit, event.because);
    return unit;
  }

  row(unit: string): UnitRow {
    const own = [...this.#operations.values()].filter((operation) => operation.unit === unit);
    const states = own.map(({ id }) => this.#states.get(id));
    const problem = this.#problems.get(unit) ?? '';
    if (states.every((state) => state !== undefined && state !== 'started')) {
      if (states.includes('failed')) return { unit, phase: problem, state: 'failed' };
      if (states.includes('skipped')) return { unit, phase: problem, state: 'skipped' };
      return { unit, phase: own.some(({ kind }) => kind === 'await') ? 'up' : 'stopped', state: 'done' };
    }
    const current = own.findLast(({ id }) => this.#states.get(id) === 'started');
    if (current !== undefined) return { unit, phase: phases[current.kind] ?? current.kind, state: 'working' };
    const isBegun = states.some((state) => state !== undefined);
    return { unit, phase: 'waiting', state: isBegun ? 'working' : 'waiting' };
  }
}

const phases: Readonly<Record<string, string>> = {
  build: 'building',
  start: 'starting',
  await: 'waiting until it is healthy',
  stop: 'stopping',
};
