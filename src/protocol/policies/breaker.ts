/** When requests are no longer sent to a service that fails, and how it is found out that it works again. */
export interface BreakerPolicy {
  /** Over how many requests, or how long a time, rates are taken. */
  readonly window: { readonly requests: number } | { readonly ms: number };
  /** Fewer requests than these in the window say nothing. */
  readonly minimum: number;
  /** The share of failed requests that opens it; above 0, up to 1. */
  readonly failureRate: number;
  /** The share of requests slower than `slowAfterMs` that opens it; above 0, up to 1. */
  readonly slowRate?: number;
  readonly slowAfterMs?: number;
  readonly openMs: number;
  /** How many requests are let through to find out whether it may close. */
  readonly probes: number;
}
