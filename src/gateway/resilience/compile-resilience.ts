import type { BreakerPolicy } from '../../protocol/policies/breaker.ts';
import type { ConcurrencyPolicy } from '../../protocol/policies/concurrency.ts';
import type { FallbackPolicy } from '../../protocol/policies/fallback.ts';
import type { TriesPolicy } from '../../protocol/policies/tries.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';
import { Balancer } from '../balance/choose-endpoint.ts';
import { Breaker } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { checkBalance, checkBreaker, checkConcurrency, checkFallback, checkTries } from './check-policy.ts';
import type { Guard } from './passage.ts';

/** How the requests of a route or edge are balanced, tried and spared. */
export interface Resilience {
  readonly balancer: Balancer;
  readonly tries: TryRules;
  /** Undefined where nothing stands between a request and the instances. */
  readonly guard: Guard | undefined;
  readonly fallback: FallbackPolicy | undefined;
  /** What each part was compiled from. */
  readonly sources: Sources;
}

interface TryRules {
  readonly tryTimeoutMs: number | undefined;
  readonly retryOn: ReadonlySet<number> | undefined;
  readonly backoffMs: number;
  readonly hedgeAfterMs: number | undefined;
}

interface Sources {
  readonly balance: string;
  readonly breaker: string;
  readonly concurrency: string;
}

const defaultBackoffMs = 25;

/** For routes without any rule, and for what the gateway asks by itself. */
export const noResilience: Resilience = compileResilience({}, undefined);

/**
 * Compiles the rules of a route or edge. What has gathered something, such as an open circuit, is taken over from
 * before when the rule it follows is the same. Throws when a rule makes no sense.
 */
export function compileResilience(policy: RoutePolicy, before: Resilience | undefined): Resilience {
  const sources = {
    balance: JSON.stringify(policy.balance ?? null),
    breaker: JSON.stringify(policy.breaker ?? null),
    concurrency: JSON.stringify(policy.concurrency ?? null),
  };
  const isSame = (part: keyof Sources): boolean => before?.sources[part] === sources[part];
  if (policy.fallback) checkFallback(policy.fallback);
  return {
    balancer: isSame('balance') && before ? before.balancer : new Balancer(checkBalance(policy.balance ?? {})),
    tries: tryRules(policy.tries),
    guard: guardOf({
      breaker: isSame('breaker') ? before?.guard?.breaker : breakerOf(policy.breaker),
      bulkhead: isSame('concurrency') ? before?.guard?.bulkhead : bulkheadOf(policy.concurrency),
    }),
    fallback: policy.fallback,
    sources,
  };
}

function tryRules(policy: TriesPolicy = {}): TryRules {
  const { tryTimeoutMs, retryOn, backoffMs, hedgeAfterMs } = checkTries(policy);
  return {
    tryTimeoutMs,
    retryOn: retryOn && new Set(retryOn),
    backoffMs: backoffMs ?? defaultBackoffMs,
    hedgeAfterMs,
  };
}

function breakerOf(policy: BreakerPolicy | undefined): Breaker | undefined {
  return policy && new Breaker(checkBreaker(policy));
}

function bulkheadOf(policy: ConcurrencyPolicy | undefined): Bulkhead | undefined {
  return policy && new Bulkhead(checkConcurrency(policy));
}

function guardOf(guard: Guard): Guard | undefined {
  return guard.breaker || guard.bulkhead ? guard : undefined;
}
