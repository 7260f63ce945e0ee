import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { systemClock, type Clock } from './clock.ts';
import { findCall } from './find-command.ts';
import { createInstance, type Instance } from './instance.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Random } from './random.ts';
import { serveConnection } from './serve-connection.ts';
import { startExpiring } from './start-expiring.ts';

export interface RedisServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly limits?: Partial<Limits>;
}

export interface ListeningRedisServer extends AsyncDisposable {
  readonly port: number;
  /** Ends all connections and forgets all data. */
  readonly close: () => Promise<void>;
}

export interface RedisServer {
  /** Fulfilled once clients can connect; port 0 takes a free one. */
  readonly listen: (address: { readonly host: string; readonly port: number }) => Promise<ListeningRedisServer>;
}

/** An empty Redis server. What it needs of the world beside the network can be given to it. */
export function createRedisServer({ clock, random, limits }: RedisServerOptions = {}): RedisServer {
  const instance = createInstance({
    clock: clock ?? systemClock,
    random: random ?? Math.random,
    findCommand: findCall,
    limits: { ...defaultLimits, ...limits },
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => accept(socket, instance, sockets));
  return {
    listen: async (address) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ ...address, backlog: 511 }, resolve);
      });
      instance.port = portOf(server);
      const stopExpiring = startExpiring(instance);
      const close = (): Promise<void> => {
        stopExpiring();
        return closeServer(server, sockets);
      };
      return { port: instance.port, close, [Symbol.asyncDispose]: close };
    },
  };
}

function accept(socket: Socket, instance: Instance, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  if (instance.sessions.size < instance.limits.maxClients) {
    serveConnection(socket, instance);
    return;
  }
  instance.counters.rejected++;
  socket.on('error', () => undefined);
  socket.write('-ERR max number of clients reached\r\n');
  socket.destroySoon();
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address');
  return address.port;
}
