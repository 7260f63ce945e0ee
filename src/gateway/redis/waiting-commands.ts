import type { Answer } from './reply-reader.ts';

interface WaitingCommand {
  readonly since: number;
  readonly settle: (answer: Answer | undefined) => void;
  isLate: boolean;
}

interface Late {
  /** Of the oldest. */
  readonly waitedMs: number;
  /** How many have become late since it was last told. */
  readonly count: number;
}

/** The commands that have no answer yet, oldest first: whoever waits for one gets nothing when its time is over. */
export class WaitingCommands {
  private all: WaitingCommand[] = [];
  /** Those before it have been answered. */
  private first = 0;
  private readonly deadlineMs: number;
  private readonly onLate: (late: Late) => void;
  private timer: NodeJS.Timeout | undefined;

  /** `onLate` is told again and again, as long as any is late. */
  constructor(deadlineMs: number, onLate: (late: Late) => void) {
    this.deadlineMs = deadlineMs;
    this.onLate = onLate;
  }

  get size(): number {
    return this.all.length - this.first;
  }

  add(settle: WaitingCommand['settle']): void {
    this.all.push({ since: performance.now(), settle, isLate: false });
    // Not cleared when the answer comes: one timer now and then instead of one per command.
    this.startTimer();
  }

  /** Gives the oldest its answer; false when nobody waits for one. */
  settleFirst(answer: Answer): boolean {
    const command = this.all[this.first];
    if (!command) return false;
    this.first += 1;
    if (this.first === this.all.length || this.first === 1024) {
      this.all = this.all.slice(this.first);
      this.first = 0;
    }
    command.settle(answer);
    return true;
  }

  settleAll(): void {
    clearTimeout(this.timer);
    const left = this.all.slice(this.first);
    this.all = [];
    this.first = 0;
    for (const { settle } of left) settle(undefined);
  }

  private startTimer(): void {
    // After a while in which this process did not run, answers that are there already are read first.
    this.timer ??= setTimeout(() => setImmediate(() => this.sweep()), this.deadlineMs).unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    const waitedMs = now - (this.all[this.first]?.since ?? now);
    let count = 0;
    for (let index = this.first; index < this.all.length; index++) {
      const command = this.all[index];
      if (command === undefined || now - command.since < this.deadlineMs) break;
      if (command.isLate) continue;
      command.isLate = true;
      count += 1;
      command.settle(undefined);
    }
    if (this.size > 0) this.startTimer();
    if (waitedMs >= this.deadlineMs) this.onLate({ waitedMs, count });
  }
}
