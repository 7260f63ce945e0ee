import type { Socket } from 'node:net';

import type { Instance } from './instance.ts';
import { ProtocolError, RequestParser } from './resp/request-parser.ts';
import { runRequest } from './run-request.ts';
import { Session } from './session.ts';

const chunkBytes = 64 * 1024;
const keepAliveMs = 300_000;

/** Serves one client until it or we end the connection. */
export function serveConnection(socket: Socket, instance: Instance): void {
  const id = ++instance.counters.connections;
  const output = createOutput(socket, instance, () => session);
  const parser = new RequestParser(instance.limits);
  const session: Session = new Session(id, instance, {
    address: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
    localAddress: `${socket.localAddress ?? ''}:${socket.localPort ?? 0}`,
    write: output.write,
    end: () => output.end(),
    resume: () => process.nextTick(pump),
  });
  instance.sessions.set(id, session);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.on('data', (chunk: Buffer) => {
    parser.feed(chunk);
    pump();
  });
  socket.on('drain', pump);
  // What ends a connection is of no interest; that it has ended comes with `close`.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    session.isClosing = true;
    session.leave();
    instance.sessions.delete(id);
  });

  function pump(): void {
    try {
      while (canGoOn()) {
        const words = parser.next();
        if (words === undefined) break;
        runRequest(session, words);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      output.write(`-${error.message}\r\n`);
      session.close();
    }
    regulate();
  }

  function canGoOn(): boolean {
    return !session.isClosing && session.blocked === undefined && output.size() < instance.limits.pauseOutputBytes;
  }

  /** Reads on only while what is read can be worked on; a client that waits may send a little ahead. */
  function regulate(): void {
    if (canGoOn() || (session.blocked !== undefined && parser.pendingBytes < chunkBytes)) socket.resume();
    else socket.pause();
  }
}

/** Collects what is written within one turn, so that many replies go out in one packet. */
function createOutput(socket: Socket, { limits }: Instance, sessionOf: () => Session) {
  let pending = '';
  let isScheduled = false;

  const flush = (): void => {
    isScheduled = false;
    const text = pending;
    pending = '';
    if (text === '' || !socket.writable) return;
    const max = sessionOf().subscriptionCount > 0 ? limits.maxPushBytes : limits.maxOutputBytes;
    if (socket.writableLength + text.length > max) socket.destroy();
    else socket.write(text, 'latin1');
  };

  return {
    size: () => socket.writableLength + pending.length,
    write: (text: string): void => {
      pending += text;
      if (pending.length >= chunkBytes) flush();
      else if (!isScheduled) {
        isScheduled = true;
        process.nextTick(flush);
      }
    },
    end: (): void => {
      flush();
      socket.destroySoon();
    },
  };
}
