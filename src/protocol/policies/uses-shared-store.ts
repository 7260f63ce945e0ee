import type { RoutePolicy } from '../policy.ts';

/** Whether the gateway needs Redis for what it does with requests of a route or an edge. */
export function usesSharedStore({ cache, fallback, rateLimit }: RoutePolicy): boolean {
  const keepsAnswers = cache !== undefined || fallback?.some(({ kind }) => kind === 'stale') === true;
  return keepsAnswers || rateLimit !== undefined;
}
