import type { CachePolicy } from '../../protocol/policies/cache.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';
import type { Feature, FeatureContext } from '../pipeline/feature.ts';
import { AnswerStore } from './answer-store.ts';
import { CachedRoute } from './cached-route.ts';

const onlyForFallback: CachePolicy = {
  ttlMs: 0,
  vary: [],
  maxBytes: 1024 ** 2,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  private: false,
};

/** Keeps answers and gives them again (RFC 9111), for all routes and edges that ask for it. */
export function createCacheFeature({ redis, call }: FeatureContext): Feature {
  const store = new AnswerStore(redis);
  return {
    name: 'cache',
    update: ({ workspace, keptSince = '' }) => store.setPlace({ workspace, keptSince }),
    compile: (target) => {
      const { cache } = target.policy;
      const fallbackMs = fallbackMsOf(target.policy);
      if (!cache && fallbackMs === 0) return undefined;
      const policy = cache ?? onlyForFallback;
      return new CachedRoute({ policy, fallbackMs, onlyForFailures: cache === undefined, target, store, call });
    },
  };
}

/** How stale the route's `fallback` takes an answer. */
function fallbackMsOf({ fallback = [] }: RoutePolicy): number {
  return Math.max(0, ...fallback.map((each) => (each.kind === 'stale' ? each.forMs : 0)));
}
