import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

import type { ContainerInfo } from 'dockerode';

import { probePort } from '../../../io/port-probe.ts';
import { MsaError } from '../../../model/errors.ts';
import { registryPort } from '../../../protocol/ports.ts';
import { labels } from '../containers/labels.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isLocal } from '../daemon/find-docker.ts';

const holderTimeoutMs = 1500;
/** Below the ports that systems hand out by themselves. */
const firstAutoPort = 30_000;
const autoPortCount = 2700;

/** Throws MSA_PORT_TAKEN when somebody on this machine has the port. On another machine the daemon will say so. */
export async function requireFreePort(daemon: Daemon, port: number): Promise<void> {
  if (!isLocal(daemon.host)) return;
  const { free } = await probePort(port, holderTimeoutMs);
  if (!free) throw await portTaken(daemon, port);
}

/** The error that says who has a port. */
export async function portTaken(daemon: Daemon, port: number): Promise<MsaError> {
  const container = await findPublisher(daemon, port);
  const holder =
    container === undefined && isLocal(daemon.host) ? (await probePort(port, holderTimeoutMs)).holder : undefined;
  return new MsaError('MSA_PORT_TAKEN', `port ${port} is taken by ${container ?? holder ?? 'another program'}`, {
    hint: 'Stop it, or take another port: msa up --port auto',
    data: { port },
  });
}

/** A program of Docker holds the ports that containers publish, so it is the container that is named. */
async function findPublisher(daemon: Daemon, port: number): Promise<string | undefined> {
  const filters = { publish: [String(port)] };
  const found = await daemon
    .get<ContainerInfo[]>('/containers/json', { filters }, { doing: 'list the containers' })
    .catch(() => []);
  const holder = found.find(({ Ports: ports }) => ports.some(({ PublicPort }) => PublicPort === port));
  if (holder === undefined) return undefined;
  const { [labels.workspace]: workspace, [labels.directory]: directory } = holder.Labels;
  const name = holder.Names[0]?.replace(/^\//, '') ?? holder.Id;
  return workspace === undefined ? `the container ${name}` : `the system ${workspace} of ${directory ?? '?'}`;
}

/** A port that follows from the workspace, so that it gets the same each time; the next free one where that is taken. */
export async function chooseAutoPort(daemon: Daemon, workspace: string): Promise<number> {
  for (let step = 0; step < autoPortCount; step++) {
    const port = firstAutoPort + ((seedOf(workspace) + step) % autoPortCount);
    if (!isLocal(daemon.host) || (await canListen(port))) return port;
  }
  throw new MsaError('MSA_PORT_TAKEN', `no port from ${firstAutoPort} on is free`, {
    hint: 'Choose one: msa up --port 8080',
  });
}

/** The registry's own port, or the one it had before; where they are taken (by another workspace's) any free one. */
export async function chooseRegistryPort(
  daemon: Daemon,
  workspace: string,
  before: number | undefined,
): Promise<number> {
  if (isLocal(daemon.host)) {
    for (const port of [before ?? registryPort, registryPort]) if (await canListen(port)) return port;
  }
  return chooseAutoPort(daemon, `registry of ${workspace}`);
}

/** A number that follows from a text. */
export function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** True for the daemon's words when it cannot publish a port. */
export function saysPortTaken(words: string): boolean {
  return /port is already allocated|bind: address already in use|ports are not available/i.test(words);
}
