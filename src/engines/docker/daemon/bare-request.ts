import { request as requestPlain, type Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';

import { DaemonRefusal } from './daemon-error.ts';
import { definedIn, type SocketOrTcp } from './find-docker.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body: object | undefined;
  readonly timeoutMs: number;
}

interface Line {
  readonly connection: SocketOrTcp;
  /** False: a connection for this request alone. */
  readonly agent: Agent | false;
}

const firstRefusal = 400;

/** Asks the daemon something whose answer is JSON or nothing; what only reads again when it was restarted meanwhile. */
export async function requestJson<Answer>(line: Line, exchange: Exchange): Promise<Answer> {
  try {
    return await requestOnce(line, exchange);
  } catch (error) {
    if (!(error instanceof StaleConnection) || exchange.method !== 'GET') throw error;
    // Now without the connections that are open, of which each may be stale.
    return requestOnce({ ...line, agent: false }, exchange);
  }
}

async function requestOnce<Answer>({ connection, agent }: Line, exchange: Exchange): Promise<Answer> {
  const { method, path, timeoutMs } = exchange;
  const { secure, ...target } = targetOf(connection);
  const body = exchange.body === undefined ? undefined : JSON.stringify(exchange.body);
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const outgoing = (secure ? requestTls : requestPlain)({ ...target, agent, method, path, headers });
  const late = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => outgoing.destroy(late), timeoutMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('response', resolve);
      outgoing.on('error', (error) => {
        const stale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
      });
      outgoing.end(body);
    });
    return await readAnswer(response);
  } catch (error) {
    // In the middle of an answer the stream says only that it was broken off.
    throw outgoing.errored === late ? late : error;
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that was kept open and has been closed by the other side meanwhile. */
class StaleConnection extends Error {}

async function readAnswer<Answer>(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const answer = parse(Buffer.concat(chunks).toString());
  const status = response.statusCode ?? 0;
  if (status >= firstRefusal) throw new DaemonRefusal(status, answer?.message ?? `it answered ${status}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What the daemon answers has no type.
  return answer as Answer;
}

function parse(text: string): { readonly message?: string } | undefined {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error('the answer is not JSON', { cause: error });
  }
}

function targetOf(connection: SocketOrTcp): RequestOptions & { readonly secure: boolean } {
  if (connection.kind === 'socket') return { socketPath: connection.path, secure: false };
  const { host, port, tls } = connection;
  return { host, port, ...definedIn(tls), secure: tls !== undefined };
}
