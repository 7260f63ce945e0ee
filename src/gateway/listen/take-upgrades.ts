import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';

import { refuse } from '../problems.ts';
import { endWithProblem } from '../proxy/answer-broken-connection.ts';
import { endAfterAnswers, isAnswering } from '../proxy/answers-under-way.ts';
import { passedOn } from '../proxy/handle-request.ts';
import type { Arrival } from '../proxy/receive.ts';

interface Takers {
  readonly serveHttp1: (socket: Socket) => void;
  readonly handle: (arrival: Arrival) => void;
}

/**
 * Takes requests for another protocol. WebSocket (RFC 6455) is the only one that is spoken; any other wish is ignored, as
 * RFC 9110, 7.8 allows, and the request is one like any other: Java's client, for one, asks for `h2c` with its first. CONNECT
 * is refused.
 */
export function takeUpgrades(server: Server, { serveHttp1, handle }: Takers): void {
  server.on('upgrade', (request, socket, begun) => {
    if (!(socket instanceof Socket)) return void socket.destroy();
    // A client that means to leave HTTP has no business sending so before it has its answers.
    if (isAnswering(socket)) return endAfterAnswers(socket);
    if (!asksForWebSocket(request)) return readAgain(request, { socket, begun }, serveHttp1);
    socket.on('error', () => undefined);
    if (begun.length > 0) socket.unshift(begun);
    handle({ request, response: responseOn(socket, request), expects: undefined, upgrade: 'websocket' });
  });
  // Not a tunnel, for anybody.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => undefined);
    if (!(socket instanceof Socket)) return void socket.destroy();
    return endWithProblem(socket, refuse('method-not-allowed', 'CONNECT is not passed on.', ['allow', passedOn]));
  });
}

function asksForWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  if (method !== 'GET' || httpVersion !== '1.1' || hasBody) return false;
  return (headers.upgrade ?? '').split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}

/** Node has let go of the connection with the head of the request, so what it does for answers is done here. */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  const onDrain = (): void => void response.emit('drain');
  socket.on('drain', onDrain);
  response.once('finish', () => {
    socket.off('drain', onDrain);
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}

interface Rest {
  readonly socket: Socket;
  /** What has come after the head. */
  readonly begun: Buffer;
}

/** Gives the connection back to the server, with the request as it would be without its wish. */
function readAgain(request: IncomingMessage, { socket, begun }: Rest, serveHttp1: (socket: Socket) => void): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'upgrade') head += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), begun]));
  serveHttp1(socket);
}
