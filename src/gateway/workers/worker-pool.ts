import type { WatchState } from '../../protocol/watch.ts';
import type { DataPlane } from '../data-plane.ts';
import { countsOf, mergeMetrics } from '../observe/metrics.ts';
import type { Family } from '../observe/metrics.ts';
import type { Log } from '../observe/log.ts';
import { WorkerProcess } from './worker-process.ts';

interface PoolParts {
  readonly count: number;
  readonly log: Log;
  readonly write: (text: string) => void;
  /** How long a process may take to finish. */
  readonly closeMs: number;
}

const firstWaitMs = 100;
const longestWaitMs = 5000;
/** One that has worked for so long has not failed because of how it was started. */
const soundMs = 10_000;

/** A data plane of several processes on the same ports. One that crashes is replaced, while the others go on. */
export class WorkerPool implements DataPlane {
  port = 0;
  private readonly parts: PoolParts;
  private readonly workers = new Set<WorkerProcess>();
  private readonly timers = new Set<NodeJS.Timeout>();
  /** What each had counted when it was asked last. */
  private readonly counted = new Map<WorkerProcess, readonly Family[]>();
  /** What those that have ended had counted: a count of the gateway never goes back. */
  private ended: readonly Family[] = [];
  private state: WatchState | undefined;
  private closing = false;
  private waitMs = firstWaitMs;

  constructor(parts: PoolParts) {
    this.parts = parts;
  }

  get isReady(): boolean {
    return this.state !== undefined && this.workers.size > 0 && !this.closing;
  }

  async listen(): Promise<void> {
    const workers = Array.from({ length: this.parts.count }, () => this.start());
    try {
      [this.port = 0] = await Promise.all(workers.map(({ listening }) => listening));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async apply(state: WatchState): Promise<boolean> {
    const before = this.state;
    this.state = state;
    if (this.workers.size === 0) return true;
    const taken = await this.askAll({ kind: 'apply', state });
    // One that has not answered is just beginning, and begins with it.
    if (!taken.includes(false)) return true;
    if (this.state === state) this.state = before;
    return false;
  }

  async metrics(): Promise<readonly Family[]> {
    const answers = await Promise.all(Array.from(this.workers, (worker) => this.metricsOf(worker)));
    return mergeMetrics([...answers, this.ended]);
  }

  /** That of one of them: what differs between them are counts, which the metrics have together. */
  async status(): Promise<object> {
    const [first] = await this.askAll({ kind: 'ask', what: 'status' });
    const workers = Array.from(this.workers, ({ pid }) => ({ pid }));
    return { ...(typeof first === 'object' ? first : {}), workers };
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(Array.from(this.workers, (worker) => worker.close(this.parts.closeMs)));
  }

  /** One that is stuck or ends has counted what it had at least. */
  private async metricsOf(worker: WorkerProcess): Promise<readonly Family[]> {
    const answer = await worker.ask({ kind: 'ask', what: 'metrics' });
    if (isMetrics(answer) && this.workers.has(worker)) this.counted.set(worker, answer);
    return this.counted.get(worker) ?? [];
  }

  private noteEnd(worker: WorkerProcess): void {
    this.workers.delete(worker);
    this.ended = mergeMetrics([this.ended, countsOf(this.counted.get(worker) ?? [])]);
    this.counted.delete(worker);
  }

  private askAll(question: Parameters<WorkerProcess['ask']>[0]): Promise<unknown[]> {
    return Promise.all(Array.from(this.workers, (worker) => worker.ask(question)));
  }

  private start(): WorkerProcess {
    const startedAt = performance.now();
    const worker = new WorkerProcess({
      state: () => this.state,
      onLog: this.parts.write,
      onExit: () => {
        this.noteEnd(worker);
        if (!this.closing) this.restart(performance.now() - startedAt);
      },
    });
    this.workers.add(worker);
    return worker;
  }

  private restart(livedMs: number): void {
    this.waitMs = livedMs >= soundMs ? firstWaitMs : Math.min(this.waitMs * 2, longestWaitMs);
    this.parts.log.say('error', 'worker ended', { restartMs: this.waitMs });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.start();
    }, this.waitMs);
    this.timers.add(timer);
  }
}

function isMetrics(answer: unknown): answer is readonly Family[] {
  return Array.isArray(answer);
}
