import type { RedirectPolicy } from '../../protocol/policies/redirect.ts';
import { changePath } from './change-path.ts';

interface Asked {
  readonly scheme: 'http' | 'https';
  /** Undefined when the client did not say (HTTP/1.0). */
  readonly authority: string | undefined;
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
}

const usualPort = { http: 80, https: 443 } as const;

/**
 * Where a redirect leads. A change of scheme brings the usual port of the new one; the usual port is left out. Where no
 * host is known at all, the address begins with the path.
 */
export function redirectLocation(redirect: RedirectPolicy, { authority, path, query, ...asked }: Asked): string {
  const target = (redirect.path ? changePath(path, redirect.path) : path) + query;
  const known = splitAuthority(authority ?? '');
  const host = redirect.host ?? known.host;
  if (host === '') return target;
  const scheme = redirect.scheme ?? asked.scheme;
  const port = redirect.port ?? (redirect.scheme === undefined ? known.port : undefined);
  const isUsual = port === undefined || port === usualPort[scheme];
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${target}`;
}

function splitAuthority(authority: string): { readonly host: string; readonly port: number | undefined } {
  const colon = authority.lastIndexOf(':');
  // The colons of an IPv6 address stand in brackets.
  if (colon <= authority.lastIndexOf(']')) return { host: authority, port: undefined };
  return { host: authority.slice(0, colon), port: Number(authority.slice(colon + 1)) };
}
