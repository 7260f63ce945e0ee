import type { RoutePolicy } from '../policy.ts';

/** Whether the gateway needs Redis for what it does with requests of a route or an edge. */
export function usesSharedStore({ rateLimit }: RoutePolicy): boolean {
  return rateLimit !== undefined;
}
