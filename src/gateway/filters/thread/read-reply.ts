import type { FilterAnswer, FilterRefusal } from '../messages.ts';
import { FieldList } from './field-list.ts';
import { bytesOf, checkedStatus } from './views.ts';

/** What `pre` returned: nothing, an answer in the service's place, or a refusal. Throws for anything else. */
export function readReply(value: unknown): { answer?: FilterAnswer; refusal?: FilterRefusal } {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null)
    throw new TypeError('pre must return nothing, an answer or a refusal');
  if ('refuse' in value) {
    const detail = 'detail' in value ? String(value.detail) : 'A filter refused the request.';
    return { refusal: { status: checkedStatus(value.refuse, 400), detail } };
  }
  if ('status' in value) return { answer: readAnswer(value) };
  throw new TypeError('pre returned an object with neither `status` nor `refuse`');
}

function readAnswer(value: { readonly status: unknown; readonly headers?: unknown; readonly body?: unknown }) {
  const status = checkedStatus(value.status, 200);
  const list = new FieldList([]);
  const { headers, body } = value;
  if (typeof headers === 'object' && headers !== null)
    for (const [name, text] of Object.entries(headers)) list.set(name, text);
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
  if (body !== undefined && !list.has('content-type'))
    list.set('content-type', isJson ? 'application/json' : 'text/plain; charset=utf-8');
  const bytes = body === undefined ? new Uint8Array() : bytesOf(isJson ? JSON.stringify(body) : body);
  return { status, fields: list.entries().flat(), body: bytes };
}
