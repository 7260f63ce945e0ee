import { latencyBounds } from '../../protocol/stats.ts';

/** Why requests were not simply one try and one answer, and how often. */
const noIncidents = {
  retry: 0,
  connect_failure: 0,
  reset: 0,
  timeout: 0,
  client_gone: 0,
  // Of validation: what breaks a contract, and what could not be compared with one.
  invalid_request: 0,
  invalid_answer: 0,
  unchecked: 0,
  // Of aggregation: results without some of their parts, and members that two parts would have given.
  partial: 0,
  collision: 0,
  unauthorized: 0,
  forbidden: 0,
  mirrored: 0,
  mirror_failed: 0,
  mirror_left_out: 0,
  try_timeout: 0,
  budget_exhausted: 0,
  hedge: 0,
  hedge_won: 0,
  circuit_open: 0,
  overloaded: 0,
  fallback: 0,
  // Of the cache: given, not there, given stale, still right as the service said, waited for another's, not for it at all.
  cache_hit: 0,
  cache_miss: 0,
  cache_stale: 0,
  cache_validated: 0,
  cache_collapsed: 0,
  cache_bypass: 0,
  // Of rate limits: refused, and judged without Redis.
  rate_limited: 0,
  limited_locally: 0,
};

/** Counts of one route or edge, in plain arrays: some are raised with every request. */
export class TargetStats {
  inFlight = 0;
  /** Open WebSocket connections; they are in flight too. */
  tunnels = 0;
  /** By the first digit of the status; 0 counts those that got no answer. */
  readonly byClass = new Float64Array(6);
  /** The last one counts what is above all bounds. */
  readonly latencies = new Float64Array(latencyBounds.length + 1);
  latencySum = 0;
  readonly incidents = { ...noIncidents };

  noteAnswer(status: number, seconds: number): void {
    const kind = Math.floor(status / 100);
    this.byClass[kind] = (this.byClass[kind] ?? 0) + 1;
    let bucket = 0;
    while (bucket < latencyBounds.length && seconds > (latencyBounds[bucket] ?? Infinity)) bucket += 1;
    this.latencies[bucket] = (this.latencies[bucket] ?? 0) + 1;
    this.latencySum += seconds;
  }
}
