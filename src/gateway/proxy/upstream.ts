import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

import type { ServiceProtocol } from '../../protocol/system.ts';
import { StreamUpstream } from '../http2/stream-upstream.ts';
import type { Limits } from '../limits.ts';
import { connectWithin } from './connect-within.ts';

export interface Upstream {
  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  close(): void;
  connectionCount(): number;
}

/** Opens the way to an instance; connections are made when they are needed. */
export type Connect = (address: string, port: number, protocol: ServiceProtocol) => Upstream;

/** Connections to one instance. The only place that makes undici's dispatchers. */
export function createUpstream(limits: Limits): Connect {
  return (address, port, protocol) => {
    if (protocol === 'h2c') return new StreamUpstream(address, port, limits);
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
      send: (request, handler) => void pool.dispatch(request, handler),
      close: () => void pool.close().catch(() => undefined),
      connectionCount: () => pool.stats.connected,
    };
  };
}
