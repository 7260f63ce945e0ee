import { Worker } from 'node:worker_threads';

import type { SystemFilter } from '../../protocol/policies/filters.ts';
import type { CallMessage, FromThread, Stage, ThreadStart, ToThread } from './messages.ts';
import { readMessage } from './read-message.ts';
import { threadSource } from './thread-source.ts';

/** For the module of a filter to run. */
const loadMs = 10_000;
/** A thread that does not even say that it is there is stuck. */
const answerMs = 250;

/** Why a call has no result. */
export class FilterFailure extends Error {
  readonly kind: 'failed' | 'timeout' | 'crashed' | 'unavailable';

  constructor(kind: FilterFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface ThreadListener {
  /** Where the thread counts the lines it does not pass on. */
  readonly droppedLines: SharedArrayBuffer;
  threadReady(thread: FilterThread): void;
  /** The module of the filter cannot be loaded; trying again would show the same. */
  threadBroken(thread: FilterThread, problem: string): void;
  /** It has ended though nobody asked it to; `untaken` are calls that it never began. */
  threadEnded(thread: FilterThread, problem: string, untaken: readonly PendingCall[]): void;
  threadLogged(entry: { readonly level: string; readonly text: string; readonly requestId: string }): void;
}

export interface PendingCall {
  readonly message: Omit<CallMessage, 'id'>;
  readonly timeoutMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: FilterFailure) => void;
}

interface SentCall extends PendingCall {
  readonly timer: NodeJS.Timeout;
}

const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

/** One thread that runs one filter. */
export class FilterThread {
  stages: readonly Stage[] = [];
  maxBodyBytes = 0;
  state: 'starting' | 'ready' | 'over' = 'starting';
  readyAt = 0;
  private readonly worker: Worker;
  private readonly listener: ThreadListener;
  private readonly taken = new Int32Array(new SharedArrayBuffer(4));
  /** In the order in which the thread gets them. */
  private readonly sent = new Map<number, SentCall>();
  private lastId = 0;
  private readonly loading: NodeJS.Timeout;
  private waiting: NodeJS.Timeout | undefined;
  private problem = '';
  private retired = false;

  constructor({ name, code }: SystemFilter, listener: ThreadListener) {
    this.listener = listener;
    const start: ThreadStart = { name, code, taken: this.taken.buffer, droppedLines: listener.droppedLines };
    this.worker = new Worker(threadSource, {
      eval: true,
      name: `filter ${name}`,
      workerData: start,
      // The gateway's own variables hold its secrets.
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits,
    });
    this.worker.stdout.resume();
    this.worker.stderr.resume();
    this.worker.on('message', (message: unknown) => this.hear(readMessage(message)));
    this.worker.on('error', (error) => (this.problem = describe(error)));
    this.worker.on('exit', (status) => this.end(this.problem || `it ended itself with ${status}`));
    this.loading = setTimeout(() => this.kill(`its module did not load within ${loadMs} ms`), loadMs);
  }

  get isIdle(): boolean {
    return this.sent.size === 0;
  }

  call(pending: PendingCall): void {
    const id = (this.lastId += 1);
    const timer = setTimeout(() => this.expire(id), pending.timeoutMs);
    this.sent.set(id, { ...pending, timer });
    this.post({ ...pending.message, id });
  }

  /** To be ended when what it was asked is answered; nothing of it is told any more. */
  retire(): void {
    this.retired = true;
    if (this.isIdle) this.stop();
  }

  stop(): void {
    this.retired = true;
    this.over();
    for (const { timer, reject } of this.sent.values()) {
      clearTimeout(timer);
      reject(new FilterFailure('unavailable', 'the gateway ends'));
    }
    this.sent.clear();
    void this.worker.terminate();
  }

  private post(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread is no window.
    this.worker.postMessage(message);
  }

  private hear(message: FromThread | undefined): void {
    // A thread that is stuck can go on writing lines.
    if (message?.kind !== 'log') {
      clearTimeout(this.waiting);
      this.waiting = undefined;
    }
    if (this.state === 'over' || !message) return;
    switch (message.kind) {
      case 'ready':
        return this.begin(message);
      case 'broken':
        this.over();
        void this.worker.terminate();
        return this.listener.threadBroken(this, message.problem);
      case 'done':
        return this.settle(message.id, ({ resolve }) => resolve(message.result));
      case 'failed':
        return this.settle(message.id, ({ reject }) => reject(new FilterFailure('failed', message.problem)));
      case 'log':
        return this.listener.threadLogged(message);
      case 'pong':
        return undefined;
    }
  }

  private begin({ stages, maxBodyBytes }: Extract<FromThread, { kind: 'ready' }>): void {
    clearTimeout(this.loading);
    this.stages = stages;
    this.maxBodyBytes = maxBodyBytes;
    this.state = 'ready';
    this.readyAt = performance.now();
    this.listener.threadReady(this);
  }

  private settle(id: number, use: (call: SentCall) => void): void {
    const call = this.sent.get(id);
    if (!call) return;
    this.sent.delete(id);
    clearTimeout(call.timer);
    use(call);
    if (this.retired && this.isIdle) this.stop();
  }

  /** One that merely waits for something is only given up; a thread that is stuck is ended. */
  private expire(id: number): void {
    const call = this.sent.get(id);
    if (!call) return;
    this.sent.delete(id);
    call.reject(new FilterFailure('timeout', `it did not answer within ${call.timeoutMs} ms`));
    if (this.retired && this.isIdle) return this.stop();
    if (this.waiting) return;
    // After a look at what has come meanwhile: when we were short of time ourselves, its answer may well be there.
    this.waiting = setTimeout(() => setImmediate(() => this.waiting && this.kill('it was stuck')), answerMs);
    this.post({ kind: 'ping' });
  }

  private kill(problem: string): void {
    this.problem ||= problem;
    void this.worker.terminate();
  }

  private end(problem: string): void {
    if (this.state === 'over') return;
    this.over();
    // Calls are taken in the order in which they were sent: those beyond the count were never begun.
    const begun = Atomics.load(this.taken, 0);
    const untaken: SentCall[] = [];
    for (const [id, call] of this.sent) {
      clearTimeout(call.timer);
      if (id > begun) untaken.push(call);
      else call.reject(new FilterFailure('crashed', problem));
    }
    this.sent.clear();
    if (this.retired) for (const { reject } of untaken) reject(new FilterFailure('crashed', problem));
    else this.listener.threadEnded(this, problem, untaken);
  }

  private over(): void {
    this.state = 'over';
    clearTimeout(this.loading);
    clearTimeout(this.waiting);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it threw something';
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'it used more memory than it may';
  return `${error.name}: ${error.message}`.slice(0, 1000);
}
