const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

const infoLevel = levels.indexOf('info');

const flushBytes = 64 * 1024;
const flushMs = 250;

/** What the access log says of one request. The path is without its query, which can hold secrets. */
export interface AccessRecord {
  readonly listener: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Of the body; left out for answers of the gateway's own. */
  readonly bytes?: number | undefined;
  /** The route or edge; left out where there is none. */
  readonly target?: string | undefined;
  readonly instance?: string | undefined;
  readonly tries?: number;
  readonly problem?: string | undefined;
  /** The program that asks, when it has shown who it is; never the person. */
  readonly consumer?: string | undefined;
  readonly requestId: string;
  readonly traceId: string;
}

/** Writes JSON lines in batches: a write per line would cost more than all else that is done for a request. */
export class Log {
  private readonly level: number;
  private readonly write: (text: string) => void;
  private pending = '';
  private timer: NodeJS.Timeout | undefined;
  private lastMs = 0;
  private lastTime = '';

  constructor(level: LogLevel, write: (text: string) => void) {
    this.level = levels.indexOf(level);
    this.write = write;
  }

  access(record: AccessRecord): void {
    if (this.level <= infoLevel) this.add(renderAccess(record));
  }

  /** Something of the gateway's own, at once. */
  say(level: LogLevel, msg: string, more: Readonly<Record<string, unknown>> = {}): void {
    if (this.level > levels.indexOf(level)) return;
    this.add(JSON.stringify({ level, msg, ...more }).slice(1));
    this.flush();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.pending;
    this.pending = '';
    if (text !== '') this.write(text);
  }

  /** Takes a JSON object without its first brace. */
  private add(members: string): void {
    this.pending += `{"time":"${this.time()}",${members}\n`;
    if (this.pending.length >= flushBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushMs);
  }

  private time(): string {
    const now = Date.now();
    if (now !== this.lastMs) {
      this.lastMs = now;
      this.lastTime = new Date(now).toISOString();
    }
    return this.lastTime;
  }
}

/** Written by hand, for JSON.stringify would take half of the time a log line may take. Only these texts need escapes. */
function renderAccess(record: AccessRecord): string {
  const { listener, method, path, status, durationMs, bytes, target, instance, tries, problem, consumer } = record;
  const { requestId, traceId } = record;
  const more =
    (bytes === undefined ? '' : `,"bytes":${bytes}`) +
    (target === undefined ? '' : `,"target":${JSON.stringify(target)}`) +
    (instance === undefined ? '' : `,"instance":"${instance}"`) +
    (tries === undefined ? '' : `,"tries":${tries}`) +
    (problem === undefined ? '' : `,"problem":"${problem}"`) +
    (consumer === undefined ? '' : `,"consumer":${JSON.stringify(consumer)}`);
  return (
    `"level":"info","msg":"request","listener":"${listener}","method":"${method}","path":${JSON.stringify(path)},` +
    `"status":${status},"durationMs":${durationMs}${more},"requestId":"${requestId}","traceId":"${traceId}"}`
  );
}

export function isLogLevel(text: string): text is LogLevel {
  return (levels as readonly string[]).includes(text);
}
