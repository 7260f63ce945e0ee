import type { Limits } from '../limits.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { RequestHead } from './request-head.ts';

/** What of a request is checked. */
interface Message {
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** It named two different hosts. */
  readonly isAmbiguous?: boolean;
}

const hostPattern =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/;

/** The authority of an absolute target or a Host field names a host, and perhaps a port, and nothing else. */
export function isAuthority(text: string): boolean {
  return hostPattern.test(text);
}

/**
 * Refuses what node:http lets through although RFC 9112 forbids it or its framing could be read in two ways. What the
 * parser itself refuses never gets here.
 */
export function checkRequest(request: Message, head: RequestHead, limits: Limits): Refusal | undefined {
  return (
    checkVersion(request) ??
    checkLimits(request, head, limits) ??
    checkFraming(request, head) ??
    checkHost(head, request.httpVersionMinor === 1)
  );
}

/** The same for a request that came as a stream of HTTP/2, whose framing cannot be read in two ways. */
export function checkStream(request: Message, head: RequestHead, limits: Limits): Refusal | undefined {
  if (request.isAmbiguous === true) return refuse('invalid-request', 'Host and :authority are not the same.');
  return checkLimits(request, head, limits) ?? checkHost(head, true);
}

function checkVersion({ httpVersionMajor, httpVersionMinor, httpVersion }: Message): Refusal | undefined {
  if (httpVersionMajor === 1 && (httpVersionMinor === 1 || httpVersionMinor === 0)) return undefined;
  return refuse('version-not-supported', `HTTP/${httpVersion} is not spoken here.`);
}

function checkLimits({ url = '' }: Message, head: RequestHead, limits: Limits): Refusal | undefined {
  if (url.length > limits.maxTargetBytes)
    return refuse('uri-too-long', `The address has ${url.length} bytes; ${limits.maxTargetBytes} are allowed.`);
  if (head.fieldCount > limits.maxHeaderFields)
    return refuse('headers-too-large', `There are ${head.fieldCount} fields; ${limits.maxHeaderFields} are allowed.`);
  if (Number(head.contentLength ?? 0) > limits.maxBodyBytes)
    return refuse('too-large', `The body has ${head.contentLength} bytes; ${limits.maxBodyBytes} are allowed.`);
  return undefined;
}

function checkFraming({ httpVersionMinor }: Message, head: RequestHead): Refusal | undefined {
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

function checkHost({ host, hostCount }: RequestHead, isNeeded: boolean): Refusal | undefined {
  if (hostCount > 1) return refuse('invalid-request', 'There is more than one Host field.');
  if (host === undefined) return isNeeded ? refuse('invalid-request', 'There is no Host field.') : undefined;
  return isAuthority(host) ? undefined : refuse('invalid-request', 'The Host field names no host.');
}
