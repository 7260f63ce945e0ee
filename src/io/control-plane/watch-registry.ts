import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { StopSignal } from '../../ports/stop-signal.ts';
import { registryPaths } from '../../protocol/registry-api.ts';
import { watchSilenceMs, type WatchMessage, type WatchState } from '../../protocol/watch.ts';
import { parseLines } from './parse-lines.ts';
import { unreachable } from './unreachable.ts';

/** How long the registry may stay away: more than a restart of it takes. */
const patienceMs = 5000;
const retryMs = 100;
const connectMs = 2000;

/**
 * Every state of the registry at an address, the first at once. Connects again when the stream breaks or falls silent,
 * and the state of that moment comes first. Ends with the signal; throws when the registry stays away.
 */
export async function* watchRegistry(url: string, signal: StopSignal): AsyncGenerator<WatchState, void, undefined> {
  let awaySinceMs: number | undefined = performance.now();
  while (!signal.aborted) {
    let failure: unknown = new Error('the stream ended');
    try {
      for await (const message of readMessages(new URL(registryPaths.watch, url), signal)) {
        yield* message.type === 'state' ? [message] : [];
        awaySinceMs = undefined;
      }
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) return;
    awaySinceMs ??= performance.now();
    if (performance.now() - awaySinceMs > patienceMs) throw unreachable(url, failure);
    await sleep(retryMs);
  }
}

async function* readMessages(url: URL, signal: StopSignal): AsyncGenerator<WatchMessage, void, undefined> {
  const outgoing = request(url, { agent: false });
  const stop = (): void => void outgoing.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await responseTo(outgoing);
    if (answer.statusCode !== 200) throw new Error(`it answered ${answer.statusCode}`);
    for await (const line of parseLines(untilSilent(answer))) {
      const message: WatchMessage = JSON.parse(line);
      yield message;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    outgoing.destroy();
  }
}

function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const late = new Error(`no answer within ${connectMs / 1000} s`);
    const timer = setTimeout(() => outgoing.destroy(late), connectMs);
    outgoing.on('error', reject);
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    outgoing.end();
  });
}

/** The chunks of a stream; throws when none comes for longer than the registry is ever silent. */
async function* untilSilent(answer: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const chunks = (answer as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(() => answer.destroy(new Error('it fell silent')), watchSilenceMs);
    const { done, value } = await chunks.next().finally(() => clearTimeout(timer));
    if (done === true) return;
    yield value;
  }
}
