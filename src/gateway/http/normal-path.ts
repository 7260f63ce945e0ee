import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';

/** Where a request goes, in the one form that is both matched with routes and sent on. */
export interface Target {
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
  /** Of the absolute form, where it stands for the Host field (RFC 9112, 3.2.2). */
  readonly authority: string | undefined;
}

/** What makes a look at every character necessary; most paths have none of it. */
const needsWork = /[%\\;]|\/\.|^\/\/|[^!-~]/;
const unreserved = /^[A-Za-z0-9._~-]$/;

/**
 * Reads a request target in origin or absolute form. What is unreserved is decoded, the digits of other escapes become
 * capitals and dot segments are resolved (RFC 3986, 6.2.2): `/public/%2e%2e/admin` is `/admin` for us and for the
 * service. Refused is what a service may read as another path than we do: encoded slashes, backslashes and NULs,
 * `..;` (however its semicolon is written), and a path that begins with `//`, which could be taken for a host. Other empty segments are kept.
 */
export function readTarget(target: string): Target | Refusal {
  if (target.charCodeAt(0) === 0x2f) return splitTarget(target, undefined);
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/is.exec(target);
  if (!absolute) return refuse('invalid-request', 'The request target must be a path.');
  const [, authority = '', rest = ''] = absolute;
  return splitTarget(rest.startsWith('/') ? rest : `/${rest}`, authority);
}

function splitTarget(target: string, authority: string | undefined): Target | Refusal {
  if (target.includes('#')) return refuse('invalid-request', 'A request target has no fragment.');
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark);
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!needsWork.test(path)) return { path, query, authority };
  const normal = normalize(path);
  return typeof normal === 'string' ? { path: normal, query, authority } : normal;
}

function normalize(path: string): string | Refusal {
  if (path.startsWith('//')) return refuse('invalid-request', 'A path must not begin with two slashes.');
  if (path.includes('\\')) return refuse('invalid-request', 'A path has no backslashes.');
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return refuse('invalid-request', 'A % in the path begins no escape.');
  if (/%(?:2f|5c|00)/i.test(path))
    return refuse('invalid-request', 'Slashes, backslashes and NULs must not be escaped in a path.');
  const decoded = path.replaceAll(/%([0-9A-Fa-f]{2})/g, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return unreserved.test(character) ? character : escape.toUpperCase();
  });
  if (/\/\.{1,2}(?:;|%3B)/.test(decoded)) return refuse('invalid-request', 'A dot segment has no parameters.');
  const resolved = resolveDots(decoded);
  return resolved.startsWith('//') ? refuse('invalid-request', 'A path must not begin with two slashes.') : resolved;
}

/** Removes dot segments as RFC 3986, 5.2.4 does; what would lead above the root stays at the root. */
function resolveDots(path: string): string {
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return path;
  const segments = path.slice(1).split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') kept.push('');
  return `/${kept.join('/')}`;
}
