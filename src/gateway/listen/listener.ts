import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Limits } from '../limits.ts';
import { answerBrokenConnection } from '../proxy/answer-broken-connection.ts';
import { connectionOf } from '../proxy/connection.ts';
import { handleRequest } from '../proxy/handle-request.ts';
import type { ExchangeParts } from '../proxy/exchange.ts';
import type { ListenerRole } from '../proxy/handle-request.ts';
import type { Arrival } from '../proxy/receive.ts';
import { closeServer, listenOn, portOf } from './servers.ts';

/** A port on which the gateway takes requests for services: the public one, or that of an edge. */
export class Listener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(role: ListenerRole, parts: ExchangeParts) {
    const handle = (expects: Arrival['expects']) => (request: IncomingMessage, response: ServerResponse) =>
      handleRequest({ request, response, expects }, role, parts);
    this.server = createServer(serverOptions(parts.limits), handle(undefined));
    this.server.on('checkContinue', handle('continue')).on('checkExpectation', handle('unknown'));
    this.server.on('connection', (socket) => this.watch(socket));
    this.server.on('clientError', answerBrokenConnection);
    // Not a tunnel, for anybody.
    this.server.on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\nallow: GET\r\n\r\n'),
    );
    this.server.maxConnections = parts.limits.maxClientConnections;
    // More than allowed must be seen to be refused; Node would silently leave the rest out.
    this.server.maxHeadersCount = 0;
    this.server.setTimeout(parts.limits.stallTimeoutMs, (socket) => {
      // A request that waits for its answer has a deadline of its own, which may be longer.
      if (connectionOf(socket).isWaiting) socket.setTimeout(parts.limits.stallTimeoutMs);
      else socket.destroy();
    });
  }

  get port(): number {
    return portOf(this.server);
  }

  listen(port: number, host: string): Promise<void> {
    return listenOn(this.server, port, host);
  }

  /** Stops accepting at once; resolves when all that was under way has finished or the time is over. */
  close(limitMs: number): Promise<void> {
    return closeServer(this.server, limitMs, this.sockets);
  }

  private watch(socket: Socket): void {
    connectionOf(socket);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }
}

function serverOptions(limits: Limits) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: 1000,
    // Checked with the rest of the request, so that the answer is the same.
    requireHostHeader: false,
  };
}
