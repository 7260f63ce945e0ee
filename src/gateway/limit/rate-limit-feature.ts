import type { RateLimit } from '../../protocol/policies/rate-limit.ts';
import type { Feature, FeatureContext, Layer, TargetFacts } from '../pipeline/feature.ts';
import { checkRateLimits } from './check-rate-limits.ts';
import { keyReader } from './limit-key.ts';
import { ruleOf } from './limit-rule.ts';
import { chargeShared, refundShared } from './limit-scripts.ts';
import { Limiter } from './limiter.ts';
import { createRateLimitStep } from './rate-limit-step.ts';

interface RateLimits {
  /** Those by address: whoever tries one token after the other is counted too. */
  readonly ofAddresses: Feature;
  /** All others, once it is known who asks. */
  readonly ofCallers: Feature;
}

/** Rate limits and quotas of routes and edges, counted in the Redis that gateways share. */
export function createRateLimits({ redis }: FeatureContext): RateLimits {
  const limiters = new Map<string, WeakRef<Limiter>>();
  let workspace = '';

  /** The one that has counted so far, as long as a route still has it. */
  function limiterOf(limit: RateLimit, facts: TargetFacts): Limiter {
    const rule = ruleOf(limit);
    const scope = JSON.stringify([workspace, scopeOf(limit, facts), limit]);
    const known = limiters.get(scope)?.deref();
    if (known) return known;
    const { stats } = facts;
    const limiter = new Limiter({
      rule,
      prefix: `msa:gateway:${workspace}:limit:${scopeOf(limit, facts)}:`,
      clock,
      isShared: () => redis.answers,
      charge: (question) => chargeShared(redis, rule, question),
      refund: (key) => void refundShared(redis, rule, key),
      onLocal: () => (stats.incidents.limited_locally += 1),
    });
    for (const [key, reference] of limiters) if (reference.deref() === undefined) limiters.delete(key);
    limiters.set(scope, new WeakRef(limiter));
    return limiter;
  }

  function compile(facts: TargetFacts, isOurs: (limit: RateLimit) => boolean): Layer | undefined {
    const { rateLimit } = facts.policy;
    if (rateLimit === undefined) return undefined;
    checkRateLimits(rateLimit);
    const bounds = rateLimit
      .filter(isOurs)
      .map((limit) => ({ limiter: limiterOf(limit, facts), keyOf: keyReader(limit.by) }));
    if (bounds.length === 0) return undefined;
    return { step: createRateLimitStep(bounds, () => (facts.stats.incidents.rate_limited += 1)) };
  }

  return {
    ofAddresses: {
      name: 'rateLimit by address',
      update: (facts) => {
        workspace = facts.workspace;
      },
      compile: (facts) => compile(facts, ({ by }) => by === 'address'),
    },
    ofCallers: { name: 'rateLimit', compile: (facts) => compile(facts, ({ by }) => by !== 'address') },
  };
}

/** What counts together: public and internal requests never do. */
function scopeOf(
  { name, shared, by, limit, perMs, burst }: RateLimit,
  { kind, name: target, service }: TargetFacts,
): string {
  const side = kind === 'route' ? 'public' : 'internal';
  const rule = `${by}:${limit}/${perMs}/${burst}`;
  if (by === 'service') return `${side}:service ${service.name}:${rule}`;
  return shared ? `${side}:${name}:${rule}` : `${side}:${target}:${name}:${rule}`;
}

/** Goes on evenly, whatever is done to the clock of the machine. */
function clock(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
