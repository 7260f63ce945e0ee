import { createServer } from 'node:net';

import { portCandidates } from '../../protocol/port-candidates.ts';

/** A port nobody listens on. */
export async function findFreePort(name: string, isReserved: (port: number) => boolean): Promise<number> {
  for (const port of portCandidates(name)) if (!isReserved(port) && (await isFree(port))) return port;
  throw new Error('no port is free for another instance');
}

/** Some systems allow the loopback address while another program listens on all addresses, so both are tried. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
