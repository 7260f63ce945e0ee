import { removeField, setField } from '../http/fields.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import type { ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { CallResult, FieldChange, FilterAnswer } from './messages.ts';

/** Changes a request as a filter wants it. */
export function changeRequest(incoming: Incoming, { fields = [], path, query }: CallResult): void {
  const { head } = incoming;
  changeFields(head.fields, fields);
  // Whether a request may be sent again depends on it.
  for (const [kind, name, value] of fields)
    if (name === 'idempotency-key') head.idempotencyKey = kind === 'delete' ? undefined : value;
  if (path !== undefined) incoming.onwardPath = path;
  if (query !== undefined) incoming.onwardQuery = query === '' ? '' : `?${query}`;
}

/** Changes the head of an answer as a filter wants it; gives what forbids it. */
export function changeHead(
  head: Pick<ReplyHead, 'status' | 'fields'>,
  { fields = [], status }: CallResult,
): string | undefined {
  // What such a status says of the body would not be true.
  if (status !== undefined && status !== head.status && isBodiless(status))
    return `it made a ${status} of an answer that may have a body`;
  head.status = status ?? head.status;
  changeFields(head.fields, fields);
  return undefined;
}

/** What speaks of the bytes of a body, and is wrong when there are others. */
const ofTheBytes = ['content-encoding', 'content-md5', 'digest', 'content-digest', 'repr-digest', 'etag'];

/** The answer with another body. */
export function withBody({ status, fields }: WholeAnswer, body: Uint8Array): WholeAnswer {
  const kept = [...fields];
  for (const name of ofTheBytes) removeField(kept, name);
  return { status, fields: kept, body: bufferOf(body) };
}

/** The answer that a filter gave in the service's place. */
export function wholeAnswer({ status, fields, body }: FilterAnswer): WholeAnswer {
  return { status, fields: [...fields], body: isBodiless(status) ? Buffer.alloc(0) : bufferOf(body) };
}

function changeFields(fields: string[], changes: readonly FieldChange[]): void {
  for (const [kind, name, value] of changes) {
    if (kind === 'append') fields.push(name, value);
    else if (kind === 'set') setField(fields, name, value);
    else removeField(fields, name);
  }
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
