import type { Incoming } from '../proxy/incoming.ts';
import type { Log } from './log.ts';

interface Outcome {
  readonly status: number;
  readonly bytes?: number | undefined;
  /** The route or edge. */
  readonly target?: string;
  readonly instance?: string | undefined;
  readonly tries?: number;
  readonly problem?: string | undefined;
}

/** Writes the access log's line of a request; gives how long it took in milliseconds. */
export function noteRequest(log: Log, incoming: Incoming, outcome: Outcome): number {
  const { listener, method, path, requestId, trace, startedAt, identity } = incoming;
  const durationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  const { consumer } = identity ?? {};
  // A problem document has none of a service's bytes.
  const bytes = outcome.problem !== undefined && outcome.bytes === 0 ? undefined : outcome.bytes;
  log.access({ listener, method, path, durationMs, consumer, requestId, traceId: trace.traceId, ...outcome, bytes });
  return durationMs;
}
