import type { IncomingHttpHeaders } from 'node:http';

export interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** The caller is a proxy of ours, so what it says about the original request is true. */
  readonly trusted: boolean;
  readonly publicUrl: string | undefined;
}

const hostPattern = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;
const prefixPattern = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * What every link begins with: the address by which the reader of the answer reached us, so that it can follow it.
 * A value that is not well formed is treated as absent. Empty when nothing is known: links are then paths.
 */
export function baseUrl({ headers, trusted, publicUrl }: Caller): string {
  const forwarded = trusted ? forwardedUrl(headers) : undefined;
  if (forwarded !== undefined) return forwarded;
  if (publicUrl !== undefined) return publicUrl;
  return headers.host !== undefined && hostPattern.test(headers.host) ? `http://${headers.host}` : '';
}

function forwardedUrl(headers: IncomingHttpHeaders): string | undefined {
  const host = lastOf(headers['x-forwarded-host']);
  if (host === undefined) return undefined;
  const match = hostPattern.exec(host);
  if (!match) return undefined;
  const protocol = lastOf(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  const prefix = lastOf(headers['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? '';
  const port = match[1] === undefined ? portSuffix(lastOf(headers['x-forwarded-port']), protocol) : '';
  return `${protocol}://${host}${port}${prefixPattern.test(prefix) ? prefix : ''}`;
}

function portSuffix(port: string | undefined, protocol: string): string {
  if (port === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return '';
  return port === defaultPorts[protocol] ? '' : `:${port}`;
}

/** The value set by the nearest proxy, the only one we trust. */
function lastOf(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value.join(',') : value)?.split(',').at(-1)?.trim();
}
