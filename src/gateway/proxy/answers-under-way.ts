import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { connectionOf } from './connection.ts';

/** Whether requests of a connection still wait for the rest of their answers: whatever is written now would be taken for it. */
export function isAnswering(socket: Socket): boolean {
  return connectionOf(socket).open.size > 0 || answerOn(socket) !== undefined;
}

/** Ends a connection, of which nothing more is read, with the answers that are under way on it. */
export function endAfterAnswers(socket: Socket): void {
  const connection = connectionOf(socket);
  socket.on('error', () => undefined);
  if (connection.open.size > 0) connection.breakOffAfterOpen();
  else answerOn(socket)?.once('finish', () => socket.destroySoon());
}

/** The answer that is being written; node:http keeps it there. */
function answerOn(socket: Socket): ServerResponse | undefined {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof ServerResponse ? answer : undefined;
}
