import type { Server } from 'node:https';
import type { Socket } from 'node:net';

import { isAuthority } from '../http/check-request.ts';
import { refuse } from '../problems.ts';
import { endWithProblem } from '../proxy/answer-broken-connection.ts';

/** The first byte of a handshake (RFC 8446, 5.1), which no request of HTTP begins with. */
const handshake = 0x16;
const lingerMs = 1000;

interface Patience {
  /** Connections on which nothing has come: to end one loses nothing. */
  readonly silent: Set<Socket>;
  readonly patienceMs: number;
}

/**
 * Tells clients that speak HTTP without TLS to a listener of TLS where they should go, instead of breaking off without a
 * word. Looks at the first byte of each connection, and gives it to TLS with that byte in its place.
 */
export function redirectPlainRequests(server: Server, { silent, patienceMs }: Patience): void {
  const own = server.listeners('connection');
  const serveTls = (socket: Socket): void => {
    for (const listener of own) listener.call(server, socket);
  };
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    silent.add(socket);
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    const settle = (): void => {
      clearTimeout(timer);
      silent.delete(socket);
    };
    socket.on('error', () => undefined).once('close', settle);
    socket.once('data', (chunk: Buffer) => {
      settle();
      if (chunk[0] !== handshake) return answerPlain(socket, chunk.toString('latin1'));
      socket.pause();
      socket.unshift(chunk);
      serveTls(socket);
    });
  });
}

function answerPlain(socket: Socket, begun: string): void {
  const elsewhere = redirect(begun);
  if (elsewhere === undefined) endWithProblem(socket, refuse('invalid-request', 'Only HTTPS is spoken here.'));
  else socket.end(elsewhere);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

const safeRequest = /^(?:GET|HEAD) (\/[!-~]*) HTTP\/1\.[01]\r\n/;
const hostField = /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i;

/** Undefined for what cannot simply be asked again. Not for good: `tls` may be taken out of the workspace again. */
function redirect(begun: string): string | undefined {
  const [, target] = safeRequest.exec(begun) ?? [];
  const [, host] = hostField.exec(begun) ?? [];
  if (target === undefined || host === undefined || !isAuthority(host)) return undefined;
  return (
    `HTTP/1.1 307 Temporary Redirect\r\nlocation: https://${host}${target}\r\n` +
    'content-length: 0\r\nconnection: close\r\n\r\n'
  );
}
