import { STATUS_CODES } from 'node:http';

import { Client, errors } from 'undici';

import { MsaError } from '../model/errors.ts';
import { trustFor, type Trusted } from './certificates/trust.ts';
import type { HeaderField, HttpAnswer, HttpCaller, HttpRequest } from '../ports/http-caller.ts';

/** Sends requests over connections of their own. */
export function createHttpCaller(trusted: Trusted): HttpCaller {
  return { send: (request) => send(request, trusted), resolve, textOf };
}

async function send(request: HttpRequest, trusted: Trusted): Promise<HttpAnswer> {
  const { connectTo, url, method, headers, body, timeoutMs, signal } = request;
  const { host, pathname, search } = new URL(url);
  const client = new Client(connectTo, {
    connect: { timeout: timeoutMs, ...(await trustFor(connectTo, trusted)) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const answer = await client.request({
      path: pathname + search,
      method,
      headers: [...headers, ['host', host] as const].flat(),
      body: body ?? null,
      signal,
      responseHeaders: 'raw',
    });
    return {
      status: answer.statusCode,
      statusText: answer.statusText || (STATUS_CODES[answer.statusCode] ?? ''),
      headers: fieldsOf(answer.headers),
      body: readBody(answer.body, { client, request }),
    };
  } catch (error) {
    await client.destroy();
    throw explain(error, request);
  }
}

interface Reading {
  readonly client: Client;
  readonly request: HttpRequest;
}

async function* readBody(body: AsyncIterable<Uint8Array>, { client, request }: Reading): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of body) {
      received += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    throw explain(error, request, received);
  } finally {
    await client.destroy();
  }
}

/** What stopped an exchange, in the words of whoever waits for it. Interrupting it stays what it is. */
function explain(error: unknown, { url, timeoutMs, signal }: HttpRequest, received?: number): unknown {
  if (signal.aborted || !(error instanceof Error)) return error;
  const { origin } = new URL(url);
  const isLate =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError;
  const reason = isLate ? `nothing came for ${timeoutMs} ms` : reasonOf(error);
  const message =
    received === undefined
      ? `no answer from ${origin}: ${reason}`
      : `the answer from ${origin} broke off after ${received} bytes: ${reason}`;
  return new MsaError('MSA_GATEWAY_UNREACHABLE', message, { hint: 'msa ps shows how the gateway is.', cause: error });
}

function reasonOf(error: Error): string {
  // Several addresses tried and refused have their reasons in a list, and no message.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || (first instanceof Error ? first.message : error.name);
}

function fieldsOf(raw: unknown): readonly HeaderField[] {
  const flat = Array.isArray(raw) ? raw.map(String) : [];
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), flat[index + 1] ?? ''] as const] : []));
}

function resolve(reference: string, base: string): string | undefined {
  if (!URL.canParse(reference, base)) return undefined;
  const url = new URL(reference, base);
  url.hash = '';
  return url.href;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
