import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** How a connection over HTTP/2 begins (RFC 9113, 3.4); no request of HTTP/1 does. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

interface Takers {
  /** Told of every connection as soon as it can carry requests. */
  readonly opened: (socket: Socket) => void;
  readonly http2: (socket: Socket) => void;
  /** For the rest of a preface that has begun. */
  readonly patienceMs: number;
}

/**
 * Looks at the first bytes of each connection and gives it to whom they are meant for, HTTP/1 or HTTP/2, before anything
 * has been read of it. Costs a connection one turn, and its requests nothing.
 */
export class FirstBytes {
  /** Connections on which nothing has come: to end one loses nothing. */
  readonly silent = new Set<Socket>();
  private readonly http1: (socket: Socket) => void;
  private readonly takers: Takers;

  constructor(server: Server, takers: Takers) {
    this.takers = takers;
    const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
    const own = server.listeners(event);
    this.http1 = (socket) => {
      for (const listener of own) listener.call(server, socket);
      socket.resume();
    };
    server.removeAllListeners(event).on(event, (socket: Socket) => this.receive(socket));
  }

  /** Gives a connection to HTTP/1, whatever has been read of it back in its place. */
  serveHttp1(socket: Socket): void {
    this.http1(socket);
  }

  private receive(socket: Socket): void {
    this.silent.add(socket);
    // Whoever takes it adds one that answers.
    socket.on('error', () => undefined);
    socket.once('close', () => this.silent.delete(socket));
    this.takers.opened(socket);
    let begun: Buffer | undefined;
    let timer: NodeJS.Timeout | undefined;
    const onData = (chunk: Buffer): void => {
      begun = begun ? Buffer.concat([begun, chunk]) : chunk;
      const isPreface = beginsAlike(begun);
      if (isPreface && begun.length < preface.length) {
        timer ??= setTimeout(() => socket.destroy(), this.takers.patienceMs);
        return;
      }
      settle();
      socket.pause();
      socket.unshift(begun);
      if (isPreface) this.takers.http2(socket);
      else this.http1(socket);
    };
    const onEnd = (): void => void socket.destroy();
    const settle = (): void => {
      clearTimeout(timer);
      this.silent.delete(socket);
      socket.off('data', onData).off('end', onEnd).off('close', settle);
    };
    socket.on('data', onData).once('end', onEnd).once('close', settle);
  }
}

function beginsAlike(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, preface.length);
  return bytes.compare(preface, 0, length, 0, length) === 0;
}
