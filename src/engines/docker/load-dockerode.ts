import type Dockerode from 'dockerode';

import { definedIn, type Connection } from './find-docker.ts';

/** A client of the daemon; without a time limit it waits for ever. */
export async function loadDockerode(connection: Connection, timeoutMs: number | undefined): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  return new Docker({
    ...unset,
    protocol: 'http',
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...optionsOf(connection),
  });
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

interface Dial {
  /** With its query. */
  readonly path: string;
  /** The answer comes as a stream instead of as JSON. */
  readonly isStream: boolean;
}

/** A request that dockerode has no call for, or none that does it as we need it. */
export function dial<Answer>(client: Dockerode, { path, isStream }: Dial): Promise<Answer> {
  const request = {
    // Off a path with a query of its own dockerode cuts the last character.
    path: path.includes('?') ? `${path}&` : path,
    method: 'GET',
    isStream,
    statusCodes: { 200: true, 404: 'not found', 409: 'conflict', 500: 'failed' },
  };
  return new Promise((resolve, reject) => {
    client.modem.dial(request, (error, answer) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What the daemon answers has no type.
      if (error === null || error === undefined) resolve(answer as Answer);
      else reject(error);
    });
  });
}
