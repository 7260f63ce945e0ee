import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Log } from '../log.ts';
import type { Parts } from '../parts.ts';
import { refuseForeign, refuseStrangers } from './guard.ts';
import { Problem } from './problem.ts';
import { readJson } from './read-body.ts';
import { needsToken, type Answer, type Route } from './route.ts';
import { routes } from './routes.ts';

export interface Access {
  readonly token: string;
  /** Host names it answers to, beside its own. */
  readonly allowedHosts: readonly string[];
}

/** What no request may exceed: everything that arrives may be hostile. */
const serverLimits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1000,
};
const maxConnections = 1024;

interface Served {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The HTTP server of the API, not listening yet. */
export function createApiServer(parts: Parts, access: Access, log: Log): Server {
  const server = createServer(serverLimits, (request, response) => {
    response.on('error', () => undefined);
    answer(request)
      .then((result) => send(response, result))
      .catch((error: unknown) => sendProblem(response, asProblem(error, log)));
  });
  server.maxConnections = maxConnections;
  return server;

  async function answer(request: IncomingMessage): Promise<Answer> {
    refuseForeign(request.headers, access.allowedHosts);
    const { route, params } = findRoute(request);
    if (needsToken(route)) refuseStrangers(request.headers, access.token);
    const body = route.body === undefined ? undefined : await readJson(request);
    return route.handle(parts, { params, body, knownTag: request.headers['if-none-match'] });
  }
}

const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** HEAD is served as GET; Node leaves the body away. */
function findRoute({ method = '', url = '' }: IncomingMessage): Served {
  const path = url.split('?', 1)[0] ?? '';
  const found = patterns.flatMap(({ route, pattern }) => {
    const match = pattern.exec(path);
    return match === null ? [] : [{ route, params: decodeParams(match.groups ?? {}) }];
  });
  if (found.length === 0) throw new Problem(404, 'there is nothing here', { headers: { link: '</>; rel="start"' } });
  const served = found.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (served !== undefined) return served;
  const allow = found.map(({ route }) => (route.method === 'GET' ? 'GET, HEAD' : route.method)).join(', ');
  throw new Problem(405, `this takes ${allow}`, { headers: { allow } });
}

function decodeParams(params: Readonly<Record<string, string>>): Served['params'] {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new Problem(400, 'the path is not well-formed');
  }
}

function send(response: ServerResponse, result: Answer): void {
  switch (result.kind) {
    case 'stream':
      startStream(response, result.start);
      break;
    case 'empty':
      response.writeHead(result.status).end();
      break;
    case 'text':
      response.writeHead(200, { 'content-type': result.type, 'cache-control': 'no-store' }).end(result.text);
      break;
    case 'json': {
      const tag = result.tag === undefined ? {} : { etag: result.tag };
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache', ...tag };
      response.writeHead(200, headers).end(JSON.stringify(result.value));
    }
  }
}

function startStream(response: ServerResponse, start: (response: ServerResponse) => void): void {
  if (response.req.method === 'HEAD') response.writeHead(200).end();
  // Sent before the answer to an earlier request on its connection: its turn may never come, nor word that it is gone.
  else if (response.socket === null) throw new Problem(400, 'a stream cannot wait behind another answer');
  else start(response);
}

function sendProblem(response: ServerResponse, { status, message, problems, headers }: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const title = STATUS_CODES[status] ?? 'Error';
  const listed = problems.length > 0 ? { problems } : {};
  response
    .writeHead(status, { ...headers, 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ title, status, detail: message, ...listed }));
}

function asProblem(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error;
  log('error', 'a request failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new Problem(500, 'the registry could not do it; its log says more');
}
