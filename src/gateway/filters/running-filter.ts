import type { SystemFilter } from '../../protocol/policies/filters.ts';
import type { Log, LogLevel } from '../observe/log.ts';
import { FilterLog } from './filter-log.ts';
import { FilterStats } from './filter-stats.ts';
import type { CallMessage, CallResult, Stage } from './messages.ts';
import { readResult } from './read-result.ts';
import { FilterFailure, FilterThread } from './thread.ts';
import type { PendingCall, ThreadListener } from './thread.ts';

/** Requests that wait for one filter; more are not taken. */
const maxPending = 2048;
const firstRestartMs = 100;
const longestRestartMs = 5000;
/** A thread that has lived so long has not crashed because it was started. */
const soundMs = 10_000;

/**
 * A filter by its name, whatever thread runs it at the moment. A changed one is loaded beside the old one and takes its
 * place when it is ready; a thread that ends is replaced, at longer and longer distances when that happens again and
 * again.
 */
export class RunningFilter implements ThreadListener {
  readonly name: string;
  readonly stats = new FilterStats();
  readonly droppedLines = this.stats.dropped.buffer;
  /** Of the thread that was ready last; undefined while none has been, since the filter was changed. */
  stages: readonly Stage[] | undefined;
  maxBodyBytes = 0;
  private readonly log: Log;
  private readonly lines: FilterLog;
  private current: SystemFilter;
  private thread: FilterThread | undefined;
  /** The changed filter, while it loads. */
  private next: FilterThread | undefined;
  private readonly waiting: PendingCall[] = [];
  private readonly knowing: (() => void)[] = [];
  private pending = 0;
  private crashesInRow = 0;
  private restart: NodeJS.Timeout | undefined;
  private problem: string | undefined;
  private closed = false;

  constructor(filter: SystemFilter, log: Log) {
    this.name = filter.name;
    this.current = filter;
    this.log = log;
    this.lines = new FilterLog(filter.name, log, this.stats);
    this.thread = new FilterThread(filter, this);
  }

  /** Why it cannot run now; undefined when it can, or is about to. */
  get trouble(): string | undefined {
    return this.problem;
  }

  get hash(): string {
    return this.current.hash;
  }

  /** Its stages are known: whoever asks has not to wait. */
  get isReady(): boolean {
    return this.thread?.state === 'ready';
  }

  /** Resolves as soon as its stages are known, or it is known that it does not run. */
  get known(): Promise<void> | undefined {
    if (this.stages !== undefined || this.problem !== undefined || !this.thread) return undefined;
    return new Promise((resolve) => this.knowing.push(resolve));
  }

  /** One whose stages nobody knows has all of them: each fails. */
  has(stage: Stage): boolean {
    return this.stages === undefined || this.stages.includes(stage);
  }

  /** Writes into the log that it failed in a way that it does not know of itself. */
  say(problem: string): void {
    this.lines.say('error', `the filter ${this.name} failed`, { problem });
  }

  /** Runs a stage. Rejects with a FilterFailure, and with nothing else. */
  async call(message: Omit<CallMessage, 'id' | 'kind'>, timeoutMs: number): Promise<CallResult> {
    const startedAt = performance.now();
    try {
      const result = readResult(await this.send({ ...message, kind: 'call' }, timeoutMs));
      this.stats.note('ok', (performance.now() - startedAt) / 1000);
      return result;
    } catch (error) {
      const failure = error instanceof FilterFailure ? error : new FilterFailure('failed', String(error));
      this.stats.note(failure.kind, (performance.now() - startedAt) / 1000);
      const { requestId } = message.context;
      this.lines.say('error', `the filter ${this.name} ${verbs[failure.kind]}`, {
        problem: failure.message,
        requestId,
      });
      throw failure;
    }
  }

  /** From now on it is this one. */
  update(filter: SystemFilter): void {
    if (filter.hash === this.current.hash) return;
    this.current = filter;
    this.crashesInRow = 0;
    clearTimeout(this.restart);
    this.restart = undefined;
    this.next?.stop();
    this.next = undefined;
    if (this.thread?.state === 'ready') this.next = new FilterThread(filter, this);
    else {
      this.stages = undefined;
      this.replaceThread();
    }
  }

  /** Its thread has gone from the system, or the gateway ends. */
  close(): void {
    this.closed = true;
    clearTimeout(this.restart);
    this.next?.stop();
    this.thread?.retire();
    this.rejectWaiting('it is not part of the system any more');
  }

  threadReady(thread: FilterThread): void {
    this.problem = undefined;
    if (thread === this.next) {
      this.thread?.retire();
      this.thread = thread;
      this.next = undefined;
    }
    this.log.say('info', 'filter loaded', { filter: this.name, stages: thread.stages, hash: this.hash.slice(0, 12) });
    this.stages = thread.stages;
    this.maxBodyBytes = thread.maxBodyBytes;
    this.tellKnowing();
    for (const call of this.waiting.splice(0)) thread.call(call);
  }

  threadBroken(thread: FilterThread, problem: string): void {
    this.log.say('error', 'filter cannot be loaded', { filter: this.name, problem });
    this.giveUp(thread, `it cannot be loaded: ${problem}`);
  }

  threadEnded(thread: FilterThread, problem: string, untaken: readonly PendingCall[]): void {
    if (this.closed) return;
    const isFresh = thread.readyAt === 0 || performance.now() - thread.readyAt < soundMs;
    this.crashesInRow = isFresh ? this.crashesInRow + 1 : 1;
    this.stats.crashes += 1;
    const delayMs = restartDelayMs(this.crashesInRow);
    this.log.say('error', 'filter ended', { filter: this.name, problem, restartInMs: delayMs });
    this.waiting.push(...untaken);
    if (thread === this.next) {
      this.thread?.retire();
      this.next = undefined;
      this.stages = undefined;
    }
    this.thread = undefined;
    if (delayMs === 0) return this.replaceThread();
    this.problem = `it has ended ${this.crashesInRow} times: ${problem}`;
    this.rejectWaiting(this.problem);
    this.restart = setTimeout(() => this.replaceThread(), delayMs);
  }

  threadLogged({
    level,
    text,
    requestId,
  }: {
    readonly level: string;
    readonly text: string;
    readonly requestId: string;
  }): void {
    const known = logLevels.find((name) => name === level) ?? 'info';
    this.lines.say(known, text, requestId === '' ? {} : { requestId });
  }

  private send(message: PendingCall['message'], timeoutMs: number): Promise<unknown> {
    const { thread } = this;
    if (this.closed || (!thread && !this.restart)) return unavailable(this.problem ?? 'it does not run');
    if (!thread) return unavailable(this.problem ?? 'it is being started again');
    if (this.pending >= maxPending) return unavailable(`${maxPending} requests wait for it`);
    this.pending += 1;
    return new Promise((resolve, reject) => {
      const settled = (): void => void (this.pending -= 1);
      const call: PendingCall = {
        message,
        timeoutMs,
        resolve: (result) => (settled(), resolve(result)),
        reject: (failure) => (settled(), reject(failure)),
      };
      if (thread.state === 'ready') thread.call(call);
      else this.waiting.push(call);
    });
  }

  private replaceThread(): void {
    this.restart = undefined;
    this.problem = undefined;
    this.thread?.stop();
    this.thread = new FilterThread(this.current, this);
  }

  /** The state says that this is the filter, so the one before must not go on in its name. */
  private giveUp(thread: FilterThread, problem: string): void {
    if (thread === this.next) this.thread?.retire();
    this.next = undefined;
    this.thread = undefined;
    this.stages = undefined;
    this.problem = problem;
    this.rejectWaiting(problem);
  }

  private tellKnowing(): void {
    for (const resolve of this.knowing.splice(0)) resolve();
  }

  private rejectWaiting(problem: string): void {
    this.tellKnowing();
    for (const { reject } of this.waiting.splice(0)) reject(new FilterFailure('unavailable', problem));
  }
}

const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const verbs: Readonly<Record<FilterFailure['kind'], string>> = {
  failed: 'failed',
  timeout: 'was too slow',
  crashed: 'crashed',
  unavailable: 'does not run',
};

/** The first time it is started again at once. */
export function restartDelayMs(crashesInRow: number): number {
  return crashesInRow <= 1 ? 0 : Math.min(firstRestartMs * 2 ** (crashesInRow - 2), longestRestartMs);
}

function unavailable(problem: string): Promise<never> {
  return Promise.reject(new FilterFailure('unavailable', problem));
}
