/** How answers of a route or an edge are kept by the gateways and given again, within what RFC 9111 allows. */
export interface CachePolicy {
  /** How long an answer is fresh that says nothing of it itself; 0 keeps only what says so. */
  readonly ttlMs: number;
  /** Names of request fields by which answers are kept apart although they do not name them in `Vary`; lower case. */
  readonly vary: readonly string[];
  /** Larger answers are passed on without being kept. */
  readonly maxBytes: number;
  /** How long a stale answer may be given while a newer one is fetched, where the answer does not say. */
  readonly staleWhileRevalidateMs: number;
  /** How long a stale answer may be given in place of a failure, where the answer does not say. */
  readonly staleIfErrorMs: number;
  /** Keep answers for each caller apart, so that those to requests with credentials can be kept too. */
  readonly private: boolean;
}
