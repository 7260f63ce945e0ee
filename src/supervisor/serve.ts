import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import {
  supervisorPaths,
  type JobMessage,
  type JobRequest,
  type LaunchRequest,
  type PortTable,
  type PublishRequest,
  type SupervisorRefusal,
} from '../protocol/supervisor-api.ts';
import { Refusal } from './refusal.ts';
import type { Supervisor } from './supervisor.ts';

interface Exchange {
  /** Of the instance that the path names. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Gives the body of the answer; undefined for none. */
type Handler = (exchange: Exchange) => unknown;

const maxBodyBytes = 16 * 1024 * 1024;

const statusOf: Readonly<Record<SupervisorRefusal['code'], number>> = {
  'bad-request': 400,
  unknown: 404,
  exists: 409,
  'not-runnable': 422,
  failed: 500,
  closing: 503,
};

/** Answers msa over a socket. The directory of the socket keeps everybody else out. */
export function createApi(supervisor: Supervisor, close: () => Promise<void>): Server {
  const handlers = handlersOf(supervisor, close);
  const server = createServer((request, response) => void answer(handlers, request, response));
  // A stop may take as long as the programs it stops.
  server.requestTimeout = 0;
  return server;
}

/** By method and path, where `*` is an instance. Both sides are built together, so bodies are what they should be. */
function handlersOf(supervisor: Supervisor, close: () => Promise<void>): ReadonlyMap<string, Handler> {
  const { state, ports, system, instances, instance, crash, facts, environment, jobs } = supervisorPaths;
  return new Map<string, Handler>([
    [`GET ${state}`, () => supervisor.state()],
    [`DELETE ${state}`, close],
    [`PUT ${ports}`, async ({ request }) => supervisor.setPorts(await readJson<PortTable>(request))],
    [`PUT ${system}`, async ({ request }) => supervisor.publish((await readJson<PublishRequest>(request)).system)],
    [`POST ${instances}`, async ({ request }) => supervisor.launch(await readJson<LaunchRequest>(request))],
    [`DELETE ${instance('*')}`, ({ id }) => supervisor.stop(id)],
    [`POST ${crash('*')}`, ({ id }) => supervisor.crash(id)],
    [`GET ${facts('*')}`, ({ id }) => supervisor.facts(id)],
    [`GET ${environment('*')}`, ({ id }) => supervisor.environment(id)],
    [`POST ${jobs}`, (exchange) => runJob(supervisor, exchange)],
  ]);
}

async function answer(
  handlers: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { pattern, id } = parsePath(request.url ?? '');
    const handler = handlers.get(`${request.method} ${pattern}`);
    if (handler === undefined) throw new Refusal('bad-request', `there is no ${request.method} ${request.url}`);
    const body = await handler({ id, request, response });
    if (!response.headersSent) sendJson(response, 200, body ?? {});
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const code = error instanceof Refusal ? error.code : 'failed';
    const refusal: SupervisorRefusal = { code, message: error instanceof Error ? error.message : String(error) };
    sendJson(response, statusOf[code], refusal);
  }
}

// `/v1/instances/orders-1/crash`: the third part is an instance, the same handler for all of them.
function parsePath(url: string): { readonly pattern: string; readonly id: string } {
  const segments = url.split('/');
  const [, , , id] = segments;
  if (id === undefined) return { pattern: url, id: '' };
  return { pattern: segments.with(3, '*').join('/'), id: decodeURIComponent(id) };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

async function readJson<Body>(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Refusal('bad-request', 'the request is too long');
    chunks.push(chunk);
  }
  try {
    const body: Body = JSON.parse(Buffer.concat(chunks).toString());
    return body;
  } catch {
    throw new Refusal('bad-request', 'the request is not JSON');
  }
}

/** Tells of a job while it runs, no faster than it is read; the job ends with the connection. */
async function runJob(supervisor: Supervisor, { request, response }: Exchange): Promise<void> {
  const job = await readJson<JobRequest>(request);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const tell = async (message: JobMessage): Promise<void> => {
    if (gone.signal.aborted || response.write(`${JSON.stringify(message)}\n`)) return;
    await once(response, 'drain', { signal: gone.signal }).catch(() => {});
  };
  await supervisor.runJob(job, tell, gone.signal);
  response.end();
}
