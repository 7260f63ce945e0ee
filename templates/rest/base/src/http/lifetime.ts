import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted when nobody waits for the answer any more. */
    lifetime: AbortSignal;
  }
}

/**
 * Begins the lifetime of a request: it ends when the client is gone before it has its answer, or when the time is up,
 * which the client is told. Fastify's own signal and handlerTimeout end as soon as the body of a request has been read.
 */
export function beginLifetime(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  const controller = new AbortController();
  request.lifetime = controller.signal;
  const timer = setTimeout(() => {
    controller.abort();
    if (!reply.sent) reply.send(problem('unavailable', 'The request took too long.'));
  }, timeoutMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort();
  });
}
