import { randomUUID } from 'node:crypto';

import { isGrpc } from '../grpc/is-grpc.ts';
import { checkRequest, checkStream, isAuthority } from '../http/check-request.ts';
import { fieldOf } from '../http/fields.ts';
import { hasPassed } from '../http/forwarding.ts';
import { readTarget } from '../http/normal-path.ts';
import type { Target } from '../http/normal-path.ts';
import { readRequestHead } from '../http/request-head.ts';
import type { RequestHead } from '../http/request-head.ts';
import { continueTrace } from '../http/trace.ts';
import { clientBehind } from '../http/told-client.ts';
import type { IsTrusted } from '../http/told-client.ts';
import type { Limits } from '../limits.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { ClientRequest, ClientResponse } from './client-message.ts';
import type { Connection } from './connection.ts';
import { Incoming } from './incoming.ts';

/** A request as the parser gives it. */
export interface Arrival {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  /** `100-continue`, anything else, or nothing. */
  readonly expects: 'continue' | 'unknown' | undefined;
  /** The protocol it asks for; its connection serves nothing after it. */
  readonly upgrade?: 'websocket';
  /** Of a stream of HTTP/2, which ends for itself; left out: that of the socket. */
  readonly connection?: Connection;
}

interface Circumstances {
  /** Whose request it is. */
  readonly peer: Connection;
  /** `public`, or the edge. */
  readonly listener: string;
  /** By which the listener knows itself in Via. */
  readonly pseudonym: string;
  readonly limits: Limits;
  readonly isDraining: boolean;
  /** Undefined: nobody is. */
  readonly isTrusted: IsTrusted | undefined;
}

const requestIdPattern = /^[\w.:-]{1,128}$/;
const noTarget: Target = { path: '', query: '', authority: undefined };

/** Reads a request, and finds what forbids to pass it on. What an answer needs is there in any case. */
export function receive(arrival: Arrival, circumstances: Circumstances) {
  const { request, response, expects, upgrade, connection } = arrival;
  const { peer, listener, pseudonym, limits, isDraining, isTrusted } = circumstances;
  const head = readRequestHead(request.rawHeaders);
  const target = targetOf(request);
  const { path, query, authority } = 'path' in target ? target : noTarget;
  const refusal =
    (connection ? checkStream : checkRequest)(request, head, limits) ??
    checkTarget(target) ??
    (expects === 'unknown' ? refuse('expectation-failed', 'Only 100-continue can be expected.') : undefined) ??
    (hasPassed(head.via, pseudonym) ? refuse('loop-detected', `Via already names ${pseudonym}.`) : undefined);
  const closing = isDraining || refusal !== undefined || upgrade !== undefined;
  peer.closing ||= closing;
  const incoming = new Incoming({
    request,
    response,
    connection: peer,
    client: isTrusted ? clientBehind(peer, head, isTrusted) : peer,
    head,
    method: request.method ?? '',
    path,
    query,
    authority: authority ?? hostOf(head),
    listener,
    requestId: requestIdOf(head),
    trace: continueTrace(head.traceparent),
    startedAt: performance.now(),
    expectsContinue: expects === 'continue',
    via: `${versionOf(request)} ${pseudonym}`,
    maxBodyBytes: limits.maxBodyBytes,
    // Where the next request on this connection begins may be in doubt, so there is none.
    closing,
    upgrade,
    isGrpc: isGrpcCall(request, head),
  });
  return { incoming, refusal };
}

function requestIdOf({ requestId }: RequestHead): string {
  return requestId !== undefined && requestIdPattern.test(requestId) ? requestId : randomUUID();
}

/** Only over HTTP/2 there is what gRPC needs: trailers, and bodies that flow both ways. */
function isGrpcCall({ httpVersionMajor }: ClientRequest, { fields }: RequestHead): boolean {
  return httpVersionMajor === 2 && isGrpc(fieldOf(fields, 'content-type') ?? '');
}

function versionOf({ httpVersionMajor }: ClientRequest): '1.1' | '2.0' {
  return httpVersionMajor === 2 ? '2.0' : '1.1';
}

function targetOf({ url = '', method }: ClientRequest): Target | Refusal {
  return url === '*' && method === 'OPTIONS' ? { ...noTarget, path: '*' } : readTarget(url);
}

function checkTarget(target: Target | Refusal): Refusal | undefined {
  if (!('path' in target)) return target;
  if (target.authority === undefined || isAuthority(target.authority)) return undefined;
  return refuse('invalid-request', 'The request target names no host.');
}

function hostOf({ host }: RequestHead): string | undefined {
  return host !== undefined && isAuthority(host) ? host : undefined;
}
