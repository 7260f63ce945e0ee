import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

import type { Limits } from '../limits.ts';
import { connectWithin } from './connect-within.ts';

export interface Upstream {
  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  close(): void;
  connectionCount(): number;
}

/** Connections to one instance. The only place that makes undici's dispatchers. */
export function createUpstream(limits: Limits): (address: string, port: number) => Upstream {
  return (address, port) => {
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
