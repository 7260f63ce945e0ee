import { setTimeout as sleep } from 'node:timers/promises';

import { request } from 'undici';
import type { Dispatcher } from 'undici';

import { registryPaths } from '../../protocol/registry-api.ts';
import { watchSilenceMs } from '../../protocol/watch.ts';
import type { WatchState } from '../../protocol/watch.ts';
import type { Log } from '../observe/log.ts';
import { parseWatchLine } from './parse-state.ts';

interface Watch {
  readonly registryUrl: string;
  readonly dispatcher: Dispatcher;
  readonly log: Log;
  readonly onState: (state: WatchState) => void;
  readonly signal: AbortSignal;
}

const firstWaitMs = 100;
const longestWaitMs = 2000;
/** A line that long is no state of a system that runs on a laptop. */
const maxLineBytes = 16 * 1024 * 1024;

/** Follows the registry's stream until the signal ends it; whatever breaks, it comes back. */
export async function watchRegistry(watch: Watch): Promise<void> {
  const { signal, log, registryUrl } = watch;
  let waitMs = firstWaitMs;
  while (!signal.aborted) {
    const problem = await followOnce(watch, () => (waitMs = firstWaitMs)).catch((error: unknown) => String(error));
    if (signal.aborted) return;
    // Once per outage would hide that it lasts; each time would fill the log.
    if (waitMs === firstWaitMs) log.say('warn', 'registry lost', { registryUrl, problem });
    await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** Reads one stream until it ends; gives why it did. */
async function followOnce(watch: Watch, onHeard: () => void): Promise<string> {
  const { registryUrl, dispatcher, onState, signal } = watch;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('the registry is silent')), watchSilenceMs);
  try {
    const { statusCode, body } = await request(new URL(registryPaths.watch, registryUrl), {
      dispatcher,
      signal: AbortSignal.any([signal, silence.signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    if (statusCode !== 200) {
      await body.dump();
      return `the registry answered with ${statusCode}`;
    }
    for await (const line of linesOf(body)) {
      timer.refresh();
      const message = parseWatchLine(line);
      if (!message) continue;
      onHeard();
      if (message.type === 'state') onState(message);
    }
    return 'the stream ended';
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineBytes) throw new Error('the registry sent a line without end');
    yield* lines;
  }
}
