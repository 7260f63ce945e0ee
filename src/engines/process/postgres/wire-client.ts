import { connect, type Socket } from 'node:net';

import { createScramClient, type ScramClient } from './scram.ts';
import { errorFields, int32, message, startupMessage, takeMessages, type WireMessage } from './wire-messages.ts';

export interface DatabaseAddress {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The server's own refusal. */
export class DatabaseError extends Error {
  readonly code: string;

  constructor(body: Buffer) {
    const fields = errorFields(body);
    super(fields.get('M') ?? 'unknown');
    this.code = fields.get('C') ?? '';
  }
}

const timeoutMs = 10_000;
const authentication = { ok: 0, sasl: 10, saslContinue: 11, saslFinal: 12 };

/**
 * Runs one statement on a server of this machine and gives the number of its rows. This little of the protocol is all that
 * making databases takes; servers come without a client that could be asked.
 */
export async function runStatement(address: DatabaseAddress, statement: string): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port: address.port });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the database server does not answer')));
  try {
    return await converse(socket, address, statement);
  } finally {
    socket.destroy();
  }
}

async function converse(
  socket: Socket,
  { user, password, database }: DatabaseAddress,
  statement: string,
): Promise<number> {
  const scram = createScramClient(password);
  let isSent = false;
  let rows = 0;
  socket.write(startupMessage({ user, database }));
  for await (const { type, body } of messagesOf(socket)) {
    if (type === 'E') throw new DatabaseError(body);
    if (type === 'R') authenticate(socket, scram, body);
    if (type === 'D') rows += 1;
    // Ready for a statement: the first time for ours, the second time after it.
    if (type !== 'Z') continue;
    if (isSent) return rows;
    socket.write(message('Q', statement));
    isSent = true;
  }
  throw new Error('the database server closed the connection');
}

async function* messagesOf(socket: Socket): AsyncGenerator<WireMessage> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    const { messages, rest } = takeMessages(Buffer.concat([bytes, chunk]));
    bytes = rest;
    yield* messages;
  }
}

function authenticate(socket: Socket, scram: ScramClient, body: Buffer): void {
  const rest = body.subarray(4);
  switch (body.readInt32BE(0)) {
    case authentication.sasl: {
      const first = Buffer.from(scram.firstMessage);
      socket.write(message('p', 'SCRAM-SHA-256', int32(first.length), first));
      return;
    }
    case authentication.saslContinue:
      socket.write(message('p', Buffer.from(scram.answer(rest.toString()))));
      return;
    case authentication.ok:
    case authentication.saslFinal:
      return;
    default:
      throw new Error('the database server wants another kind of password');
  }
}
