/** What is left of a request's time, in milliseconds, is told to services by `x-msa-timeout-ms`; this bounds each try. */
export interface TriesPolicy {
  readonly tryTimeoutMs?: number;
  /** Answers with these statuses are tried again as broken connections are. */
  readonly retryOn?: readonly number[];
  /** The first wait before a request is sent again; later ones are twice as long each time. */
  readonly backoffMs?: number;
  /** Sends a request that has had no answer for this long to a second instance too; the first answer counts. */
  readonly hedgeAfterMs?: number;
}
