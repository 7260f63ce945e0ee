import type { CachePolicy } from '../../protocol/policies/cache.ts';
import type { AnswerFacts } from './answer-facts.ts';
import { namedFields, secondsOf } from './cache-control.ts';

/** When an answer was asked for and when it came, in milliseconds since 1970. */
export interface Times {
  readonly requestedAt: number;
  readonly receivedAt: number;
}

/** By which rules an answer is kept: those of the route, as a cache for many or for one caller alone. */
export interface Keeping {
  readonly policy: CachePolicy;
  readonly shared: boolean;
}

const keptByDefault: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 410]);

/** Whether it may be kept although it says nothing of that (RFC 9110, 15.1); what tells of an error may not. */
export function isKeptByDefault({ status }: AnswerFacts): boolean {
  return keptByDefault.has(status);
}

/** How long an answer says it is fresh, counted from when it was made (RFC 9111, 4.2.1); undefined when it does not say. */
export function explicitLifetimeMs(facts: AnswerFacts, shared: boolean): number | undefined {
  const { directives, expires, dateMs } = facts;
  const seconds = (shared ? secondsOf(directives, 's-maxage') : undefined) ?? secondsOf(directives, 'max-age');
  if (seconds !== undefined) return seconds * 1000;
  if (expires === undefined) return undefined;
  return expires === 'invalid' || dateMs === undefined ? 0 : Math.max(0, expires - dateMs);
}

/** How long it is fresh; where it says nothing, the route's `ttl` takes the place of a guess. */
export function lifetimeMs(facts: AnswerFacts, { policy, shared }: Keeping): number {
  const explicit = explicitLifetimeMs(facts, shared);
  if (explicit !== undefined) return explicit;
  return isKeptByDefault(facts) ? policy.ttlMs : 0;
}

/** How old it is by now, on its whole way from its origin (RFC 9111, 4.2.3). */
export function ageMs(facts: AnswerFacts, { requestedAt, receivedAt }: Times, now: number): number {
  // Dates have seconds only, so what is left below one says nothing.
  const apparent = Math.floor(Math.max(0, receivedAt - (facts.dateMs ?? receivedAt)) / 1000) * 1000;
  const corrected = facts.ageSeconds * 1000 + (receivedAt - requestedAt);
  return Math.max(apparent, corrected) + Math.max(0, now - receivedAt);
}

/** Whether it may never be given again without the service being asked. */
export function mustValidateAlways({ directives }: AnswerFacts): boolean {
  return directives.has('no-cache') && namedFields(directives, 'no-cache') === undefined;
}

/** How long after its lifetime it may still be given while a newer one is fetched. */
export function whileRevalidateMs(facts: AnswerFacts, keeping: Keeping): number {
  return staleMs(facts, keeping.shared, {
    directive: 'stale-while-revalidate',
    otherwiseMs: keeping.policy.staleWhileRevalidateMs,
  });
}

/** How long after its lifetime it may still be given in place of a failure; `beyondMs` is what else asks for it. */
export function ifErrorMs(facts: AnswerFacts, keeping: Keeping, beyondMs = 0): number {
  return staleMs(facts, keeping.shared, {
    directive: 'stale-if-error',
    otherwiseMs: Math.max(keeping.policy.staleIfErrorMs, beyondMs),
  });
}

interface Grace {
  readonly directive: string;
  readonly otherwiseMs: number;
}

/**
 * What a service says itself counts. The route's word counts where nothing forbids stale answers; `s-maxage` does, too
 * (RFC 9111, 4.2.4), unless the service has said in the same breath how stale its answer may be (RFC 5861).
 */
function staleMs(facts: AnswerFacts, shared: boolean, { directive, otherwiseMs }: Grace): number {
  const { directives } = facts;
  if (directives.has('must-revalidate') || mustValidateAlways(facts)) return 0;
  if (shared && directives.has('proxy-revalidate')) return 0;
  const own = secondsOf(directives, directive);
  if (own !== undefined) return own * 1000;
  return shared && directives.has('s-maxage') ? 0 : otherwiseMs;
}
