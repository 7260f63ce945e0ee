import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { TLSSocket } from 'node:tls';

import { Streams } from '../http2/streams.ts';
import type { Limits } from '../limits.ts';
import { answerBrokenConnection } from '../proxy/answer-broken-connection.ts';
import { handleRequest } from '../proxy/handle-request.ts';
import type { ExchangeParts } from '../proxy/exchange.ts';
import type { ListenerRole } from '../proxy/handle-request.ts';
import type { Arrival } from '../proxy/receive.ts';
import { Admission } from './admission.ts';
import { FirstBytes } from './first-bytes.ts';
import { IdleSweep } from './idle-sweep.ts';
import { redirectPlainRequests } from './plain-requests.ts';
import { takeUpgrades } from './take-upgrades.ts';
import { closeServer, listenOn, portOf } from './servers.ts';

/** A certificate with its chain, and its key, as PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** A port on which the gateway takes requests for services: the public one, or that of an edge. */
export class Listener {
  private readonly server: Server | SecureServer;
  private readonly idleSweep: IdleSweep;
  private readonly firstBytes: FirstBytes;
  private readonly streams: Streams;
  private readonly admission: Admission | undefined;
  private readonly limits: Limits;
  private dropped = 0;

  constructor(role: ListenerRole, parts: ExchangeParts, tls?: Credentials) {
    const handle = (expects: Arrival['expects']) => (request: IncomingMessage, response: ServerResponse) =>
      handleRequest({ request, response, expects }, role, parts);
    const options = serverOptions(parts.limits);
    this.server = tls
      ? createSecureServer({ ...options, ...secureOptions(parts.limits), ...tls }, handle(undefined))
      : createServer(options, handle(undefined));
    this.server.on('checkContinue', handle('continue')).on('checkExpectation', handle('unknown'));
    this.limits = parts.limits;
    this.idleSweep = new IdleSweep(parts.limits);
    this.streams = new Streams(parts.limits, (arrival) => handleRequest(arrival, role, parts));
    // Services may all come from one address.
    const admission = role.name === 'public' ? new Admission(parts.limits) : undefined;
    this.admission = admission;
    this.firstBytes = new FirstBytes(this.server, {
      opened: (socket) => {
        if (!admission || admission.admit(socket, role.isTrusted?.())) this.idleSweep.watch(socket);
      },
      http2: (socket) => this.streams.take(socket),
      patienceMs: parts.limits.headersTimeoutMs,
    });
    const { silent } = this.firstBytes;
    if (this.server instanceof SecureServer)
      redirectPlainRequests(this.server, { silent, patienceMs: parts.limits.headersTimeoutMs });
    takeUpgrades(this.server, {
      serveHttp1: (socket) => this.firstBytes.serveHttp1(socket),
      handle: (arrival) => handleRequest(arrival, role, parts),
    });
    // Such as one that takes its time for the handshake.
    this.server.on('tlsClientError', (_error, socket: TLSSocket) => void socket.destroy());
    this.server.on('clientError', answerBrokenConnection);
    this.server.on('drop', () => (this.dropped += 1));
    this.applyLimits();
    // More than allowed must be seen to be refused; Node would silently leave the rest out.
    this.server.maxHeadersCount = 0;
  }

  /** Connections that were closed at once, because there were too many of all, or of their address. */
  get refused(): { readonly all: number; readonly address: number } {
    return { all: this.dropped, address: this.admission?.refused ?? 0 };
  }

  /** Takes limits that have changed: what concerns heads of requests holds for connections that come from now on. */
  applyLimits(): void {
    this.server.maxConnections = this.limits.maxClientConnections;
    // Node reads it anew for each connection, but says so nowhere.
    Object.assign(this.server, { maxHeaderSize: this.limits.maxHeaderBytes });
  }

  get port(): number {
    return portOf(this.server);
  }

  listen(port: number, host: string): Promise<void> {
    return listenOn(this.server, port, host);
  }

  /** Stops accepting at once; resolves when all that was under way has finished or the time is over. */
  close(limitMs: number): Promise<void> {
    this.streams.drain();
    return closeServer(this.server, limitMs, {
      all: this.idleSweep.sockets,
      silent: this.firstBytes.silent,
    });
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

/** Everything that Node's defaults leave open is theirs: versions from 1.2 on, and their choice of ciphers. */
function secureOptions(limits: Limits) {
  return {
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: limits.headersTimeoutMs,
    noDelay: true,
    ALPNProtocols: ['h2', 'http/1.1'],
  };
}
