import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Ports kept from others by listening on them, until those they are for can be told of them. */
export interface HeldPorts {
  /** Listens on a port; false when somebody else does. */
  readonly hold: (port: number) => Promise<boolean>;
  readonly release: () => Promise<void>;
}

/**
 * A port that was only looked at can be taken by the system of another workspace that starts at the same moment. One that
 * is listened on cannot, and is free again whatever becomes of this process.
 */
export function createHeldPorts(): HeldPorts {
  const held = new Map<number, Server>();
  return {
    hold: async (port) => {
      if (held.has(port)) return true;
      // Some systems allow the loopback address while another program listens on all addresses.
      const everywhere = await listen(port, undefined);
      if (everywhere === undefined) return false;
      await close(everywhere);
      const server = await listen(port, '127.0.0.1');
      if (server === undefined) return false;
      held.set(port, server);
      return true;
    },
    release: async () => {
      const servers = [...held.values()];
      held.clear();
      await Promise.all(servers.map((server) => close(server)));
    },
  };
}

function listen(port: number, host: string | undefined): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  // Holding ports is no reason to go on living.
  server.unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
