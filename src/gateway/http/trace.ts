import { randomHex } from './random-hex.ts';

export interface Trace {
  readonly traceId: string;
  /** With a span of our own, for the service. */
  readonly traceparent: string;
  /** Whether the caller's trace goes on, and so its tracestate with it. */
  readonly continued: boolean;
}

// https://www.w3.org/TR/trace-context-2/: version ff and ids of zeros only are invalid; versions after 00 may add fields.
const pattern = /^(00|(?!ff)[0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;
const knownFlags = 0b11;

/** Continues the caller's trace when it sent a valid one, else begins one. */
export function continueTrace(given: string | undefined): Trace {
  const match = given === undefined ? null : pattern.exec(given.trim());
  const span = randomHex(8);
  if (!match || (match[1] === '00' && match[4] !== undefined)) {
    const traceId = randomHex(16);
    return { traceId, traceparent: `00-${traceId}-${span}-01`, continued: false };
  }
  const [, , traceId = '', flags = ''] = match;
  const kept = (Number.parseInt(flags, 16) & knownFlags).toString(16).padStart(2, '0');
  return { traceId, traceparent: `00-${traceId}-${span}-${kept}`, continued: true };
}
