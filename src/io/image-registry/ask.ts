import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

import { explainFailure } from '../load/explain-failure.ts';
import { MsaError } from '../../model/errors.ts';

export interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where it came from, after redirects. */
  readonly url: URL;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** For a connection, for the head of an answer, and for each part of its body. */
const partTimeoutMs = 15_000;
/** For all of it. */
const wholeTimeoutMs = 60_000;
const limits = {
  connect: { timeout: partTimeoutMs },
  headersTimeout: partTimeoutMs,
  bodyTimeout: partTimeoutMs,
  maxHeaderSize: 32 * 1024,
} as const;

/** Whether an address is this machine itself, where nobody can listen in. */
export function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/**
 * Asks, and follows redirects to where nobody can listen in; who msa is goes to whom it is meant for alone. Throws with the
 * origin and the reason where there is no answer.
 */
export async function ask(question: Question): Promise<Answer> {
  const dispatcher = isLoopback(question.url.hostname) ? new Agent(limits) : new EnvHttpProxyAgent(limits);
  try {
    return await follow(
      { ...question, signal: AbortSignal.any([question.signal, AbortSignal.timeout(wholeTimeoutMs)]) },
      dispatcher,
    );
  } catch (error) {
    question.signal.throwIfAborted();
    if (error instanceof MsaError) throw error;
    const isLate = error instanceof Error && (error.name === 'TimeoutError' || /TIMEOUT/.test(codeOf(error)));
    throw unreachable(question.url, isLate ? 'it takes too long' : explainFailure(error), error);
  } finally {
    await dispatcher.destroy();
  }
}

async function follow(question: Question, dispatcher: Dispatcher): Promise<Answer> {
  let { url, headers } = question;
  for (let count = 0; count <= maxRedirects; count += 1) {
    const answer = await askOnce({ ...question, url, headers }, dispatcher);
    const location = answer.headers['location'];
    if (!redirects.has(answer.status) || location === undefined) return answer;
    if (!URL.canParse(location, url.href)) throw unreachable(url, 'it redirects to what is no address');
    const next = new URL(location, url);
    if (!isSecret(next, question.url))
      throw unreachable(url, `it redirects to ${next.origin}, where anybody could listen in`);
    if (next.origin !== url.origin) headers = withoutCredentials(headers);
    url = next;
  }
  throw unreachable(url, `it redirects more than ${maxRedirects} times`);
}

/** HTTPS, or this machine where the question was for this machine. */
function isSecret({ protocol, hostname }: URL, asked: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && isLoopback(hostname) && asked.protocol === 'http:';
}

function withoutCredentials(headers: Question['headers']): Question['headers'] {
  const { authorization: _secret, ...others } = headers;
  return others;
}

async function askOnce({ method, url, headers, maxBytes, signal }: Question, dispatcher: Dispatcher): Promise<Answer> {
  const answer = await request(url, { method, headers, dispatcher, signal });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > maxBytes) {
      answer.body.destroy();
      throw unreachable(url, `it answers with more than ${maxBytes / 1024 ** 2} MiB`);
    }
    chunks.push(bytes);
  }
  return { status: answer.statusCode, headers: plainHeaders(answer.headers), body: Buffer.concat(chunks), url };
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Answer['headers'] {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(entries);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function unreachable({ origin }: URL, reason: string, cause?: unknown): MsaError {
  return new MsaError('MSA_IMAGE_REGISTRY_UNREACHABLE', `the registry at ${origin} cannot be asked: ${reason}`, {
    hint: 'Check the name of the image and the network, and run it again; nothing was changed.',
    cause,
  });
}
