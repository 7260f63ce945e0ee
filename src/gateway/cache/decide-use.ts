import { secondsOf } from './cache-control.ts';
import type { Directives } from './cache-control.ts';
import { ageMs, ifErrorMs, lifetimeMs, mustValidateAlways, whileRevalidateMs } from './freshness.ts';
import type { Keeping } from './freshness.ts';
import type { KeptAnswer } from './kept-answer.ts';

/** `renew`: give it, and fetch a newer one meanwhile. `validate`: ask the service first. */
export type Use = 'give' | 'renew' | 'validate';

/**
 * What clients ask for with `no-cache`, `max-age` or `min-fresh` is done, but not for answers younger than this: so they
 * can have a service asked once a second for what is kept, whoever they are, and not more.
 */
const newEnoughMs = 1000;

/** How a kept answer serves a request (RFC 9111, 4). */
export function decideUse(kept: KeptAnswer, asked: Directives, { now, ...keeping }: Keeping & { now: number }): Use {
  if (mustValidateAlways(kept.facts)) return 'validate';
  const age = ageMs(kept.facts, kept, now);
  const remaining = lifetimeMs(kept.facts, keeping) - age;
  if (now - kept.receivedAt >= newEnoughMs && asksForNewer(asked, age, remaining)) return 'validate';
  if (remaining > 0) return 'give';
  return remaining + whileRevalidateMs(kept.facts, keeping) > 0 ? 'renew' : 'validate';
}

function asksForNewer(asked: Directives, age: number, remaining: number): boolean {
  if (asked.size === 0) return false;
  const maxAge = secondsOf(asked, 'max-age') ?? Infinity;
  return (
    asked.has('no-cache') || age > maxAge * 1000 || remaining < (secondsOf(asked, 'min-fresh') ?? -Infinity) * 1000
  );
}

interface Failing extends Keeping {
  readonly now: number;
  /** How stale the route's `fallback` takes it. */
  readonly fallbackMs: number;
}

/** Whether it may be given in place of a failure (RFC 5861). */
export function servesErrors({ facts, ...times }: KeptAnswer, { now, fallbackMs, ...keeping }: Failing): boolean {
  return ageMs(facts, times, now) < lifetimeMs(facts, keeping) + ifErrorMs(facts, keeping, fallbackMs);
}

/** Whole seconds it is fresh yet, below zero when it is stale; what `Cache-Status` calls ttl. */
export function secondsToLive({ facts, ...times }: KeptAnswer, keeping: Keeping, now: number): number {
  return Math.floor((lifetimeMs(facts, keeping) - ageMs(facts, times, now)) / 1000);
}
