import { constants, performServerHandshake } from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream, ServerOptions } from 'node:http2';
import type { Socket } from 'node:net';

import { isGrpc } from '../grpc/is-grpc.ts';
import type { Limits } from '../limits.ts';
import { connectionOf } from '../proxy/connection.ts';
import type { Arrival } from '../proxy/receive.ts';
import { ResetCount } from './reset-count.ts';
import { StreamConnection } from './stream-connection.ts';
import { StreamRequest } from './stream-request.ts';
import { StreamResponse } from './stream-response.ts';

/** Streams of one connection at a time. */
const maxStreams = 128;
const windowBytes = 256 * 1024;
/** Kept for one connection: heads, and what waits to be sent. */
const sessionMegabytes = 8;
/** Pseudo fields count as fields. */
const pseudoFields = 8;
/** As long as the first GOAWAY may take to reach the client; streams it opens meanwhile are served (RFC 9113, 6.8). */
const farewellMs = 100;
const lastStreamOfAll = 2 ** 31 - 1;

/**
 * The connections of a listener that speak HTTP/2. Heads and frames are nghttp2's business, which ends connections that
 * send floods of them; requests become arrivals like those of HTTP/1.
 */
export class Streams {
  private readonly sessions = new Set<ServerHttp2Session>();
  private readonly limits: Limits;
  private readonly handle: (arrival: Arrival) => void;

  constructor(limits: Limits, handle: (arrival: Arrival) => void) {
    this.limits = limits;
    this.handle = handle;
  }

  /** Takes a connection whose first bytes are the preface; the limits of this moment hold for it. */
  take(socket: Socket): void {
    const session = performServerHandshake(socket, sessionOptions(this.limits));
    this.sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => this.sessions.delete(session));
    // With a GOAWAY the client knows what it may send again; one that does not go then is made to.
    connectionOf(socket).endIdle = () => (session.closed ? socket.destroy() : session.close());
    const resets = new ResetCount();
    // The fields again, as an object; and flags.
    const receive = (stream: ServerHttp2Stream, ...[, , rawHeaders]: [object, number, string[]]): void => {
      guardAgainstResets(session, stream, resets);
      this.receive(stream, rawHeaders, socket);
    };
    session.on('stream', receive);
  }

  /** Asks clients to open no more streams; each connection ends with its last one. */
  drain(): void {
    for (const session of this.sessions) {
      if (!session.destroyed) session.goaway(constants.NGHTTP2_NO_ERROR, lastStreamOfAll);
      setTimeout(() => session.destroyed || session.close(), farewellMs);
    }
  }

  private receive(stream: ServerHttp2Stream, rawHeaders: readonly string[], socket: Socket): void {
    stream.on('error', () => undefined);
    const request = new StreamRequest(stream, rawHeaders, socket);
    const connection = new StreamConnection(socket, stream);
    this.watch(stream, request, connection);
    const expects = expectationOf(request.rawHeaders);
    this.handle({ request, response: new StreamResponse(stream), expects, connection });
  }

  /** A stream on which nothing moves is closed, unless it is the service that is waited for. */
  private watch(stream: ServerHttp2Stream, request: StreamRequest, connection: StreamConnection): void {
    const { stallTimeoutMs, requestTimeoutMs } = this.limits;
    stream.setTimeout(stallTimeoutMs);
    stream.on('timeout', () => connection.isWaiting || stream.close(constants.NGHTTP2_CANCEL));
    if (request.complete || isOpenEnded(request)) return;
    const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), requestTimeoutMs);
    stream.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late));
  }
}

function sessionOptions({ maxHeaderFields, maxHeaderBytes }: Limits): ServerOptions {
  return {
    maxSessionMemory: sessionMegabytes,
    maxHeaderListPairs: maxHeaderFields + pseudoFields,
    settings: {
      maxConcurrentStreams: maxStreams,
      maxHeaderListSize: maxHeaderBytes,
      initialWindowSize: windowBytes,
      enablePush: false,
    },
  };
}

/** Who opens streams only to reset them makes us work for nothing (CVE-2023-44487). */
function guardAgainstResets(session: ServerHttp2Session, stream: ServerHttp2Stream, resets: ResetCount): void {
  stream.once('close', () => {
    const isVain = stream.rstCode !== constants.NGHTTP2_NO_ERROR && !stream.headersSent;
    if (isVain && resets.isTooMany(performance.now()))
      session.destroy(new Error('streams were only reset'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });
}

/** gRPC calls may send as long as they are answered. */
function isOpenEnded({ rawHeaders }: StreamRequest): boolean {
  return rawHeaders.some((text, index) => index % 2 === 1 && rawHeaders[index - 1] === 'content-type' && isGrpc(text));
}

function expectationOf(rawHeaders: readonly string[]): Arrival['expects'] {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name === 'expect');
  if (at < 0) return undefined;
  return rawHeaders[at + 1]?.toLowerCase() === '100-continue' ? 'continue' : 'unknown';
}
