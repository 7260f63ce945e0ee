import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { readFrame, type Frame } from './frames.ts';

/** A client that shows replies as they are on the wire. */
export interface RawClient extends AsyncDisposable {
  readonly socket: Socket;
  /** Sends commands at once and gives as many frames as they make, one each unless told otherwise. */
  readonly send: (commands: readonly (readonly string[])[], expected?: number) => Promise<readonly Frame[]>;
  /** Sends bytes as they are. */
  readonly write: (bytes: string) => void;
  /** The next frames, whoever asked for them. */
  readonly receive: (count: number) => Promise<readonly Frame[]>;
  /** Everything up to the end of the connection, as text. */
  readonly untilEnd: () => Promise<string>;
}

/** Connects to a server on this machine. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.setNoDelay(true);
  let buffer = '';
  let position = 0;
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    buffer = buffer.slice(position) + chunk.toString('latin1');
    position = 0;
    wake?.();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => wake?.());
  await once(socket, 'connect');

  const arrived = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const receive = async (count: number): Promise<readonly Frame[]> => {
    const frames: Frame[] = [];
    while (frames.length < count) {
      const read = readFrame(buffer, position);
      if (read !== undefined) {
        frames.push(read.frame);
        position = read.end;
      } else {
        if (socket.closed) throw new Error(`the connection ended; left: ${JSON.stringify(buffer.slice(position))}`);
        await arrived();
      }
    }
    return frames;
  };
  const write = (bytes: string): void => void socket.write(bytes, 'latin1');
  return {
    socket,
    receive,
    write,
    send: (commands, expected = commands.length) => {
      write(commands.map((words) => encodeRequest(words)).join(''));
      return receive(expected);
    },
    untilEnd: async () => {
      while (!socket.closed) await arrived();
      return buffer.slice(position);
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      if (!socket.closed) await once(socket, 'close');
    },
  };
}

/** A command as a client sends it. */
export function encodeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
