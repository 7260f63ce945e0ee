import type { Socket } from 'node:net';

import { headers } from '../../protocol/headers.ts';
import { readResponseHead, textOf } from '../http/response-fields.ts';
import type { RawFields } from '../http/response-fields.ts';
import type { CallAnswer } from './describe-reply.ts';
import type { Incoming } from './incoming.ts';

/** The head of a 101 for the client; undefined when the instance changes to another protocol than it was asked for. */
export function upgradeHead({ raw, instance }: CallAnswer, incoming: Incoming): string | undefined {
  const { requestId, via, replyFields, upgrade = '' } = incoming;
  if (protocolOf(raw) !== upgrade) return undefined;
  const own = [headers.requestId, requestId, 'via', via, headers.instance, instance, ...replyFields];
  const fields = [...readResponseHead(raw).fields, ...own, 'connection', 'Upgrade', 'upgrade', upgrade];
  let head = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let index = 0; index < fields.length; index += 2) head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return `${head}\r\n`;
}

/** Writes the last of HTTP and gives the connection of the client, for whatever comes now. */
export function leaveHttp({ request, response }: Incoming, head: string): Socket {
  const { socket } = request;
  response.detachSocket(socket);
  socket.write(head, 'latin1');
  return socket;
}

function protocolOf(raw: RawFields): string {
  const at = raw.findIndex((name, index) => index % 2 === 0 && textOf(name).toLowerCase() === 'upgrade');
  return at < 0
    ? ''
    : textOf(raw[at + 1])
        .trim()
        .toLowerCase();
}
