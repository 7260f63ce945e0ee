import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { headers } from '../../protocol/headers.ts';
import { problemKinds, refuse, renderProblem } from '../problems.ts';
import type { ProblemKind } from '../problems.ts';
import { connectionOf } from './connection.ts';

const kindByCode: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_INVALID_VERSION: 'version-not-supported',
};

/** Answers on a connection whose bytes are no request, so that there is none to reply to. */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { open } = connectionOf(socket);
  // Answers of requests before it are under way: this one's would be taken for one of theirs.
  if (open.size > 0) return endAfterOpen(socket);
  const kind = kindByCode[error.code ?? ''] ?? 'invalid-request';
  const { status, about } = problemKinds[kind];
  const body = renderProblem(refuse(kind, about), { base: '', instance: '' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${headers.gatewayError}: ${kind}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function endAfterOpen(socket: Socket): void {
  const connection = connectionOf(socket);
  for (const exchange of connection.open) exchange.clientBroken();
  connection.breakOffAfterOpen();
}
