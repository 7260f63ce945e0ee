import { listOf, removeField, setField } from '../http/fields.ts';
import { splitList } from './cache-control.ts';
import { parseHttpDate } from './http-date.ts';
import { keptAnswer } from './kept-answer.ts';
import type { KeptAnswer } from './kept-answer.ts';
import type { Times } from './freshness.ts';

/** What a client says it has already. */
export interface Condition {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** Whether the client has what is kept, so that 304 says all (RFC 9110, 13.2.2). */
export function clientHas(
  { ifNoneMatch, ifModifiedSince }: Condition,
  { status, facts, receivedAt }: KeptAnswer,
): boolean {
  if (status !== 200) return false;
  if (ifNoneMatch !== undefined) return matchesWeakly(ifNoneMatch, facts.etag);
  const since = parseHttpDate(ifModifiedSince);
  if (since === undefined) return false;
  // RFC 9111, 4.3.2: without a date of the last change, that of the answer counts.
  return (parseHttpDate(facts.lastModified) ?? facts.dateMs ?? receivedAt) <= since;
}

function matchesWeakly(ifNoneMatch: string, etag: string | undefined): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  if (etag === undefined) return false;
  return splitList(ifNoneMatch).some((each) => opaque(each) === opaque(etag));
}

const opaque = (etag: string): string => (etag.startsWith('W/') ? etag.slice(2) : etag);

/** The fields by which a service is asked whether its answer still holds, name and value in turn; none when it gave no validator. */
export function validationFields({ facts }: KeptAnswer): readonly string[] {
  const { etag, lastModified } = facts;
  return [
    ...(etag === undefined ? [] : ['if-none-match', etag]),
    ...(lastModified === undefined ? [] : ['if-modified-since', lastModified]),
  ];
}

/** What a 304 must not change, because the body it speaks of is the one that is kept (RFC 9111, 3.2). */
const ofBody: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'set-cookie',
]);

/** The kept answer after a 304 has said that it still holds (RFC 9111, 4.3.4). */
export function updatedBy304(kept: KeptAnswer, told: readonly string[], times: Times): KeptAnswer {
  const fields = [...kept.fields];
  const names = new Set<string>();
  for (let index = 0; index < told.length; index += 2) names.add((told[index] ?? '').toLowerCase());
  // What it said of its age is over, whether the 304 says something new or not.
  setField(fields, 'date', new Date(times.receivedAt).toUTCString());
  removeField(fields, 'age');
  for (const name of names) if (!ofBody.has(name)) removeField(fields, name);
  for (let index = 0; index < told.length; index += 2) {
    const name = told[index] ?? '';
    if (!ofBody.has(name.toLowerCase())) fields.push(name, told[index + 1] ?? '');
  }
  return keptAnswer({ status: kept.status, body: kept.body, fields, ...times });
}

/** Whether a 304 speaks of what is kept: another entity tag would be of something else. */
export function speaksOf(told: readonly string[], { facts }: KeptAnswer): boolean {
  const etag = listOf(told, 'etag');
  return etag === undefined || facts.etag === undefined || opaque(etag) === opaque(facts.etag);
}

/** Fields that a 304 to a client carries (RFC 9110, 15.4.5). */
const in304: ReadonlySet<string> = new Set([
  'cache-control',
  'content-location',
  'date',
  'etag',
  'expires',
  'last-modified',
  'vary',
]);

export function fieldsOf304(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (in304.has(name.toLowerCase())) kept.push(name, fields[index + 1] ?? '');
  }
  return kept;
}
