import { headers } from '../../protocol/headers.ts';
import { setField } from '../http/fields.ts';
import { readResponseHead } from '../http/response-fields.ts';
import type { RawFields } from '../http/response-fields.ts';
import type { Limits } from '../limits.ts';
import type { ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from './incoming.ts';

/** The head of an instance's answer. */
export interface CallAnswer {
  readonly status: number;
  /** The fields as they came. */
  readonly raw: RawFields;
  /** Who gave it. */
  readonly instance: string;
}

/** What goes on of the head of an instance's answer, and how its body is passed on. Throws when it cannot be. */
export function describeReply({ status, raw, instance }: CallAnswer, method: string, { holdBytes }: Limits): ReplyHead {
  const { fields, contentLength, strangeCoding } = readResponseHead(raw);
  if (strangeCoding) throw new TypeError('its transfer coding is unknown');
  if (status > 599) throw new TypeError(`its status is ${status}`);
  // RFC 9110, 6.4.1: a length may be told, but nothing follows.
  const bodiless = method === 'HEAD' || status === 204 || status === 205 || status === 304;
  const length = bodiless ? 0 : contentLength;
  // Of those, this is the only one whose length is that of what follows (RFC 9110, 15.3.6).
  if (status === 205) setField(fields, 'content-length', '0');
  return { status, fields, length, bodiless, instance, hold: length !== undefined && length <= holdBytes };
}

interface Circumstances {
  readonly closing: boolean;
  readonly limits: Limits;
}

/** Adds what the gateway itself says with an answer; nothing of a service or a stage can take it away. */
export function addOwnFields({ fields, instance }: ReplyHead, incoming: Incoming, how: Circumstances): void {
  fields.push(headers.requestId, incoming.requestId, 'via', incoming.via);
  if (instance !== undefined) fields.push(headers.instance, instance);
  for (const item of incoming.replyFields) fields.push(item);
  if (how.closing || incoming.closing) {
    fields.push('connection', 'close');
    incoming.connection.closing = true;
  } else if (isKeptOpen(incoming)) fields.push('keep-alive', `timeout=${Math.floor(how.limits.idleTimeoutMs / 1000)}`);
}

/** Clients that keep connections want to know for how long, so that they never send on one that is just being closed. */
function isKeptOpen({ request, head }: Incoming): boolean {
  return request.httpVersionMinor === 1 && (head.connection === '' || !/\bclose\b/i.test(head.connection));
}
