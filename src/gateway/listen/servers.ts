import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The port it listens on; 0 when it does not. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const sweepMs = 50;

interface OpenConnections {
  readonly all: Iterable<Socket>;
  /** Those on which nothing has come. Node takes them for busy. */
  readonly silent: Iterable<Socket>;
}

const none: OpenConnections = { all: [], silent: [] };

/** Closes a server: idle connections at once, others with the end of their request, all when the time is over. */
export function closeServer(server: Server, limitMs: number, { all, silent } = none): Promise<void> {
  return new Promise((resolve) => {
    const closeIdle = (): void => {
      server.closeIdleConnections();
      for (const socket of silent) socket.destroy();
    };
    const closeAll = (): void => {
      server.closeAllConnections();
      // The server does not know those that it has let go, such as tunnels.
      for (const socket of all) socket.destroy();
    };
    // Again and again: an answer that began before the server was closed leaves its connection open.
    const sweep = setInterval(closeIdle, sweepMs);
    const limit = setTimeout(closeAll, limitMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(limit);
      resolve();
    });
    closeIdle();
  });
}
