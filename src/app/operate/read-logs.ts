import type { Engine, LogLine } from '../../ports/engine.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';

export interface LogsRequest {
  /** Ids of instances. */
  readonly instances: readonly string[];
  readonly tail: number | undefined;
  readonly since: Date | undefined;
  readonly signal: StopSignal;
}

export interface Following {
  /** Whether the lines of an instance are wanted, also of one that comes to be while we read. */
  readonly isWanted: (instance: string) => boolean;
  /** When the user asked: of an instance that has shown nothing, what is older was not wanted. */
  readonly startedAt: Date;
}

type Logs = Pick<Engine, 'logs'>;

/** What instances have written so far, in the order of time. */
export function readLogs({ logs }: Logs, request: LogsRequest): AsyncIterable<LogLine> {
  return logs({ ...request, follow: false });
}

/**
 * The same, and then what they and those that come later write, as it comes, until the signal or the end of the system.
 * Nothing is told twice and nothing is lost in between: following begins at the last line that each has shown.
 */
export async function* followLogs(
  engine: Logs,
  request: LogsRequest,
  { isWanted, startedAt }: Following,
): AsyncGenerator<LogLine> {
  const shown = new Map<string, Shown>();
  for await (const line of readLogs(engine, request)) {
    shown.set(line.instance, including(line, shown.get(line.instance)));
    yield line;
  }
  const start = startedAt.toISOString();
  const times = [start, ...Array.from(shown.values(), ({ time }) => time)].toSorted();
  const since = new Date(times[0] ?? start);
  const { signal } = request;
  for await (const line of engine.logs({ instances: [], tail: undefined, since, follow: true, signal })) {
    if (!isWanted(line.instance)) continue;
    const place = shown.get(line.instance) ?? { time: start, count: 0 };
    if (line.time > place.time || (line.time === place.time && place.count === 0)) yield line;
    else if (line.time === place.time) shown.set(line.instance, { time: place.time, count: place.count - 1 });
  }
}

/** How far the log of an instance was shown: the time of the last line, and how many lines had that time. */
interface Shown {
  readonly time: string;
  readonly count: number;
}

function including({ time }: LogLine, before: Shown | undefined): Shown {
  return { time, count: before?.time === time ? before.count + 1 : 1 };
}
