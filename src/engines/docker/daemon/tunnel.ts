import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { clientEnvironment } from './docker-client.ts';
import type { DockerHost } from './find-docker.ts';

/** A port of this machine's loopback that leads to one inside a container. */
export interface Tunnel {
  readonly port: number;
  readonly close: () => void;
}

interface Target {
  /** Of a container with Node in it. */
  readonly containerId: string;
  readonly port: number;
}

/** Joins its standard streams with a connection; ends when either side does. */
const pipeScript = (port: number): string => `
const socket = require('node:net').connect(${port}, '127.0.0.1');
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('error', () => process.exit(1)).on('close', () => process.exit(0));`;

/** Each connection is a command of its own in the container: all it takes is what `docker exec` takes. */
export async function openTunnel(
  host: DockerHost,
  env: Readonly<Record<string, string | undefined>>,
  { containerId, port }: Target,
): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  const argv = ['exec', '--interactive', containerId, 'node', '--eval', pipeScript(port)];
  const server = createServer((socket) => {
    const child = spawn('docker', argv, { stdio: ['pipe', 'pipe', 'ignore'], env: clientEnvironment(host, env) });
    sockets.add(socket);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    child.stdin.on('error', () => socket.destroy());
    child.on('error', () => socket.destroy());
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        child.kill();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Nobody who has forgotten to close it is kept from ending.
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
