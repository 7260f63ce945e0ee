import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';

import type { WatchState } from '../../protocol/watch.ts';
import type { FromWorker, ToWorker } from './messages.ts';

interface Hooks {
  /** By which it begins. */
  readonly state: () => WatchState | undefined;
  readonly onLog: (text: string) => void;
  readonly onExit: () => void;
}

/** Long for an answer out of memory; a process that has not given one by then is stuck. */
const answerMs = 5000;

/** One process that takes requests, as the first one sees it. */
export class WorkerProcess {
  /** Fulfilled with its port; rejected when it cannot listen. */
  readonly listening: Promise<number>;
  private readonly worker: Worker;
  private readonly hooks: Hooks;
  private readonly waiting = new Map<number, (value: unknown) => void>();
  private lastId = 0;
  private hears = false;

  constructor(hooks: Hooks) {
    this.hooks = hooks;
    this.worker = cluster.fork();
    this.listening = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromWorker) => {
        if (message.kind === 'hears') this.begin();
        else if (message.kind === 'listening') resolve(message.port);
        else if (message.kind === 'failed') reject(new Error(message.message));
        else this.receive(message);
      });
      this.worker.once('exit', () => {
        reject(new Error('a worker of the gateway ended'));
        for (const settle of this.waiting.values()) settle(undefined);
        hooks.onExit();
      });
    });
    // Whoever starts several looks at the promise later; until then nobody does.
    this.listening.catch(() => undefined);
  }

  get pid(): number {
    return this.worker.process.pid ?? 0;
  }

  private begin(): void {
    this.hears = true;
    this.send({ kind: 'start', state: this.hooks.state() });
  }

  /** Undefined when it does not hear yet, ends, or takes too long, before it has answered. */
  ask(
    question:
      | { readonly kind: 'ask'; readonly what: 'metrics' | 'status' }
      | { readonly kind: 'apply'; readonly state: WatchState },
  ): Promise<unknown> {
    if (!this.hears) return Promise.resolve(undefined);
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      const settle = (value: unknown): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(value);
      };
      const timer = setTimeout(() => settle(undefined), answerMs);
      this.waiting.set(id, settle);
      this.send({ ...question, id });
    });
  }

  /** Fulfilled when it has finished what was under way and is gone. */
  async close(limitMs: number): Promise<void> {
    if (this.worker.isDead()) return;
    const gone = new Promise<void>((resolve) => void this.worker.once('exit', () => resolve()));
    const timer = setTimeout(() => this.worker.process.kill('SIGKILL'), limitMs);
    this.send({ kind: 'close' });
    await gone;
    clearTimeout(timer);
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'log') this.hooks.onLog(message.text);
    if (message.kind === 'answer') this.waiting.get(message.id)?.(message.value);
  }

  private send(message: ToWorker): void {
    // One that is just ending takes no messages; that it ends is seen anyway.
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }
}
