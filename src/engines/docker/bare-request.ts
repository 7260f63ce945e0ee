import { request as requestPlain, type Agent, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';

import { DaemonRefusal } from './daemon-error.ts';
import { definedIn, type SocketOrTcp } from './find-docker.ts';

interface BareRequest {
  readonly connection: SocketOrTcp;
  /** False: a connection for this request alone. */
  readonly agent: Agent | false;
  /** With its query. */
  readonly path: string;
  readonly timeoutMs: number;
}

const firstRefusal = 400;

/** Asks the daemon for JSON; asks again when it was restarted since the last time. */
export async function requestJson<Answer>(request: BareRequest): Promise<Answer> {
  try {
    return await requestOnce(request);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    // Now without the connections that are open, of which each may be stale.
    return requestOnce({ ...request, agent: false });
  }
}

function requestOnce<Answer>({ connection, agent, path, timeoutMs }: BareRequest): Promise<Answer> {
  const { secure, ...target } = targetOf(connection);
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? requestTls : requestPlain)({ ...target, agent, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        try {
          const answer = JSON.parse(Buffer.concat(chunks).toString());
          const status = response.statusCode ?? 0;
          if (status < firstRefusal) resolve(answer);
          else reject(new DaemonRefusal(status, String(answer.message ?? status)));
        } catch (error) {
          reject(new Error('the answer is not JSON', { cause: error }));
        }
      });
    });
    const timer = setTimeout(() => outgoing.destroy(silence()), timeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      const stale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnection('', { cause: error }) : error);
    });
    outgoing.end();
  });
}

/** A connection that was kept open and has been closed by the other side meanwhile. */
class StaleConnection extends Error {}

function targetOf(connection: SocketOrTcp): RequestOptions & { readonly secure: boolean } {
  if (connection.kind === 'socket') return { socketPath: connection.path, secure: false };
  const { host, port, tls } = connection;
  return { host, port, ...definedIn(tls), secure: tls !== undefined };
}

function silence(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
