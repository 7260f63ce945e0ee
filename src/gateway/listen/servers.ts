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

/** Closes a server: idle connections at once, others with the end of their request, all when the time is over. */
export function closeServer(server: Server, limitMs: number, sockets: Iterable<Socket> = []): Promise<void> {
  return new Promise((resolve) => {
    const closeIdle = (): void => {
      server.closeIdleConnections();
      // Node takes one that has not sent anything yet for busy.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    };
    // Again and again: an answer that began before the server was closed leaves its connection open.
    const sweep = setInterval(closeIdle, sweepMs);
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(limit);
      resolve();
    });
    closeIdle();
  });
}
