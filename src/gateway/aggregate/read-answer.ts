import { parseExactly } from '../json/exact-json.ts';
import { isJsonType } from '../json/media-type.ts';
import { fieldValues } from './client-values.ts';
import type { Part } from './merge-parts.ts';

interface Answer {
  readonly status: number;
  /** Name and value in turn. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** What an answer of a service is as a part: its JSON document, or why there is none. */
export function readAnswer({ status, fields, body }: Answer): Part {
  if (status === 204 || status === 205) return { kind: 'answer', body: null };
  if (status < 200 || status > 299) return { kind: 'failure', reason: `answered ${status}`, status, blame: 'service' };
  const [type = ''] = fieldValues(fields, 'content-type');
  const failure = { kind: 'failure', reason: 'answered something else than JSON', status, blame: 'service' } as const;
  if (!isJsonType(type)) return failure;
  try {
    return { kind: 'answer', body: parseExactly(body.toString('utf8')) };
  } catch {
    return failure;
  }
}
