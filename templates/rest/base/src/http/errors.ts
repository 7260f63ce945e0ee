import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problem, problemDocument, problemKinds } from '../problem.ts';
import type { ProblemKind } from '../problem.ts';
import { StoreUnavailable } from '../store.ts';
import { traceOf } from '../trace.ts';

/** Answers every error as a problem document; what is not meant for the client goes to the log only. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = toProblem(error);
  const { status } = problemKinds[refusal.kind];
  if (status >= 500) request.log.error({ err: error }, refusal.message);
  const { traceId } = traceOf(request.raw);
  const document = problemDocument(refusal, { base: request.base, instance: pathOf(request), traceId });
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...refusal.headers })
    .type('application/problem+json')
    .send(JSON.stringify(document));
}

/** The address without its query, which can hold what should not be written down. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreUnavailable)
    return problem('unavailable', 'The store does not answer.', { headers: { 'retry-after': '1' } });
  if ('validation' in error && error.validation) return invalidBody(error.validation);
  if ('statusCode' in error && error.statusCode !== undefined) {
    const kind = kindOf(error.statusCode);
    // Fastify's own texts about a client's mistake are made for the client.
    if (kind !== 'internal')
      return problem(kind, kind === 'unavailable' ? 'The request took too long.' : error.message);
  }
  return problem('internal', 'The request could not be completed.');
}

function kindOf(status: number): ProblemKind {
  const kinds = Object.entries(problemKinds) as [ProblemKind, { status: number }][];
  return kinds.find(([, known]) => known.status === status)?.[0] ?? (status < 500 ? 'invalid-request' : 'internal');
}

function invalidBody(failures: NonNullable<FastifyError['validation']>): Problem {
  const errors = failures.map(({ instancePath, params, message = 'is not valid' }) => {
    const name = params['missingProperty'] ?? params['additionalProperty'];
    const pointer = `#${instancePath}${typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : ''}`;
    return { pointer, detail: 'additionalProperty' in params ? 'is not a known field' : message };
  });
  return problem('invalid-request', 'The body does not have the right form.', { members: { errors } });
}

const kindByCode: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** Answers on a connection whose request could not even be parsed, before there is a request to reply to. */
export function answerBrokenConnection(error: Error & { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const kind = kindByCode[error.code] ?? 'invalid-request';
  const at = { base: '', instance: '', traceId: randomBytes(16).toString('hex') };
  const body = JSON.stringify(problemDocument(problem(kind, problemKinds[kind].about), at));
  const { status } = problemKinds[kind];
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
