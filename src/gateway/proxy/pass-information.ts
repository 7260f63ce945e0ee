import { readResponseHead } from '../http/response-fields.ts';
import type { RawFields } from '../http/response-fields.ts';
import type { Incoming } from './incoming.ts';

/**
 * Passes 103 (RFC 8297) on to clients that know informational answers, at the next chance before the final one. Others
 * of the 1xx say something of the connection to the instance only.
 */
export function passInformation({ request, response }: Incoming, status: number, raw: RawFields): void {
  if (status !== 103 || request.httpVersion === '1.0' || response.headersSent) return;
  const { fields } = readResponseHead(raw);
  const hints: Record<string, string[]> = {};
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? '').toLowerCase();
    hints[name] = [...(hints[name] ?? []), fields[index + 1] ?? ''];
  }
  try {
    response.writeEarlyHints({ link: [], ...hints });
  } catch {
    // Node takes no other Link than those it knows; hints can be left out.
  }
}
