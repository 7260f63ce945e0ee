const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

const flushBytes = 64 * 1024;
const flushMs = 250;

/** What the access log says of one request. The path is without its query, which can hold secrets. */
export interface AccessRecord {
  readonly listener: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly instance?: string | undefined;
  readonly tries?: number;
  readonly problem?: string | undefined;
  readonly requestId: string;
  readonly traceId: string;
}

/** Writes JSON lines in batches: a write per line would cost more than all else that is done for a request. */
export class Log {
  private readonly level: number;
  private readonly write: (text: string) => void;
  private pending = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(level: LogLevel, write: (text: string) => void) {
    this.level = levels.indexOf(level);
    this.write = write;
  }

  access(record: AccessRecord): void {
    if (this.level <= levels.indexOf('info')) this.add({ level: 'info', msg: 'request', ...record });
  }

  /** Something of the gateway's own, at once. */
  say(level: LogLevel, msg: string, more: Readonly<Record<string, unknown>> = {}): void {
    if (this.level > levels.indexOf(level)) return;
    this.add({ level, msg, ...more });
    this.flush();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.pending;
    this.pending = '';
    if (text !== '') this.write(text);
  }

  private add(record: object): void {
    this.pending += `${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`;
    if (this.pending.length >= flushBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushMs);
  }
}

export function isLogLevel(text: string): text is LogLevel {
  return (levels as readonly string[]).includes(text);
}
