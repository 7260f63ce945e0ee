import type { IncomingMessage } from 'node:http';

import type { LogLine, LogQuery } from '../../../ports/engine.ts';
import type { ContainerFound } from '../containers/snapshot.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { engineError, statusOf } from '../daemon/daemon-error.ts';
import { dialStream } from '../daemon/load-dockerode.ts';
import { readMessages } from './log-frames.ts';

/** The log of one container; ends when it stops, even when it is followed. Nothing when it is gone. */
export async function* openLog(
  daemon: Daemon,
  { containerId, instance }: ContainerFound,
  query: Omit<LogQuery, 'instances'>,
): AsyncIterable<LogLine> {
  if (query.signal.aborted) return;
  const stream = await openStream(daemon, containerId, query);
  if (stream === undefined) return;
  const stop = (): void => void stream.destroy();
  query.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const message of readMessages(stream)) yield { instance, ...message };
  } catch (error) {
    if (!query.signal.aborted) throw engineError(error, 'read a log', daemon.host);
  } finally {
    query.signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

async function openStream(
  daemon: Daemon,
  containerId: string,
  { follow, tail, since }: Omit<LogQuery, 'instances'>,
): Promise<IncomingMessage | undefined> {
  const milliseconds = 1000;
  const query = new URLSearchParams({
    stdout: 'true',
    stderr: 'true',
    timestamps: 'true',
    follow: String(follow),
    tail: tail === undefined ? 'all' : String(tail),
    ...(since === undefined ? {} : { since: (since.getTime() / milliseconds).toFixed(3) }),
  });
  // Not by dockerode's own call, which reads the whole log into memory when it is not followed.
  const path = `/containers/${containerId}/logs?${query.toString()}`;
  return daemon.stream('read a log', async (client) => {
    try {
      return await dialStream(client, path);
    } catch (error) {
      // Gone, or about to be.
      if (statusOf(error) === 404 || statusOf(error) === 409) return undefined;
      throw error;
    }
  });
}
