import { headers } from '../../protocol/headers.ts';
import type { RequestBody } from '../proxy/request-body.ts';
import { renderGrpcTimeout } from '../resilience/deadline.ts';
import type { RequestHead } from './request-head.ts';
import type { Trace } from './trace.ts';

/** How a request reached us, as services are told. */
export interface Origin {
  /** The address of the peer, IPv6 without brackets. */
  readonly address: string;
  /** The host, perhaps with a port, by which the client knows us; undefined when it did not say (HTTP/1.0). */
  readonly authority: string | undefined;
  /** It came over TLS. */
  readonly secure?: boolean;
}

/** What addresses of a listener begin with. */
export function schemeOf(secure: boolean): 'http' | 'https' {
  return secure ? 'https' : 'http';
}

/**
 * The fields that tell a service by which address its client reached it, so that its links lead back there. Nothing
 * that the client itself said of this is believed. Where a path loses a prefix, what takes it away adds X-Forwarded-Prefix.
 */
export function forwardingFields({ address, authority, secure = false }: Origin): string[] {
  const scheme = schemeOf(secure);
  const node = address.includes(':') ? `"[${address}]"` : address;
  const known = ['x-forwarded-for', address, 'x-forwarded-proto', scheme];
  if (authority === undefined) return [...known, 'forwarded', `for=${node};proto=${scheme}`];
  return [
    ...known,
    'x-forwarded-host',
    authority,
    'x-forwarded-port',
    /:(\d+)$/.exec(authority)?.[1] ?? (secure ? '443' : '80'),
    'forwarded',
    `for=${node};host="${authority}";proto=${scheme}`,
  ];
}

/** A request as it goes on to a service. */
interface Onward {
  readonly method: string;
  readonly head: RequestHead;
  /** The host that the service is asked for. */
  readonly onwardAuthority: string | undefined;
  /** Our element of Via. */
  readonly via: string;
  readonly requestId: string;
  readonly trace: Trace;
  readonly body: RequestBody | undefined;
}

/**
 * All fields of a request as it goes on; `forwarding` is from forwardingFields. Ours come last: no `Connection` of the
 * client can take them out.
 */
export function onwardFields(onward: Onward, forwarding: readonly string[]): string[] {
  const { method, head, onwardAuthority, via, requestId, trace, body } = onward;
  const { fields } = head;
  // Usually the client's: programs that know nothing of forwarding fields make right links of it.
  if (onwardAuthority !== undefined) fields.push('host', onwardAuthority);
  // One that is at hand may have been replaced on the way here.
  if (body?.kind === 'whole') fields.push('content-length', String(body.bytes.length));
  // Without zeros in front, by which some count in another way.
  else if (head.contentLength !== undefined) fields.push('content-length', String(Number(head.contentLength)));
  // It counts for OPTIONS only, since TRACE is not passed on (RFC 9110, 7.6.2).
  if (method === 'OPTIONS' && /^\d{1,9}$/.test(head.maxForwards ?? ''))
    fields.push('max-forwards', String(Number(head.maxForwards) - 1));
  for (const item of forwarding) fields.push(item);
  fields.push('via', head.via === '' ? via : `${head.via}, ${via}`);
  fields.push(headers.requestId, requestId, 'traceparent', trace.traceparent);
  if (trace.continued && head.tracestate !== '') fields.push('tracestate', head.tracestate);
  addTimeoutFields(fields, head.grpcTimeout !== undefined);
  return fields;
}

/** Makes room, at the end, for the time that is left, which each try fills in. */
export function addTimeoutFields(fields: string[], isGrpc: boolean): void {
  if (isGrpc) fields.push('grpc-timeout', '');
  fields.push(headers.timeout, '');
}

/** Tells a service how long its caller still waits, in fields that have room for it. */
export function fillTimeoutFields(fields: string[], remainingMs: number): void {
  const { length } = fields;
  fields[length - 1] = String(Math.max(1, Math.floor(remainingMs)));
  if (fields[length - 4] === 'grpc-timeout') fields[length - 3] = renderGrpcTimeout(remainingMs);
}

/** Whether a message has passed here before: our own name is in its Via (RFC 9110, 7.6.3). */
export function hasPassed(via: string, pseudonym: string): boolean {
  if (via === '') return false;
  return via.split(',').some((element) => element.trim().split(/\s+/)[1] === pseudonym);
}
