import type { Incoming } from '../proxy/incoming.ts';
import type { Log } from './log.ts';

interface Outcome {
  readonly status: number;
  readonly bytes?: number;
  readonly instance?: string | undefined;
  readonly tries?: number;
  readonly problem?: string | undefined;
}

/** Writes the access log's line of a request; gives how long it took in milliseconds. */
export function noteRequest(log: Log, incoming: Incoming, { status, bytes = 0, ...more }: Outcome): number {
  const { listener, method, path, requestId, trace, startedAt } = incoming;
  const durationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  log.access({ listener, method, path, status, durationMs, bytes, requestId, traceId: trace.traceId, ...more });
  return durationMs;
}
