import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

import { Problem } from './problem.ts';

const ownHosts: ReadonlySet<string> = new Set(['localhost', 'registry']);

/**
 * Refuses a request that a page of another site makes a browser send. A name that the page's owner has pointed at this
 * address (DNS rebinding) shows in Host; a plain request across sites shows in Origin or in Sec-Fetch-Site.
 */
export function refuseForeign(headers: IncomingHttpHeaders, allowedHosts: readonly string[]): void {
  const { host = '', origin } = headers;
  const name = hostName(host);
  if (name === undefined || !isOurs(name, allowedHosts))
    throw new Problem(421, `this server is not called ${JSON.stringify(host)}`);
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw new Problem(403, 'requests of other sites are refused');
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isNavigation)
    throw new Problem(403, 'requests of other sites are refused');
}

/** Refuses who does not have the token. Takes as long for any wrong one. */
export function refuseStrangers({ authorization = '' }: IncomingHttpHeaders, token: string): void {
  const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  const headers = {
    'www-authenticate': `Bearer realm="registry"${given === undefined ? '' : ', error="invalid_token"'}`,
  };
  throw new Problem(401, given === undefined ? 'this needs the token of the registry' : 'this is not the token', {
    headers,
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `registry` of `registry:8761`, `::1` of `[::1]:8761`; undefined when it is nothing of the kind. */
function hostName(host: string): string | undefined {
  const [, inBrackets, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (inBrackets ?? plain)?.toLowerCase();
}

function isOurs(name: string, allowedHosts: readonly string[]): boolean {
  return isIP(name) !== 0 || ownHosts.has(name) || allowedHosts.includes(name);
}
