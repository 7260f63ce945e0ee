import type { StoreReply } from './shared-store.ts';

/** An error that Redis answers with. */
export class StoreError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export type Settled = StoreReply | StoreError | undefined;

export interface WaitingCommand {
  readonly since: number;
  readonly settle: (outcome: Settled) => void;
  late: boolean;
}

interface Late {
  /** Of the oldest. */
  readonly waitedMs: number;
  /** How many have become late since it was last told. */
  readonly count: number;
}

/** The commands that have no answer yet, oldest first: whoever waits for one gets nothing when its time is over. */
export class WaitingCommands {
  private readonly all = new Set<WaitingCommand>();
  private readonly deadlineMs: number;
  private readonly onLate: (late: Late) => void;
  private timer: NodeJS.Timeout | undefined;

  /** `onLate` is told again and again, as long as any is late. */
  constructor(deadlineMs: number, onLate: (late: Late) => void) {
    this.deadlineMs = deadlineMs;
    this.onLate = onLate;
  }

  get size(): number {
    return this.all.size;
  }

  add(settle: WaitingCommand['settle']): WaitingCommand {
    const command = { since: performance.now(), settle, late: false };
    this.all.add(command);
    // Not cleared when the answer comes: one timer now and then instead of one per command.
    this.timer ??= setTimeout(() => this.sweep(), this.deadlineMs).unref();
    return command;
  }

  settle(command: WaitingCommand, outcome: Settled): void {
    this.all.delete(command);
    command.settle(outcome);
  }

  settleAll(): void {
    for (const command of this.all) command.settle(undefined);
    this.all.clear();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    let waitedMs = 0;
    let count = 0;
    for (const command of this.all) {
      if (now - command.since < this.deadlineMs) break;
      waitedMs = Math.max(waitedMs, now - command.since);
      if (command.late) continue;
      count += 1;
      command.late = true;
      command.settle(undefined);
    }
    if (this.all.size > 0) this.timer = setTimeout(() => this.sweep(), this.deadlineMs).unref();
    if (waitedMs > 0) this.onLate({ waitedMs, count });
  }
}
