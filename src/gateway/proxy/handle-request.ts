import type { IsTrusted } from '../http/told-client.ts';
import { noteRequest } from '../observe/note-request.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Target } from '../state/targets.ts';
import { connectionOf } from './connection.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeParts } from './exchange.ts';
import { answerOptions, answerRefusal } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { receive } from './receive.ts';
import type { Arrival } from './receive.ts';

/** Answers a request itself. */
export type OwnPage = (incoming: Incoming) => Promise<void>;

/** What makes one listener different from the others. */
export interface ListenerRole {
  /** `public`, or the edge's name. */
  readonly name: string;
  /** By which it knows itself in Via. */
  readonly pseudonym: () => string;
  /** Whose word on clients is taken; undefined: nobody's. */
  readonly isTrusted?: () => IsTrusted | undefined;
  readonly find: (incoming: Incoming) => Target | OwnPage | Refusal;
}

/** Takes a request from the parser to a service, a page of the gateway's own, or a refusal. */
export function handleRequest(arrival: Arrival, role: ListenerRole, parts: ExchangeParts): void {
  const { limits } = parts;
  // Where a request was refused, what follows may be a part of it that only looks like another one.
  const peer = arrival.connection ?? connectionOf(arrival.request.socket);
  if (peer.closing) return;
  const { incoming, refusal } = receive(arrival, {
    peer,
    listener: role.name,
    pseudonym: role.pseudonym(),
    limits,
    isDraining: parts.isDraining(),
    isTrusted: role.isTrusted?.(),
  });
  if (refusal) return refuseIncoming(incoming, refusal, parts);
  if (isForGateway(incoming)) return answerForGateway(incoming, parts);
  const found = role.find(incoming);
  if (typeof found === 'function') void serveOwnPage(found, incoming, parts);
  else if ('detail' in found) refuseIncoming(incoming, found, parts);
  else new Exchange(incoming, found, parts).start();
}

/** Methods that are passed on, among others that services may have. */
export const passedOn = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** Requests that ask about the gateway, or that go no further than to it (RFC 9110, 7.6.2 and 9.3.7). */
function isForGateway({ method, path, head }: Incoming): boolean {
  return method === 'TRACE' || path === '*' || (method === 'OPTIONS' && head.maxForwards === '0');
}

function answerForGateway(incoming: Incoming, parts: ExchangeParts): void {
  if (incoming.method === 'TRACE') {
    // It would show the client which fields are added for services.
    return refuseIncoming(
      incoming,
      refuse('method-not-allowed', 'TRACE is not passed on.', ['allow', passedOn]),
      parts,
    );
  }
  answerOptions(incoming, passedOn);
  noteOwnAnswer(incoming, parts);
}

async function serveOwnPage(page: OwnPage, incoming: Incoming, parts: ExchangeParts): Promise<void> {
  try {
    await page(incoming);
  } catch (error) {
    parts.log.say('error', 'page failed', { path: incoming.path, error: String(error) });
    if (!incoming.response.headersSent) answerRefusal(incoming, refuse('internal', 'The page could not be made.'));
  }
  noteOwnAnswer(incoming, parts);
}

function refuseIncoming(incoming: Incoming, refusal: Refusal, parts: ExchangeParts): void {
  answerRefusal(incoming, refusal);
  noteOwnAnswer(incoming, parts, refusal);
}

function noteOwnAnswer(incoming: Incoming, { log }: ExchangeParts, refusal?: Refusal): void {
  noteRequest(log, incoming, { status: incoming.response.statusCode, problem: refusal?.kind });
}
