import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted when nobody waits for the answer any more. */
    lifetime: AbortSignal;
    /** When the caller waits no longer, by performance.now; undefined when it did not say. */
    deadlineAt: number | undefined;
  }
}

/**
 * Begins the lifetime of a request: it ends when the client is gone before it has its answer, or when the time is up,
 * which the client is told. Fastify's own signal and handlerTimeout end as soon as the body of a request has been read.
 */
export function beginLifetime(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  const controller = new AbortController();
  request.lifetime = controller.signal;
  request.deadlineAt = deadlineOf(request.headers['x-msa-timeout-ms']);
  const timer = setTimeout(() => {
    controller.abort();
    if (!reply.sent) reply.send(problem('unavailable', 'The request took too long.'));
  }, timeoutMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort();
  });
}

/** The gateway says how many milliseconds the caller still waits. When they are over, it breaks the request off itself. */
function deadlineOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? performance.now() + Number(header) : undefined;
}
