import type { SystemFilter } from '../../protocol/policies/filters.ts';
import { filterLimits } from '../../protocol/policies/filters.ts';
import type { Log } from '../observe/log.ts';
import { RunningFilter } from './running-filter.ts';

/** Requests that began with a filter end with it, also when the system has it no more; so long they may take. */
const leaveMs = 60_000;

/** The filters of a gateway by name. They outlive states: one that did not change goes on as it is. */
export class Filters {
  private readonly log: Log;
  private readonly byName = new Map<string, RunningFilter>();
  private readonly leaving = new Map<RunningFilter, NodeJS.Timeout>();

  constructor(log: Log) {
    this.log = log;
  }

  /** From now on there are these, and no others. */
  apply(wanted: readonly SystemFilter[]): void {
    const names = new Set(wanted.map(({ name }) => name));
    for (const [name, filter] of this.byName) {
      if (names.has(name)) continue;
      this.byName.delete(name);
      this.leave(filter);
    }
    for (const filter of wanted.slice(0, filterLimits.filters)) {
      const known = this.byName.get(filter.name);
      if (known) known.update(filter);
      else this.byName.set(filter.name, new RunningFilter(filter, this.log));
    }
  }

  get(name: string): RunningFilter | undefined {
    return this.byName.get(name);
  }

  all(): readonly RunningFilter[] {
    return [...this.byName.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  close(): void {
    for (const timer of this.leaving.values()) clearTimeout(timer);
    for (const filter of [...this.byName.values(), ...this.leaving.keys()]) filter.close();
    this.byName.clear();
    this.leaving.clear();
  }

  private leave(filter: RunningFilter): void {
    const end = (): void => {
      this.leaving.delete(filter);
      filter.close();
    };
    this.leaving.set(filter, setTimeout(end, leaveMs).unref());
  }
}
