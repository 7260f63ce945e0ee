import { request as send } from 'undici';
import type { Dispatcher } from 'undici';
import { problem } from './problem.ts';
import { currentRequest } from './trace.ts';

export interface CallRequest {
  /** The address of the service, from its variable: `calleeUrl('users')`. A path in it is kept. */
  readonly baseUrl: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; its variable parts must have been encoded with encodeURIComponent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Values that are undefined are left out; lists become repeated parameters. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the call early; the signal of the request being served counts too. */
  readonly signal?: AbortSignal;
  /** Which statuses are a result, not a failure. Default: 200 to 299. */
  readonly acceptStatus?: (status: number) => boolean;
  /** How long the whole call may take, at most until the caller of this service waits no longer. Default: 5 seconds. */
  readonly timeoutMs?: number;
}

type QueryValue = string | number | boolean | undefined;

export interface CallResponse {
  readonly status: number;
  /** Names in lower case; a header sent more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the text when it is not JSON, undefined when there is none. */
  readonly body: unknown;
}

const defaultTimeoutMs = 5000;
const maxResponseBytes = 1024 * 1024;

/**
 * Calls another service. Passes on the trace and, with unsafe methods, the Idempotency-Key of the request being served
 * (a header of the same name given here wins; give one per call when one request calls the same operation twice), and
 * says how long it waits, so that nobody works on for it in vain.
 * Does not retry: the gateway between the services does. Throws a problem: 502 when the callee cannot be reached,
 * refuses or answers with more than 1 MiB, 504 when it takes too long; so a rule that does not catch it answers the
 * client correctly. `problem.members.upstream` holds the callee's own status and problem document.
 */
export async function call(request: CallRequest): Promise<CallResponse> {
  const url = addressOf(request);
  const callee = `${request.method} ${url.host}${request.path}`;
  const timeoutMs = timeLeft(request.timeoutMs ?? defaultTimeoutMs);
  if (timeoutMs < 1) throw problem('gateway-timeout', `There is no time left for ${callee}.`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await exchange(url, request, { timeout, timeoutMs }).catch((cause: unknown) => {
    if (timeout.aborted) throw problem('gateway-timeout', `${callee} did not answer in time.`, { cause });
    throw problem('bad-gateway', `${callee} failed.`, { cause });
  });
  const accepted = request.acceptStatus ?? ((status) => status >= 200 && status < 300);
  if (accepted(response.status)) return response;
  const upstream = { status: response.status, problem: problemIn(response) };
  throw problem('bad-gateway', `${callee} answered with status ${response.status}.`, { members: { upstream } });
}

/** Whole milliseconds until this time is over, or until the caller of this service waits no longer. */
function timeLeft(timeoutMs: number): number {
  const deadlineAt = currentRequest.getStore()?.deadlineAt ?? Infinity;
  return Math.floor(Math.min(timeoutMs, deadlineAt - performance.now()));
}

interface Patience {
  readonly timeout: AbortSignal;
  readonly timeoutMs: number;
}

async function exchange(url: URL, request: CallRequest, { timeout, timeoutMs }: Patience): Promise<CallResponse> {
  const signals = [timeout, request.signal, currentRequest.getStore()?.signal].filter((signal) => signal !== undefined);
  const response = await send(url, {
    method: request.method,
    headers: headersOf(request, timeoutMs),
    signal: AbortSignal.any(signals),
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  const headers = Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  return { status: response.statusCode, headers, body: parse(await readBody(response.body), headers) };
}

function addressOf({ baseUrl, path, query = {} }: CallRequest): URL {
  const url = new URL(baseUrl.replace(/\/+$/, '') + path);
  for (const [name, given] of Object.entries(query)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value !== undefined) url.searchParams.append(name, String(value));
    }
  }
  return url;
}

function headersOf({ method, headers = {}, body }: CallRequest, timeoutMs: number): Record<string, string> {
  const context = currentRequest.getStore();
  const safe = method === 'GET' || method === 'HEAD';
  return {
    accept: 'application/json',
    'x-msa-timeout-ms': String(timeoutMs),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...present({ traceparent: context?.traceparent, tracestate: context?.tracestate }),
    ...(!safe && context?.idempotencyKey !== undefined && { 'idempotency-key': `"${context.idempotencyKey}"` }),
    ...present(headers),
  };
}

/** Without those that are undefined, which would only hide what they are laid over. */
function present(headers: NonNullable<CallRequest['headers']>): Record<string, string> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lower.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function readBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxResponseBytes) throw new Error(`the response is larger than ${maxResponseBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, headers: Readonly<Record<string, string>>): unknown {
  if (text === '') return undefined;
  return /[/+]json\b/.test(headers['content-type'] ?? '') ? JSON.parse(text) : text;
}

function problemIn({ headers, body }: CallResponse): unknown {
  return headers['content-type']?.startsWith('application/problem+json') === true ? body : undefined;
}
