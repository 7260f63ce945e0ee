import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

import type Dockerode from 'dockerode';

import { requestJson } from './bare-request.ts';
import { engineError } from './daemon-error.ts';
import type { DockerHost } from './find-docker.ts';
import { dial, loadDockerode } from './load-dockerode.ts';

/**
 * The way to the daemon. What is only read goes over a bare connection, because loading dockerode takes longer than all
 * that `msa ps` asks; everything else is done with dockerode.
 */
export interface Daemon {
  readonly host: DockerHost;
  /** A JSON answer. */
  readonly get: <Answer>(path: string, query: Query, options: GetOptions) => Promise<Answer>;
  /** Carries out what dockerode does. `doing` reads on from "Docker could not", in the error when it fails. */
  readonly call: <Result>(doing: string, action: (client: Dockerode) => Promise<Result>) => Promise<Result>;
  /** The same for answers that may be silent for long: logs that are followed, waiting for an exit. */
  readonly callPatiently: Daemon['call'];
  readonly disconnect: () => void;
}

type Query = Readonly<Record<string, string | boolean | Readonly<Record<string, readonly string[]>>>>;

interface GetOptions {
  /** As for `call`. */
  readonly doing: string;
  readonly timeoutMs?: number;
}

const readTimeoutMs = 10_000;
/** Of silence; longer than the grace that a stop leaves to a program. */
const callTimeoutMs = 60_000;

export function createDaemon(host: DockerHost): Daemon {
  const { connection } = host;
  const agent = createAgent(host);
  const clients = new Map<number | undefined, Promise<Dockerode>>();
  const clientWith = (timeoutMs: number | undefined): Promise<Dockerode> => {
    const client = clients.get(timeoutMs) ?? loadDockerode(connection, timeoutMs);
    clients.set(timeoutMs, client);
    return client;
  };
  const told = async <Result>(doing: string, action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      throw engineError(error, doing, host);
    }
  };
  return {
    host,
    get: (path, query, { doing, timeoutMs = readTimeoutMs }) =>
      told(doing, async () => {
        const address = `${path}${queryString(query)}`;
        return connection.kind === 'ssh'
          ? dial(await clientWith(callTimeoutMs), { path: address, isStream: false })
          : requestJson({ connection, agent, path: address, timeoutMs });
      }),
    call: (doing, action) => told(doing, async () => action(await clientWith(callTimeoutMs))),
    callPatiently: (doing, action) => told(doing, async () => action(await clientWith(undefined))),
    disconnect: () => agent.destroy(),
  };
}

function createAgent({ connection }: DockerHost): Agent {
  const keptOpen = { keepAlive: true, maxSockets: 16 };
  const secure = connection.kind === 'tcp' && connection.tls !== undefined;
  return secure ? new TlsAgent(keptOpen) : new Agent(keptOpen);
}

/** Filters go as JSON, as the daemon wants them. */
function queryString(query: Query): string {
  const pairs = Object.entries(query).map(([key, value]): [string, string] => [
    key,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
