import { request } from 'undici';
import type { Dispatcher } from 'undici';

import type { KeyLocation } from '../../protocol/policies/auth.ts';
import type { FeatureContext } from '../pipeline/feature.ts';
import { isRefusal } from '../pipeline/outcome.ts';

const maxBytes = 256 * 1024;
const accept = 'application/jwk-set+json, application/json';

/** Reads the document in which an issuer publishes its keys: of a service as any request to it, else over TLS. */
export function keyDocument(
  location: KeyLocation,
  { service, call, limits }: Pick<FeatureContext, 'service' | 'call' | 'limits'>,
  dispatcher: Dispatcher,
): () => Promise<unknown> {
  const timeoutMs = limits.issuerTimeoutMs;
  if (location.kind === 'url') return () => readFrom(location.url, { dispatcher, timeoutMs });
  return async () => {
    const issuer = service(location.service);
    if (!issuer) throw new Error(`there is no service ${location.service}`);
    const rules = { timeoutMs, retryAttempts: 2, maxBytes };
    const answer = await call({
      service: issuer,
      method: 'GET',
      path: location.path,
      fields: ['accept', accept],
      ...rules,
    });
    if (isRefusal(answer)) throw new Error(answer.detail);
    if (answer.status !== 200) throw new Error(`${location.path} was answered with ${answer.status}`);
    return parse(answer.body.toString('utf8'));
  };
}

interface Reading {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
}

/** Goes nowhere else than it was told: redirects are not followed. */
async function readFrom(url: string, { dispatcher, timeoutMs }: Reading): Promise<unknown> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    headers: { accept },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the address was answered with ${statusCode}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new RangeError(`the document has more than ${maxBytes} bytes`);
  }
  return parse(Buffer.concat(chunks).toString('utf8'));
}

/** Node's own message would show a part of the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('the document is no JSON');
  }
}
