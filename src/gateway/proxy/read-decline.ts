import { fieldOf } from '../http/fields.ts';
import { readResponseHead } from '../http/response-fields.ts';
import type { RawFields } from '../http/response-fields.ts';
import { readRetryAfterMs } from '../resilience/retry-after.ts';

/** Up to this size, reading an answer that nobody wants costs less than another connection. */
const shortBytes = 64 * 1024;

/** An answer by which an instance says that it cannot: how long it asks to wait, and whether its body is soon over. */
export function readDecline(raw: RawFields): { readonly waitMs: number; readonly isShort: boolean } {
  const { fields, contentLength } = readResponseHead(raw);
  const retryAfter = fieldOf(fields, 'retry-after');
  return {
    waitMs: retryAfter === undefined ? 0 : (readRetryAfterMs(retryAfter, Date.now()) ?? 0),
    isShort: contentLength !== undefined && contentLength <= shortBytes,
  };
}
