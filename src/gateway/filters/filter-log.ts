import type { Log, LogLevel } from '../observe/log.ts';
import type { FilterStats } from './filter-stats.ts';
import { LineBudget } from './line-budget.ts';

/** The lines of one filter in the gateway's log, no more of them than a person could read. */
export class FilterLog {
  private readonly name: string;
  private readonly log: Log;
  private readonly stats: FilterStats;
  private readonly budget = new LineBudget();

  constructor(name: string, log: Log, stats: FilterStats) {
    this.name = name;
    this.log = log;
    this.stats = stats;
  }

  say(level: LogLevel, msg: string, more: Readonly<Record<string, unknown>>): void {
    if (this.budget.take()) this.log.say(level, msg, { filter: this.name, ...more });
    else this.stats.noteDroppedLine();
  }
}
