import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Representation } from '../links.ts';
import { problem } from '../problem.ts';
import type { Resource } from '../resource.ts';
import { etagOf, isKnown } from './headers.ts';
import { renderers } from './media-types.ts';

/** Refuses, before anything happens, a request whose answer could not be written as it asks. */
export async function requireAcceptable(request: FastifyRequest): Promise<void> {
  if (mediaTypeOf(request) !== undefined) return;
  const available = [...renderers.keys()];
  throw problem('not-acceptable', `Available are ${available.join(', ')}.`, { members: { available } });
}

function mediaTypeOf(request: FastifyRequest): string | undefined {
  const [best] = [request.type([...renderers.keys()])].flat();
  return best || undefined;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface AnswerOptions {
  readonly status?: number;
  /** The version of the item that is shown. */
  readonly version?: number;
}

export type Answer = (exchange: Exchange, representation: Representation, options?: AnswerOptions) => FastifyReply;

/** Makes what writes representations as the client asked for them, or 304 when it has exactly that already. */
export function createAnswer(resource: Resource): Answer {
  return ({ request, reply }, representation, { status = 200, version } = {}) => {
    const mediaType = mediaTypeOf(request) ?? 'application/json';
    const body = JSON.stringify(renderers.get(mediaType)?.(representation, resource, request.base));
    const etag = etagOf(body, version);
    // Every use has to be asked about; unlike no-cache, this lets a gateway give what it has while the service is down.
    reply.headers({ etag, vary: 'Accept', 'cache-control': 'max-age=0' });
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && isKnown(etag, request.headers['if-none-match'])) return reply.code(304).send();
    return reply.code(status).type(mediaType).send(body);
  };
}
