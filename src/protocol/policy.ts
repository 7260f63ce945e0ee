import type { RateLimit } from './policies/rate-limit.ts';

/**
 * What the gateway does with the requests of a route or an edge beside passing them on: one member per feature, each
 * described in policies/. What is left out does not happen. The registry passes policies on without knowing them, so
 * that it need not be of the same version as msa and the gateway; the gateway checks what it is to work by.
 */
export interface RoutePolicy {
  /** All of them hold. */
  readonly rateLimit?: readonly RateLimit[];
}

/** What concerns the gateway as a whole. */
export interface GatewayPolicy {}
