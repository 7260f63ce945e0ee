import type { Engine, LogLine } from '../../ports/engine.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import { createFunnel } from './funnel.ts';

export interface LogsRequest {
  /** Ids of instances. */
  readonly instances: readonly string[];
  readonly tail: number | undefined;
  readonly since: Date | undefined;
  readonly signal: StopSignal;
}

type Logs = Pick<Engine, 'logs'>;

/** What the instances have written so far, in the order of time. */
export async function* readLogs({ logs }: Logs, request: LogsRequest): AsyncGenerator<LogLine> {
  const { instances, ...query } = request;
  yield* inOrderOfTime(instances.map((id) => logs({ ...query, instances: [id], follow: false })));
}

/**
 * The same, and then what they and the newcomers write, as it comes, until the signal or until nobody is left. Nothing
 * is told twice and nothing is lost in between: the second reading begins at the last line of the first.
 */
export async function* followLogs(
  engine: Logs,
  request: LogsRequest,
  newcomers: AsyncIterable<string>,
): AsyncGenerator<LogLine> {
  const { instances, signal } = request;
  const last = new Map<string, Place>();
  const noted = (line: LogLine): LogLine => {
    const before = last.get(line.instance);
    last.set(line.instance, { time: line.time, count: before?.time === line.time ? before.count + 1 : 1 });
    return line;
  };
  for await (const line of readLogs(engine, request)) yield noted(line);
  const funnel = createFunnel<LogLine>();
  const follow = (id: string): void => {
    const place = last.get(id);
    const start = place === undefined ? request : { tail: undefined, since: new Date(place.time) };
    const query = { instances: [id], tail: start.tail, since: start.since, follow: true, signal };
    funnel.add(behind(engine.logs(query), place));
  };
  for (const id of instances) follow(id);
  void forEach(newcomers, follow);
  try {
    for await (const line of funnel.items()) yield noted(line);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Without the registry nobody tells of newcomers, which is no reason to stop reading what there is. */
async function forEach(newcomers: AsyncIterable<string>, use: (id: string) => void): Promise<void> {
  try {
    for await (const id of newcomers) use(id);
  } catch {
    // Said above.
  }
}

/** How far an instance's log was read: the time of the last line, and how many lines have that time. */
interface Place {
  readonly time: string;
  readonly count: number;
}

async function* behind(lines: AsyncIterable<LogLine>, place: Place | undefined): AsyncGenerator<LogLine> {
  let same = 0;
  for await (const line of lines) {
    if (place !== undefined && line.time < place.time) continue;
    if (place !== undefined && line.time === place.time && same < place.count) same += 1;
    else yield line;
  }
}

/** Merges logs of which each is in order. Each is read no further than needed, so that they may be of any length. */
async function* inOrderOfTime(sources: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      const index = earliest(heads);
      const head = heads[index];
      const reader = readers[index];
      if (head === undefined || head.done === true || reader === undefined) return;
      yield head.value;
      heads[index] = await reader.next();
    }
  } finally {
    await Promise.all(readers.map(async (reader) => reader.return?.()));
  }
}

/** Index of the head that comes first; -1 when all have ended. Of the same time, the first listed comes first. */
function earliest(heads: readonly IteratorResult<LogLine, unknown>[]): number {
  let found = -1;
  let time = '';
  for (const [index, head] of heads.entries()) {
    if (head.done === true || (found !== -1 && head.value.time >= time)) continue;
    [found, time] = [index, head.value.time];
  }
  return found;
}
