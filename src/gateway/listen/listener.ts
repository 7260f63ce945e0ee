import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Limits } from '../limits.ts';
import { answerBrokenConnection } from '../proxy/answer-broken-connection.ts';
import { handleRequest } from '../proxy/handle-request.ts';
import type { ExchangeParts } from '../proxy/exchange.ts';
import type { ListenerRole } from '../proxy/handle-request.ts';
import type { Arrival } from '../proxy/receive.ts';
import { IdleSweep } from './idle-sweep.ts';
import { closeServer, listenOn, portOf } from './servers.ts';

/** A port on which the gateway takes requests for services: the public one, or that of an edge. */
export class Listener {
  private readonly server: Server;
  private readonly idleSweep: IdleSweep;

  constructor(role: ListenerRole, parts: ExchangeParts) {
    const handle = (expects: Arrival['expects']) => (request: IncomingMessage, response: ServerResponse) =>
      handleRequest({ request, response, expects }, role, parts);
    this.server = createServer(serverOptions(parts.limits), handle(undefined));
    this.server.on('checkContinue', handle('continue')).on('checkExpectation', handle('unknown'));
    this.idleSweep = new IdleSweep(parts.limits);
    this.server.on('connection', (socket) => this.idleSweep.watch(socket));
    this.server.on('clientError', answerBrokenConnection);
    // Not a tunnel, for anybody.
    this.server.on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\nallow: GET\r\n\r\n'),
    );
    this.server.maxConnections = parts.limits.maxClientConnections;
    // More than allowed must be seen to be refused; Node would silently leave the rest out.
    this.server.maxHeadersCount = 0;
  }

  get port(): number {
    return portOf(this.server);
  }

  listen(port: number, host: string): Promise<void> {
    return listenOn(this.server, port, host);
  }

  /** Stops accepting at once; resolves when all that was under way has finished or the time is over. */
  close(limitMs: number): Promise<void> {
    return closeServer(this.server, limitMs, this.idleSweep.sockets);
  }
}

function serverOptions(limits: Limits) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    // The idle sweep closes what is idle.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: 1000,
    // Checked with the rest of the request, so that the answer is the same.
    requireHostHeader: false,
  };
}
