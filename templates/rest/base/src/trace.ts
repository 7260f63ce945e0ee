import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a request hands on to the services called on its behalf. */
export interface RequestContext {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** When its caller waits no longer, by performance.now; undefined when it did not say. */
  readonly deadlineAt: number | undefined;
}

/** The request the running code works for, so that call() can pass its context on. */
export const currentRequest = new AsyncLocalStorage<RequestContext>();

// https://www.w3.org/TR/trace-context/: version ff and ids of zeros only are invalid; later versions may add fields.
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/;

export interface Trace {
  readonly traceId: string;
  /** With a span of our own. */
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

const traces = new WeakMap<IncomingMessage, Trace>();

/** The trace of a request: the caller's when it sent a valid one, else a new one. The same at every call. */
export function traceOf(request: IncomingMessage): Trace {
  const known = traces.get(request);
  if (known) return known;
  const trace = continueTrace(request.headers);
  traces.set(request, trace);
  return trace;
}

function continueTrace({ traceparent, tracestate }: IncomingMessage['headers']): Trace {
  const match = typeof traceparent === 'string' ? traceparentPattern.exec(traceparent) : null;
  const traceId = match?.[1] ?? randomBytes(16).toString('hex');
  return {
    traceId,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${match?.[2] ?? '01'}`,
    tracestate: match && typeof tracestate === 'string' ? tracestate : undefined,
  };
}
