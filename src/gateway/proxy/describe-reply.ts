import { headers } from '../../protocol/headers.ts';
import { readResponseHead } from '../http/response-fields.ts';
import type { Limits } from '../limits.ts';
import type { Incoming } from './incoming.ts';
import type { ReplyHead } from './reply.ts';

interface Answer {
  readonly status: number;
  /** As undici gives them: name and value in turn. */
  readonly raw: readonly Buffer[];
  /** Who gave it. */
  readonly instance: string;
}

interface Circumstances {
  readonly closing: boolean;
  readonly limits: Limits;
}

/** What the client gets of the head of an instance's answer, and how its body is passed on. */
export function describeReply({ status, raw, instance }: Answer, incoming: Incoming, how: Circumstances): ReplyHead {
  const { fields, contentLength, strangeCoding } = readResponseHead(raw);
  if (strangeCoding) throw new TypeError('its transfer coding is unknown');
  fields.push(headers.requestId, incoming.requestId, headers.instance, instance, 'via', incoming.via);
  if (how.closing) fields.push('connection', 'close');
  else if (isKeptOpen(incoming)) fields.push('keep-alive', `timeout=${Math.floor(how.limits.idleTimeoutMs / 1000)}`);
  // RFC 9110, 6.4.1: a length may be told, but nothing follows.
  const isEmpty = incoming.method === 'HEAD' || status === 204 || status === 304;
  const length = isEmpty ? 0 : contentLength;
  return { status, fields, length, hold: length !== undefined && length <= how.limits.holdBytes };
}

/** Clients that keep connections want to know for how long, so that they never send on one that is just being closed. */
function isKeptOpen({ request, head }: Incoming): boolean {
  return request.httpVersionMinor === 1 && (head.connection === '' || !/\bclose\b/i.test(head.connection));
}
