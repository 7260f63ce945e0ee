import { listOf } from '../http/fields.ts';
import { mediaTypeOf } from '../json/media-type.ts';
import { parseCacheControl, parseSeconds, splitList } from './cache-control.ts';
import type { Directives } from './cache-control.ts';
import { parseHttpDate } from './http-date.ts';

/** What decides whether and for how long an answer is kept; read once when it comes. */
export interface AnswerFacts {
  readonly status: number;
  readonly directives: Directives;
  readonly dateMs: number | undefined;
  /** `invalid` is in the past (RFC 9111, 5.3). */
  readonly expires: number | 'invalid' | undefined;
  readonly ageSeconds: number;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Names of request fields in lower case; `*` when nobody can say by what it was chosen. */
  readonly vary: readonly string[] | '*';
  readonly setsCookie: boolean;
  /** It tells what happens while it happens: told again, it would be a lie, and nobody can wait for its end. */
  readonly isEventStream: boolean;
}

export function readAnswerFacts(status: number, fields: readonly string[]): AnswerFacts {
  const expires = listOf(fields, 'expires');
  return {
    status,
    directives: parseCacheControl(listOf(fields, 'cache-control')),
    dateMs: parseHttpDate(listOf(fields, 'date')),
    expires: expires === undefined ? undefined : (parseHttpDate(expires) ?? 'invalid'),
    // Of several, the first counts (RFC 9111, 5.1).
    ageSeconds: parseSeconds(listOf(fields, 'age')?.split(',')[0]?.trim() ?? '') ?? 0,
    etag: listOf(fields, 'etag'),
    lastModified: listOf(fields, 'last-modified'),
    vary: readVary(listOf(fields, 'vary')),
    setsCookie: listOf(fields, 'set-cookie') !== undefined,
    isEventStream: mediaTypeOf(listOf(fields, 'content-type') ?? '') === 'text/event-stream',
  };
}

function readVary(value: string | undefined): AnswerFacts['vary'] {
  if (value === undefined) return [];
  const names = splitList(value).map((name) => name.toLowerCase());
  return names.includes('*') ? '*' : [...new Set(names)].toSorted();
}
