import { connect, type Socket } from 'node:net';

import type { WatchMessage, WatchState } from '../../../../src/protocol/watch.ts';
import { waitUntil } from '../../../support/wait-until.ts';

export interface Watch extends AsyncDisposable {
  /** All lines so far. */
  readonly messages: readonly WatchMessage[];
  readonly states: readonly WatchState[];
  readonly hasEnded: boolean;
  readonly socket: Socket;
  readonly untilState: (what: string, condition: (state: WatchState) => boolean) => Promise<WatchState>;
}

/** Reads the watch stream; `socket.pause()` makes it a reader that takes nothing. */
export async function watch({ port }: { readonly port: number }): Promise<Watch> {
  const messages: WatchMessage[] = [];
  let hasEnded = false;
  let rest = '';
  const socket = connect(port, '127.0.0.1');
  // HTTP/1.0, so that the body comes without chunk sizes in between.
  socket.write('GET /v1/watch HTTP/1.0\r\nHost: localhost\r\n\r\n');
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) messages.push(JSON.parse(line) as WatchMessage);
  });
  socket.on('error', () => undefined);
  socket.once('close', () => (hasEnded = true));
  const result: Watch = {
    messages,
    socket,
    get states() {
      return messages.filter((message) => message.type === 'state');
    },
    get hasEnded() {
      return hasEnded;
    },
    untilState: async (what, condition) => {
      await waitUntil(what, async () => result.states.some(condition));
      const found = result.states.find(condition);
      if (found === undefined) throw new Error('waitUntil waits');
      return found;
    },
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  };
  await waitUntil('the stream begins', async () => messages.length > 0 || hasEnded);
  return result;
}
