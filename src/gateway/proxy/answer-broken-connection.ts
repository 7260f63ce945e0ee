import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { headers } from '../../protocol/headers.ts';
import { problemKinds, refuse, renderProblem } from '../problems.ts';
import type { ProblemKind, Refusal } from '../problems.ts';
import { endAfterAnswers, isAnswering } from './answers-under-way.ts';
import { connectionOf } from './connection.ts';

const kindByCode: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_INVALID_VERSION: 'version-not-supported',
};

/** Answers on a connection whose bytes are no request, so that there is none to reply to. */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const connection = connectionOf(socket);
  if (connection.open.size > 0) {
    for (const exchange of connection.open) exchange.clientBroken();
    return connection.breakOffAfterOpen();
  }
  const kind = kindByCode[error.code ?? ''] ?? 'invalid-request';
  endWithProblem(socket, refuse(kind, problemKinds[kind].about));
}

/** Ends a connection with a last word, or with the answers that are under way on it: one of them it would be taken for. */
export function endWithProblem(socket: Socket, refusal: Refusal): void {
  if (isAnswering(socket)) return endAfterAnswers(socket);
  const { kind, fields = [] } = refusal;
  const { status } = problemKinds[kind];
  const body = renderProblem(refusal, { base: '', instance: '' });
  const own = ['content-type', 'application/problem+json', 'content-length', String(Buffer.byteLength(body))];
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (const [index, item] of [...own, headers.gatewayError, kind, ...fields, 'connection', 'close'].entries())
    head += index % 2 === 0 ? `${item}: ` : `${item}\r\n`;
  socket.end(`${head}\r\n${body}`);
}
