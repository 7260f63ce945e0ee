import type { Log, LogLevel } from '../observe/log.ts';
import type { FilterStats } from './filter-stats.ts';

const linesPerSecond = 100;

/** The lines of one filter in the gateway's log, no more of them than a person could read. */
export class FilterLog {
  private readonly name: string;
  private readonly log: Log;
  private readonly stats: FilterStats;
  private second = 0;
  private lines = 0;

  constructor(name: string, log: Log, stats: FilterStats) {
    this.name = name;
    this.log = log;
    this.stats = stats;
  }

  say(level: LogLevel, msg: string, more: Readonly<Record<string, unknown>>): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.lines = 0;
    }
    this.lines += 1;
    if (this.lines <= linesPerSecond) this.log.say(level, msg, { filter: this.name, ...more });
    else this.stats.droppedLines += 1;
  }
}
