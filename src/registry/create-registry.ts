import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { GatewayLeases } from './gateway-leases.ts';
import { createApiServer, type Access } from './http/serve.ts';
import type { Log } from './log.ts';
import type { Parts } from './parts.ts';
import { probeTarget } from './probe/probe-target.ts';
import { Prober } from './probe/prober.ts';
import { Store } from './store.ts';
import { Watchers } from './watchers.ts';

export interface RegistryConfig extends Access {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** What it needs of the world beside the network. */
export interface RegistryDeps {
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface RunningRegistry extends AsyncDisposable {
  readonly port: number;
  readonly parts: Parts;
  /** Ends the watch streams, finishes what is being answered, and forgets all. */
  readonly close: () => Promise<void>;
}

/** How long answers may take to end when it stops. */
const graceMs = 1000;

/** Starts a registry; fulfilled once it serves. */
export async function createRegistry(config: RegistryConfig, deps: RegistryDeps): Promise<RunningRegistry> {
  const { log, now, random } = deps;
  const store = new Store({ epoch: randomUUID(), now: () => new Date(now()) });
  const prober = new Prober({ store, probe: probeTarget, random, now });
  const parts: Parts = { store, prober, watchers: new Watchers(store), gateways: new GatewayLeases(now) };
  const server = createApiServer(parts, config, log);
  const close = async (): Promise<void> => {
    prober.stop();
    parts.watchers.close();
    await closeServer(server);
  };
  try {
    const port = await listen(server, config);
    return { port, parts, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, { host, port }: RegistryConfig): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address');
  return address.port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
