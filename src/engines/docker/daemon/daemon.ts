import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

import type Dockerode from 'dockerode';

import { requestJson, type Exchange } from './bare-request.ts';
import { engineError, statusOf } from './daemon-error.ts';
import type { DockerHost } from './find-docker.ts';
import { dialJson, loadDockerode } from './load-dockerode.ts';

/**
 * The way to the daemon. What is asked and answered in JSON goes over bare connections, because loading dockerode takes
 * longer than all that `msa ps` asks, and a good part of what `msa down` takes. Streams, and engines behind ssh, are
 * dockerode's.
 */
export interface Daemon {
  readonly host: DockerHost;
  readonly get: <Answer>(path: string, query: Query, options: GetOptions) => Promise<Answer>;
  /** Changes something. Gives nothing where the refusal was one of the `fine` ones. */
  readonly send: <Answer>(method: 'POST' | 'DELETE', path: string, options: SendOptions) => Promise<Answer | undefined>;
  /** Does with dockerode what takes a stream, or may be silent for long. */
  readonly stream: <Result>(doing: string, action: (client: Dockerode) => Promise<Result>) => Promise<Result>;
  readonly disconnect: () => void;
}

type Query = Readonly<Record<string, string | boolean | Readonly<Record<string, readonly string[]>>>>;

interface GetOptions {
  /** Reads on from "Docker could not", in the error when it fails. */
  readonly doing: string;
  readonly timeoutMs?: number;
}

interface SendOptions {
  readonly doing: string;
  readonly query?: Query;
  readonly body?: object;
  /** Statuses that mean that there is nothing to do. */
  readonly fine?: readonly number[];
}

const readTimeoutMs = 10_000;
/** Longer than the grace that a stop leaves to a program. */
const sendTimeoutMs = 60_000;

export function createDaemon(host: DockerHost): Daemon {
  const { connection } = host;
  const agent = createAgent(host);
  let loading: Promise<Dockerode> | undefined;
  const load = (): Promise<Dockerode> => (loading ??= loadDockerode(connection));
  const ask = async <Answer>(doing: string, exchange: Exchange): Promise<Answer> => {
    try {
      return connection.kind === 'ssh'
        ? await dialJson<Answer>(await load(), exchange)
        : await requestJson<Answer>({ connection, agent }, exchange);
    } catch (error) {
      throw engineError(error, doing, host);
    }
  };
  return {
    host,
    get: (path, query, { doing, timeoutMs = readTimeoutMs }) =>
      ask(doing, { method: 'GET', path: `${path}${queryString(query)}`, body: undefined, timeoutMs }),
    send: async (method, path, { doing, query = {}, body, fine = [] }) => {
      const address = `${path}${queryString(query)}`;
      try {
        return await ask(doing, { method, path: address, body, timeoutMs: sendTimeoutMs });
      } catch (error) {
        if (fine.some((status) => status === statusOf(error))) return undefined;
        throw error;
      }
    },
    stream: async (doing, action) => {
      try {
        return await action(await load());
      } catch (error) {
        throw engineError(error, doing, host);
      }
    },
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
