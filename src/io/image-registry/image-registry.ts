import { createHash } from 'node:crypto';

import { MsaError } from '../../model/errors.ts';
import type { ImageAddress, ImageRegistry } from '../../ports/image-registry.ts';
import { ask, isLoopback, unreachable, type Answer } from './ask.ts';
import { readChallenge, type Challenge } from './challenge.ts';
import { readCredentials, type Credentials } from './credentials.ts';

const maxManifestBytes = 4 * 1024 ** 2;
const maxTokenBytes = 1024 ** 2;

/** An index first: an image of several platforms is pinned as a whole. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Registries that speak the protocol of the OCI, as all do. */
export function createImageRegistry(env: Readonly<Record<string, string | undefined>>): ImageRegistry {
  return {
    digestOf: async (image, { known, signal }) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await digestOf({ image, env, signal: controller.signal }, known);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

interface Asking {
  readonly image: ImageAddress;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Whoever asks with HEAD only is not counted by registries that count; what is new is fetched and proven. */
async function digestOf(asking: Asking, known: string | undefined): Promise<string> {
  const { tag } = asking.image;
  const head = await askManifest(asking, { method: 'HEAD', reference: tag });
  const told = digestIn(head.answer);
  if (told !== undefined && told === known) return told;
  const { answer } = await askManifest(asking, {
    method: 'GET',
    reference: told ?? tag,
    authorization: head.authorization,
  });
  const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
  if (!manifestTypes.includes(answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''))
    throw unreachable(
      answer.url,
      `it answers with ${answer.headers['content-type'] ?? 'nothing that says its type'}, which is no image`,
    );
  if ((told ?? digest) !== digest) throw unreachable(answer.url, `it says ${told} and sends what is ${digest}`);
  return digest;
}

function digestIn({ headers }: Answer): string | undefined {
  const digest = headers['docker-content-digest'];
  return digest !== undefined && /^sha256:[a-f0-9]{64}$/.test(digest) ? digest : undefined;
}

interface ManifestQuestion {
  readonly method: 'HEAD' | 'GET';
  /** A tag or a digest. */
  readonly reference: string;
  readonly authorization?: string | undefined;
}

/** Asks as anybody, and again as whom the registry wants. */
async function askManifest(
  { image, env, signal }: Asking,
  { method, reference, authorization }: ManifestQuestion,
): Promise<{ readonly answer: Answer; readonly authorization: string | undefined }> {
  const scheme = isLoopback(image.registry.replace(/:\d+$/, '')) ? 'http' : 'https';
  const url = new URL(`${scheme}://${image.registry}/v2/${image.repository}/manifests/${reference}`);
  const send = (proof: string | undefined): Promise<Answer> =>
    ask({
      method,
      url,
      headers: { accept: manifestTypes.join(', '), ...(proof === undefined ? {} : { authorization: proof }) },
      maxBytes: maxManifestBytes,
      signal,
    });
  const first = await send(authorization);
  if (first.status !== 401) return { answer: requireFound(first, image), authorization };
  const credentials = await readCredentials(image.registry, env);
  const proof = await obtainProof(first, { image, signal, credentials });
  const second = proof === undefined ? first : await send(proof);
  return { answer: requireFound(second, image), authorization: proof };
}

interface Proving {
  readonly image: ImageAddress;
  readonly signal: AbortSignal;
  readonly credentials: Credentials | undefined;
}

async function obtainProof(refused: Answer, proving: Proving): Promise<string | undefined> {
  const challenge = readChallenge(refused.headers['www-authenticate'] ?? '');
  const { credentials } = proving;
  if (challenge?.scheme === 'bearer') return `Bearer ${await fetchToken(refused.url, challenge, proving)}`;
  return challenge === undefined || credentials === undefined ? undefined : basic(credentials);
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function fetchToken(
  registry: URL,
  { realm, service, scope }: Challenge & { readonly scheme: 'bearer' },
  { image, signal, credentials }: Proving,
): Promise<string> {
  if (!URL.canParse(realm)) throw unreachable(registry, 'it sends to what is no address for a token');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(isLoopback(url.hostname) && registry.protocol === 'http:'))
    throw unreachable(registry, `it sends to ${url.origin} for a token, where anybody could listen in`);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope ?? `repository:${image.repository}:pull`);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  const answer = await ask({ method: 'GET', url, headers, maxBytes: maxTokenBytes, signal });
  const token = tokenIn(requireFound(answer, image));
  if (token === undefined) throw unreachable(url, 'it gives no token');
  return token;
}

function tokenIn({ body }: Answer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const found = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const token: unknown = (found.find(([name]) => name === 'token') ??
      found.find(([name]) => name === 'access_token'))?.[1];
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** The answer, if it is one; else what its status means. */
function requireFound(answer: Answer, image: ImageAddress): Answer {
  const { status, headers, url } = answer;
  const name = `${image.registry}/${image.repository}:${image.tag}`;
  if (status === 200) return answer;
  if (status === 429) {
    const wait = /^\d{1,9}$/.test(headers['retry-after'] ?? '')
      ? `; it says to come again in ${headers['retry-after']} s`
      : '';
    throw unreachable(url, `it has had enough requests for now (429)${wait}`);
  }
  if (status === 401 || status === 403) {
    throw new MsaError('MSA_IMAGE_UNKNOWN', `${name} is not there for everybody, or not at all (${status})`, {
      hint: `Check the name; for an image of your own: docker login ${image.registry}`,
    });
  }
  if (status === 404)
    throw new MsaError('MSA_IMAGE_UNKNOWN', `there is no ${name}`, {
      hint: 'Check the name and the tag in the Dockerfile.',
    });
  throw unreachable(url, `it answers with ${status}`);
}
