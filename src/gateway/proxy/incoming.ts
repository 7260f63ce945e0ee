import { headers } from '../../protocol/headers.ts';
import { grpcTrailers } from '../grpc/grpc-call.ts';
import { schemeOf } from '../http/forwarding.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { Client } from '../http/told-client.ts';
import type { Trace } from '../http/trace.ts';
import type { Identity } from '../pipeline/identity.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import { describeProblem } from '../problems.ts';
import type { ProblemDocument, Refusal } from '../problems.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { ClientRequest, ClientResponse } from './client-message.ts';
import type { Connection } from './connection.ts';
import type { RequestBody } from './request-body.ts';

/** What is known of a request when it has been read. */
export interface IncomingFacts {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly connection: Connection;
  /** From where it comes, as far as that can be believed. */
  readonly client: Client;
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
  /** What the gateway allows. */
  readonly maxBodyBytes: number;
  /** By performance.now. */
  readonly startedAt: number;
  /** The client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** Our element of Via, for both directions. */
  readonly via: string;
  /** The connection is to be closed after the answer. */
  readonly closing: boolean;
  /** The protocol that the client wants to speak from here on. */
  readonly upgrade: 'websocket' | undefined;
  /** A call of gRPC: its body flows as it comes, and problems are told in its way. */
  readonly isGrpc: boolean;
}

const nothing: readonly string[] = [];

/** A request that has arrived, what every answer to it needs, and what the steps on its way have found out and decided. */
export class Incoming implements IncomingFacts {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly connection: Connection;
  readonly client: Client;
  readonly head: RequestHead;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authority: string | undefined;
  readonly listener: string;
  readonly requestId: string;
  readonly trace: Trace;
  readonly startedAt: number;
  readonly expectsContinue: boolean;
  readonly via: string;
  readonly closing: boolean;
  readonly upgrade: 'websocket' | undefined;
  readonly isGrpc: boolean;
  /** What the service is asked for. Header fields for it are those of `head.fields`. */
  onwardPath: string;
  onwardQuery: string;
  onwardAuthority: string | undefined;
  /** Which service is asked, where it is not the one of the route. */
  service: ServiceInstances | undefined = undefined;
  /** A larger body is refused, whoever reads it. */
  maxBodyBytes: number;
  /** The body, once it has been read or replaced. */
  body: RequestBody | undefined = undefined;
  /** Fields that every answer gets, refusals too: name and value in turn. */
  replyFields: readonly string[] = nothing;
  /** Who asks, when that has been found out. */
  identity: Identity | undefined = undefined;
  /** A stored answer to this request that is stale by no more than so many milliseconds, when answers are stored. */
  stale: ((forMs: number) => WholeAnswer | undefined) | undefined = undefined;
  private finishers: (() => void)[] | undefined = undefined;

  constructor(facts: IncomingFacts) {
    this.request = facts.request;
    this.response = facts.response;
    this.connection = facts.connection;
    this.client = facts.client;
    this.head = facts.head;
    this.method = facts.method;
    this.path = facts.path;
    this.query = facts.query;
    this.authority = facts.authority;
    this.listener = facts.listener;
    this.requestId = facts.requestId;
    this.trace = facts.trace;
    this.startedAt = facts.startedAt;
    this.expectsContinue = facts.expectsContinue;
    this.via = facts.via;
    this.closing = facts.closing;
    this.maxBodyBytes = facts.maxBodyBytes;
    this.upgrade = facts.upgrade;
    this.isGrpc = facts.isGrpc;
    this.onwardPath = facts.path;
    this.onwardQuery = facts.query;
    this.onwardAuthority = facts.authority;
  }

  addReplyFields(...fields: readonly string[]): void {
    this.replyFields = [...this.replyFields, ...fields];
  }

  /** Calls it once, when the request is over: answered, refused or left by its client. */
  onFinish(finisher: () => void): void {
    (this.finishers ??= []).push(finisher);
  }

  finish(): void {
    const { finishers } = this;
    this.finishers = undefined;
    for (const finisher of finishers ?? []) finisher();
  }
}

/** What addresses that the gateway itself gives out begin with. */
export function baseOf({ authority, client }: Pick<Incoming, 'authority' | 'client'>): string {
  return authority === undefined ? '' : `${schemeOf(client.secure)}://${authority}`;
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
  if (isUnread) incoming.connection.closing = true;
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
    ...incoming.replyFields,
    ...(incoming.closing || isUnread ? ['connection', 'close'] : []),
  ]);
  if (!isUnread) return void response.end(method === 'HEAD' ? undefined : bytes);
  response.write(bytes);
  endWhenRead(incoming);
}

/** Answers OPTIONS for an address that is the gateway's own. */
export function answerOptions({ response, requestId, via, closing }: Incoming, allowed: string): void {
  const fields = ['allow', allowed, headers.requestId, requestId, 'via', via];
  response.writeHead(204, closing ? [...fields, 'connection', 'close'] : fields).end();
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

/** The document that says why there is no answer of the service. */
export function problemOf(incoming: Incoming, refusal: Refusal): ProblemDocument {
  const { path, requestId, trace } = incoming;
  return describeProblem(refusal, { base: baseOf(incoming), instance: path, requestId, traceId: trace.traceId });
}

/** Answers in a service's place why there is no answer of the service. */
export function answerRefusal(incoming: Incoming, refusal: Refusal, problem = problemOf(incoming, refusal)): void {
  if (incoming.isGrpc) return answerGrpc(incoming, refusal);
  const { status } = problem;
  answer(incoming, {
    status,
    type: 'application/problem+json',
    body: JSON.stringify(problem),
    fields: [
      headers.gatewayError,
      refusal.kind,
      'cache-control',
      'no-store',
      ...(status === 503 && refusal.fields?.includes('retry-after') !== true ? ['retry-after', '1'] : []),
      ...(refusal.fields ?? []),
    ],
  });
}

/** To gRPC the answer is 200, and trailers alone say what happened. */
function answerGrpc({ response, requestId, via, replyFields, request }: Incoming, refusal: Refusal): void {
  const own = [headers.requestId, requestId, 'via', via, headers.gatewayError, refusal.kind];
  const fields = ['content-type', 'application/grpc', ...grpcTrailers(refusal), ...own, ...replyFields];
  response.writeHead(200, fields).end();
  request.resume();
}
