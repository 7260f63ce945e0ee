import type { LogLine, LogQuery } from '../../../ports/engine.ts';
import { findContainer } from '../containers/require-container.ts';
import { readContainers, type ContainerFound } from '../containers/snapshot.ts';
import type { Session } from '../session.ts';
import { followLogs } from './follow-logs.ts';
import { openLog } from './open-log.ts';

/** What instances wrote: all in the order of time, or, when followed, as it comes. */
export async function* readLogs(session: Session, query: LogQuery): AsyncIterable<LogLine> {
  const { daemon, place } = session;
  // Says so when there is none of that name.
  await Promise.all(query.instances.map((instance) => findContainer(daemon, place.workspace, instance)));
  const find = async (): Promise<readonly ContainerFound[]> => {
    const containers = await readContainers(daemon, place.workspace);
    return containers.filter(({ instance }) => query.instances.length === 0 || query.instances.includes(instance));
  };
  if (query.follow) yield* followLogs(daemon, query, find);
  else yield* mergeByTime((await find()).map((container) => openLog(daemon, container, query)));
}

const lastLines = 20;

/** The end of an instance's log, as texts. */
export async function readLastLines({ daemon }: Session, container: ContainerFound): Promise<readonly string[]> {
  const signal = new AbortController().signal;
  const texts: string[] = [];
  for await (const { text } of openLog(daemon, container, { follow: false, tail: lastLines, since: undefined, signal }))
    texts.push(text);
  return texts;
}

/** Takes the earliest of what each has next; of two at one time the first one's. */
async function* mergeByTime(logs: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
  const readers = logs.map((log) => log[Symbol.asyncIterator]());
  const heads = await Promise.all(readers.map((reader) => reader.next()));
  try {
    for (let at = earliestOf(heads); at !== -1; at = earliestOf(heads)) {
      const [head, reader] = [heads[at], readers[at]];
      if (head === undefined || head.done === true || reader === undefined) return;
      yield head.value;
      heads[at] = await reader.next();
    }
  } finally {
    await Promise.all(readers.map(async (reader) => reader.return?.()));
  }
}

function earliestOf(heads: readonly IteratorResult<LogLine, unknown>[]): number {
  let [earliest, time] = [-1, ''];
  for (const [at, head] of heads.entries()) {
    if (head.done === true || (earliest !== -1 && time <= head.value.time)) continue;
    [earliest, time] = [at, head.value.time];
  }
  return earliest;
}
