import type { IncomingMessage } from 'node:http';

import type { Limits } from '../limits.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { RequestHead } from './request-head.ts';

const hostPattern = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The authority of an absolute target or a Host field names a host, and perhaps a port, and nothing else. */
export function isAuthority(text: string): boolean {
  return hostPattern.test(text);
}

/**
 * Refuses what node:http lets through although RFC 9112 forbids it or its framing could be read in two ways. What the
 * parser itself refuses never gets here.
 */
export function checkRequest(request: IncomingMessage, head: RequestHead, limits: Limits): Refusal | undefined {
  return (
    checkVersion(request) ??
    checkLimits(request, head, limits) ??
    checkFraming(request, head) ??
    checkHost(request, head)
  );
}

function checkVersion({ httpVersionMajor, httpVersionMinor, httpVersion }: IncomingMessage): Refusal | undefined {
  if (httpVersionMajor === 1 && (httpVersionMinor === 1 || httpVersionMinor === 0)) return undefined;
  return refuse('version-not-supported', `HTTP/${httpVersion} is not spoken here.`);
}

function checkLimits({ url = '' }: IncomingMessage, head: RequestHead, limits: Limits): Refusal | undefined {
  if (url.length > limits.maxTargetBytes)
    return refuse('uri-too-long', `The address has ${url.length} bytes; ${limits.maxTargetBytes} are allowed.`);
  if (head.fieldCount > limits.maxHeaderFields)
    return refuse('headers-too-large', `There are ${head.fieldCount} fields; ${limits.maxHeaderFields} are allowed.`);
  if (Number(head.contentLength ?? 0) > limits.maxBodyBytes)
    return refuse('too-large', `The body has ${head.contentLength} bytes; ${limits.maxBodyBytes} are allowed.`);
  return undefined;
}

function checkFraming({ httpVersionMinor }: IncomingMessage, head: RequestHead): Refusal | undefined {
  const { transferEncoding, contentLength } = head;
  if (contentLength !== undefined && !/^\d{1,15}$/.test(contentLength))
    return refuse('invalid-request', 'Content-Length must be one number.');
  if (transferEncoding === undefined) return undefined;
  if (httpVersionMinor === 0) return refuse('invalid-request', 'HTTP/1.0 has no Transfer-Encoding.');
  if (contentLength !== undefined)
    return refuse('invalid-request', 'Content-Length and Transfer-Encoding exclude each other.');
  if (transferEncoding.toLowerCase() === 'chunked') return undefined;
  return refuse('invalid-request', 'The only Transfer-Encoding taken is "chunked".');
}

function checkHost({ httpVersionMinor }: IncomingMessage, { host, hostCount }: RequestHead): Refusal | undefined {
  if (hostCount > 1) return refuse('invalid-request', 'There is more than one Host field.');
  if (host === undefined)
    return httpVersionMinor === 0 ? undefined : refuse('invalid-request', 'There is no Host field.');
  return isAuthority(host) ? undefined : refuse('invalid-request', 'The Host field names no host.');
}
