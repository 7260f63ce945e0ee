import { createHash } from 'node:crypto';
import { problem } from '../problem.ts';

/** A strong ETag: the version for If-Match, and a digest because the same version looks different per media type. */
export function etagOf(body: string, version?: number): string {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  return version === undefined ? `"${digest}"` : `"${version}-${digest}"`;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === etag)
  );
}

/** Refuses unless If-Match names the version. The digest does not count: who read HAL may write what it read as JSON. */
export function requireMatch(version: number, ifMatch: string | undefined): void {
  if (ifMatch === undefined)
    throw problem('precondition-required', 'Send the ETag of the item as If-Match, or * for any.');
  if (ifMatch.trim() === '*') return;
  // If-Match compares strongly, so W/"…" never matches (RFC 9110, 13.1.1).
  const versions = ifMatch.split(',').map((etag) => /^"(\d+)-[\w-]+"$/.exec(etag.trim())?.[1]);
  if (!versions.includes(String(version)))
    throw problem('precondition-failed', `The item is at version ${version} now.`);
}

/** The text between the quotes of a structured-field string (RFC 9651, 3.3.3), or a bare token; undefined when absent. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^(?:"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"|([A-Za-z0-9._:-]+))$/.exec(String(header).trim());
  const key = match?.[1] ?? match?.[2];
  if (key !== undefined && key.length <= 255) return key;
  throw problem('invalid-request', 'Idempotency-Key must be a quoted string of 1 to 255 characters, such as "6f1c2d".');
}
