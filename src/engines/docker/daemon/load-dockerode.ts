import type { IncomingMessage } from 'node:http';

import type Dockerode from 'dockerode';

import type { Exchange } from './bare-request.ts';
import { definedIn, type Connection } from './find-docker.ts';

/** A client of the daemon, which waits for its answers without a limit. */
export async function loadDockerode(connection: Connection): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  // Of addresses behind ssh it makes URLs that Node warns of, which is nothing to a user.
  if (connection.kind === 'ssh') process.noDeprecation = true;
  return new Docker({ ...unset, protocol: 'http', ...optionsOf(connection) });
}

/** Named, because what is left out dockerode takes from DOCKER_HOST and its kin, by rules of its own. */
const unset: object = Object.fromEntries(
  ['socketPath', 'host', 'port', 'username', 'ca', 'cert', 'key'].map((name) => [name, undefined]),
);

function optionsOf(connection: Connection): Dockerode.DockerOptions {
  if (connection.kind === 'socket') return { socketPath: connection.path };
  if (connection.kind === 'tcp') {
    const { host, port, tls } = connection;
    return { host, port, protocol: tls === undefined ? 'http' : 'https', ...definedIn(tls) };
  }
  const { host, port, username } = connection;
  const agent = process.env['SSH_AUTH_SOCK'];
  return { protocol: 'ssh', host, port, username, sshOptions: agent === undefined ? {} : { agent } };
}

/** What is asked of an engine that only dockerode reaches. */
export function dialJson<Answer>(client: Dockerode, { timeoutMs, ...exchange }: Exchange): Promise<Answer> {
  return dial(client, { ...exchange, isStream: false, abortSignal: AbortSignal.timeout(timeoutMs) });
}

/** An answer that is a stream, for which dockerode has no call that does it as we need it. */
export function dialStream(client: Dockerode, path: string): Promise<IncomingMessage> {
  return dial(client, { method: 'GET', path, body: undefined, isStream: true });
}

interface Dial extends Omit<Exchange, 'timeoutMs'> {
  readonly isStream: boolean;
  readonly abortSignal?: AbortSignal;
}

function dial<Answer>(client: Dockerode, { path, body, ...exchange }: Dial): Promise<Answer> {
  const request = {
    ...exchange,
    // Off a path with a query of its own dockerode cuts the last character.
    path: path.includes('?') ? `${path}&` : path,
    ...(body === undefined ? {} : { options: { _query: {}, _body: body } }),
    statusCodes: { 200: true, 201: true, 204: true, 304: true, 404: 'not found', 409: 'conflict', 500: 'failed' },
  };
  return new Promise((resolve, reject) => {
    client.modem.dial(request, (error, answer) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What the daemon answers has no type.
      if (error === null || error === undefined) resolve(answer as Answer);
      else reject(error);
    });
  });
}
