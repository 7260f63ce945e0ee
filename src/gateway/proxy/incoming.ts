import type { IncomingMessage, ServerResponse } from 'node:http';

import { headers } from '../../protocol/headers.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { Trace } from '../http/trace.ts';
import { problemKinds, renderProblem } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Connection } from './connection.ts';

/** A request that has arrived, and what every answer to it needs. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly head: RequestHead;
  readonly method: string;
  /** In normal form, without the query; as it came when it has none. */
  readonly path: string;
  readonly query: string;
  readonly authority: string | undefined;
  /** `public`, or the edge. */
  readonly listener: string;
  readonly requestId: string;
  readonly trace: Trace;
  /** By performance.now. */
  readonly startedAt: number;
  /** The client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** Our element of Via, for both directions. */
  readonly via: string;
  /** The connection is to be closed after the answer. */
  readonly closing: boolean;
}

/** What addresses that the gateway itself gives out begin with. */
export function baseOf({ authority }: Pick<Incoming, 'authority'>): string {
  return authority === undefined ? '' : `http://${authority}`;
}

interface OwnAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Further fields, name and value in turn. */
  readonly fields?: readonly string[];
}

/** Answers a request with a document of the gateway's own. */
export function answer(incoming: Incoming, { status, type, body, fields = [] }: OwnAnswer): void {
  const { response, requestId, via, method } = incoming;
  const isUnread = hasUnreadBody(incoming);
  const bytes = Buffer.from(body);
  response.writeHead(status, [
    'content-type',
    type,
    'content-length',
    String(bytes.length),
    'x-content-type-options',
    'nosniff',
    headers.requestId,
    requestId,
    'via',
    via,
    ...fields,
    ...(incoming.closing || isUnread ? ['connection', 'close'] : []),
  ]);
  if (!isUnread) return void response.end(method === 'HEAD' ? undefined : bytes);
  response.write(bytes);
  endWhenRead(incoming);
}

/** Answers OPTIONS for an address that is the gateway's own. */
export function answerOptions({ response, requestId, via }: Incoming, allowed: string): void {
  response.writeHead(204, ['allow', allowed, headers.requestId, requestId, 'via', via]).end();
}

function hasUnreadBody({ head, request }: Incoming): boolean {
  return !request.complete && (head.transferEncoding !== undefined || Number(head.contentLength ?? 0) > 0);
}

const lingerMs = 1000;

/**
 * Nobody wants the rest of the body, so the connection has to end; but ending it while bytes arrive makes the client's
 * system throw the answer away. So they are read and dropped for a moment.
 */
function endWhenRead({ request, response }: Incoming): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  request.once('end', end).once('close', end).resume();
}

/** Answers in a service's place why there is no answer of the service. */
export function answerRefusal(incoming: Incoming, refusal: Refusal): void {
  const { path, requestId, trace } = incoming;
  const { status } = problemKinds[refusal.kind];
  const context = { base: baseOf(incoming), instance: path, requestId, traceId: trace.traceId };
  answer(incoming, {
    status,
    type: 'application/problem+json',
    body: renderProblem(refusal, context),
    fields: [
      headers.gatewayError,
      refusal.kind,
      'cache-control',
      'no-store',
      ...(status === 503 ? ['retry-after', '1'] : []),
      ...(refusal.fields ?? []),
    ],
  });
}
