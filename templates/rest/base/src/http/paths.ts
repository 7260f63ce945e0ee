import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { problem } from '../problem.ts';

export interface Operation {
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
  readonly options?: RouteShorthandOptions;
}

type Operations = Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', Operation>>>;

/** Serves an address completely: its operations, HEAD and OPTIONS, and 405 with Allow for every other method. */
export function servePath(app: FastifyInstance, url: string, operations: Operations): void {
  for (const [method, { handler, options }] of Object.entries(operations))
    app.route({ ...options, method, url, handler });
  const allowed = [...Object.keys(operations), ...(operations.GET ? ['HEAD'] : []), 'OPTIONS'];
  const allow = allowed.join(', ');
  app.options(url, (_request, reply) => reply.code(204).header('allow', allow).send());
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    // Before the body is read: no body makes a method that does not exist better or worse.
    onRequest: async ({ method }) => {
      throw problem('method-not-allowed', `${method} is not possible here; ${allow} are.`, { headers: { allow } });
    },
    handler: () => {},
  });
}
