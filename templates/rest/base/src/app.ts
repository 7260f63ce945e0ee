import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import type { IncomingMessage } from 'node:http';
import accepts from '@fastify/accepts';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createCommands } from './commands.ts';
import type { Config } from './config.ts';
import { createAnswer } from './http/answer.ts';
import { baseUrl } from './http/base-url.ts';
import { addDiscoveryRoutes } from './http/discovery-routes.ts';
import { answerBrokenConnection, answerError, pathOf } from './http/errors.ts';
import { readIdempotencyKey } from './http/headers.ts';
import { addJsonParser } from './http/json-body.ts';
import { beginLifetime } from './http/lifetime.ts';
import { addOperationsRoutes } from './http/operations-routes.ts';
import type { Lifecycle } from './http/operations-routes.ts';
import { addResourceRoutes } from './http/resource-routes.ts';
import { problem } from './problem.ts';
import type { Resource } from './resource.ts';
import type { Rules } from './rule-types.ts';
import { withDeadline } from './store.ts';
import type { Store } from './store.ts';
import { currentRequest, traceOf } from './trace.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What links in the answer begin with. */
    base: string;
  }
}

type AppConfig = Pick<Config, 'trusts' | 'publicUrl'>;

export interface AppParts<R extends Resource> {
  readonly resource: R;
  readonly rules: Rules<R>;
  readonly store: Store;
  readonly config: AppConfig;
  readonly log: FastifyBaseLogger;
  readonly lifecycle: Lifecycle;
  /** How long a client waits at most before it is told that it took too long. */
  readonly answerTimeoutMs?: number;
}

const limits = {
  bodyLimit: 64 * 1024,
  /** For a request to arrive completely. */
  requestTimeout: 30_000,
  /** Longer than proxies keep idle connections (60 s is usual), so that they close them and never meet a closed one. */
  keepAliveTimeout: 72_000,
  routerOptions: { maxParamLength: 100 },
};

const storeDeadlineMs = 3000;
const defaultAnswerTimeoutMs = 15_000;

/** The whole service but for its process: everything it needs comes in, and nothing listens yet. */
export function createApp<R extends Resource>(parts: AppParts<R>): FastifyInstance {
  const { resource, rules } = parts;
  const store = withDeadline(parts.store, storeDeadlineMs);
  const app = createServer(parts);
  // All of them, so that a known address can refuse any with 405.
  for (const method of METHODS.filter((name) => !app.supportedMethods.includes(name))) app.addHttpMethod(method);
  app.decorateRequest('base', '');
  // Set by the first hook; here only so that every request has the same shape.
  app.decorateRequest('lifetime');
  app.decorateRequest('deadlineAt');
  addRequestHooks(app, parts);
  addJsonParser(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request) => {
    throw problem('not-found', `There is nothing at ${pathOf(request)}.`);
  });
  const routes = { resource, store, commands: createCommands(resource, rules, store), answer: createAnswer(resource) };
  void app.register(accepts);
  // After the plugin, so that its hooks apply to the routes.
  void app.register(async (scope) => {
    addResourceRoutes(scope, routes);
    addDiscoveryRoutes(scope, routes);
    addOperationsRoutes(scope, store, parts.lifecycle);
  });
  return app;
}

function createServer({ log, config }: Pick<AppParts<Resource>, 'log' | 'config'>): FastifyInstance {
  return Fastify({
    ...limits,
    loggerInstance: log,
    // One line per request instead of two, and without query strings: see addRequestHooks.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, traceId: traceOf(request).traceId }, options),
    genReqId: requestIdOf,
    // Requests that have already arrived are answered while the server closes.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      // An address that cannot be read reaches no hook.
      welcome(request, reply, config);
      return answerError(error, request, reply);
    },
    clientErrorHandler: answerBrokenConnection,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true } },
  });
}

/** The caller's, when it is harmless in a log and in a header. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** What every answer has, and every handler needs. */
function welcome(request: FastifyRequest, reply: FastifyReply, { trusts, publicUrl }: AppConfig): void {
  const trusted = trusts(request.socket.remoteAddress ?? '');
  request.base = baseUrl({ headers: request.headers, trusted, publicUrl });
  const { traceparent } = traceOf(request.raw);
  reply.headers({ traceparent, 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
}

type HookParts = Pick<AppParts<Resource>, 'config' | 'lifecycle' | 'answerTimeoutMs'>;

function addRequestHooks(app: FastifyInstance, { config, lifecycle, answerTimeoutMs }: HookParts): void {
  app.addHook('onRequest', async (request, reply) => {
    welcome(request, reply, config);
    beginLifetime(request, reply, answerTimeoutMs ?? defaultAnswerTimeoutMs);
    // Asks clients that keep connections open to go elsewhere.
    if (lifecycle.isDraining) reply.header('connection', 'close');
  });
  // Entered as late as this because reading the body leaves the context it began in.
  app.addHook('preHandler', (request, _reply, done) => {
    const { traceparent, tracestate } = traceOf(request.raw);
    const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
    const { lifetime: signal, deadlineAt } = request;
    currentRequest.run({ traceparent, tracestate, idempotencyKey, signal, deadlineAt }, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    request.log.info(
      { method, path: pathOf(request), status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}
