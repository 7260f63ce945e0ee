import { performance } from 'node:perf_hooks';

/** How busy the process is. */
export class ProcessLoad {
  private before = performance.eventLoopUtilization();

  /** The part of the time since the last question in which it was not idle, from 0 to 1. */
  eventLoopUtilization(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.before);
    this.before = now;
    return Math.round(utilization * 1000) / 1000;
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }
}
