import { Agent, request, type IncomingMessage } from 'node:http';

import { MsaError } from '../../model/errors.ts';
import { unreachable } from './unreachable.ts';

/** From the first byte sent to the last received. */
const timeoutMs = 5000;
const maxAnswerBytes = 16 * 1024 * 1024;

export interface JsonClient {
  /** Undefined for 404. Whoever has answered with 200 at this path is trusted to mean what the protocol says. */
  readonly get: <Value>(path: string) => Promise<Value | undefined>;
  readonly put: (path: string, body: unknown) => Promise<void>;
}

interface Exchange {
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Speaks JSON with the registry at an address. An idle connection is kept, and does not keep the process. */
export function createJsonClient({ url, token }: { readonly url: string; readonly token: string }): JsonClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const ask = async (method: Exchange['method'], path: string, value?: unknown): Promise<Reply> => {
    const body = value === undefined ? undefined : JSON.stringify(value);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    try {
      return await exchange(agent, { method, url: new URL(path, url), headers, body });
    } catch (error) {
      throw unreachable(url, error);
    }
  };
  return {
    get: async <Value>(path: string) => {
      const reply = await ask('GET', path);
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw refused(url, reply);
      try {
        const value: Value = JSON.parse(reply.text);
        return value;
      } catch (error) {
        throw unreachable(url, error);
      }
    },
    put: async (path, body) => {
      const reply = await ask('PUT', path, body);
      if (reply.status !== 200 && reply.status !== 204) throw refused(url, reply);
    },
  };
}

function exchange(agent: Agent, { method, url, headers, body }: Exchange): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.on('error', reject);
    outgoing.once('response', (answer) => {
      readText(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
    });
    outgoing.end(body);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function refused(url: string, { status, text }: Reply): Error {
  if (status === 401)
    return new MsaError('MSA_REGISTRY_UNREACHABLE', `the registry at ${url} belongs to another system`, {
      hint: 'Bring this one up again: msa up',
    });
  if (status === 400 || status === 422) return new Error(`the registry refuses what msa sends: ${text.slice(0, 2000)}`);
  return unreachable(url, new Error(`it answered ${status}: ${text.slice(0, 200)}`));
}
