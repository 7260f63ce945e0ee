import type { Duplex, Readable } from 'node:stream';

import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

import type { ServiceProtocol } from '../../protocol/system.ts';
import type { RawFields } from '../http/response-fields.ts';
import { PlainUpstream } from '../http1/plain-upstream.ts';
import { isPlain } from '../http1/request-head.ts';
import { StreamUpstream } from '../http2/stream-upstream.ts';
import type { Limits } from '../limits.ts';
import { connectWithin } from './connect-within.ts';

/** A request as it goes to an instance. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Name and value in turn. */
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  readonly upgrade?: 'websocket';
}

/** Told what becomes of a request: undici's, but nothing is left out. */
export interface UpstreamHandler extends Dispatcher.DispatchHandler {
  onConnect(abort: (error?: Error) => void): void;
  onHeaders(status: number, raw: RawFields, resume: () => void): boolean;
  onUpgrade(status: number, raw: Buffer[], socket: Duplex): void;
  onData(chunk: Buffer): boolean;
  onComplete(trailers: RawFields | null): void;
  onError(error: Error): void;
}

export interface Upstream {
  send(request: UpstreamRequest, handler: UpstreamHandler): void;
  close(): void;
  connectionCount(): number;
}

/** Opens the way to an instance; connections are made when they are needed. */
export type Connect = (address: string, port: number, protocol: ServiceProtocol) => Upstream;

/** Connections to one instance. The only place that makes undici's dispatchers. */
export function createUpstream(limits: Limits): Connect {
  return (address, port, protocol) => {
    if (protocol === 'h2c') return new StreamUpstream(address, port, limits);
    const plain = new PlainUpstream(address, port, limits);
    const pool = new Pool(`http://${address}:${port}`, {
      connections: limits.maxConnectionsPerInstance,
      pipelining: 1,
      connect: connectWithin(limits.connectTimeoutMs),
      // The deadline of a request is kept by its exchange; an answer under way must only keep moving.
      headersTimeout: 0,
      bodyTimeout: limits.stallTimeoutMs,
      // Shorter than servers keep idle connections (5 s is Node's), so that we close them first.
      keepAliveTimeout: 4000,
      maxHeaderSize: limits.maxHeaderBytes,
    });
    return {
      send: (request, handler) => {
        if (isPlain(request)) plain.send(request, handler);
        else pool.dispatch(request, handler);
      },
      close: () => {
        plain.close();
        pool.close().catch(() => undefined);
      },
      connectionCount: () => plain.connectionCount() + pool.stats.connected,
    };
  };
}
