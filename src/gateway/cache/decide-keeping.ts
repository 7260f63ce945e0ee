import type { AnswerFacts } from './answer-facts.ts';
import { namedFields } from './cache-control.ts';
import type { Directives } from './cache-control.ts';
import { ageMs, explicitLifetimeMs, ifErrorMs, isKeptByDefault, lifetimeMs, whileRevalidateMs } from './freshness.ts';
import type { Keeping, Times } from './freshness.ts';

/** What of a request decides whether its answer is kept. */
export interface Asked {
  readonly method: string;
  readonly directives: Directives;
  /** It came with credentials: a field `Authorization`, or whatever else a caller was recognised by. */
  readonly authenticated: boolean;
}

interface Candidate extends Times {
  readonly facts: AnswerFacts;
  /** How much longer a stale answer is of use to the route's `fallback`. */
  readonly fallbackMs: number;
}

export type KeepingVerdict =
  | {
      readonly keep: true;
      readonly forMs: number;
      /** Fields that are left out, because they were meant for one caller. */
      readonly without: ReadonlySet<string>;
    }
  | { readonly keep: false; readonly why: string };

/** What can be asked for with a condition is of use for a while after it has become stale. */
const forValidationMs = 600_000;
/** Whatever an answer says, after a day it is fetched anew. */
const longestMs = 86_400_000;

/** Whether an answer may be kept, and is worth it (RFC 9111, 3). */
export function decideKeeping(asked: Asked, candidate: Candidate, keeping: Keeping): KeepingVerdict {
  const why = reasonAgainst(asked, candidate.facts, keeping.shared);
  if (why !== undefined) return { keep: false, why };
  const { facts, fallbackMs } = candidate;
  const remainingMs = lifetimeMs(facts, keeping) - ageMs(facts, candidate, candidate.receivedAt);
  const staleMs = Math.max(whileRevalidateMs(facts, keeping), ifErrorMs(facts, keeping, fallbackMs));
  const isValidatable = saysWhen(facts, keeping.shared) && (facts.etag ?? facts.lastModified) !== undefined;
  // An error that says nothing of its own keeping is over when it is over.
  const mayBeKept = saysWhen(facts, keeping.shared) || isKeptByDefault(facts);
  if (!mayBeKept || (remainingMs + staleMs <= 0 && !isValidatable)) return { keep: false, why: 'no-lifetime' };
  const forMs = Math.max(0, remainingMs) + Math.max(staleMs, isValidatable ? forValidationMs : 0);
  return { keep: true, forMs: Math.min(forMs, longestMs), without: fieldsForOne(facts.directives, keeping.shared) };
}

function saysWhen(facts: AnswerFacts, shared: boolean): boolean {
  return explicitLifetimeMs(facts, shared) !== undefined || facts.directives.has('no-cache');
}

function reasonAgainst(asked: Asked, facts: AnswerFacts, shared: boolean): string | undefined {
  const { directives, status } = facts;
  if (asked.method !== 'GET') return 'method';
  if (asked.directives.has('no-store')) return 'request-no-store';
  // A part is never taken for the whole, and a 304 has nothing to keep.
  if (status < 200 || status === 206 || status === 304) return 'status';
  if (directives.has('must-understand') ? !isUnderstood(status) : directives.has('no-store')) return 'no-store';
  const isForOne = shared ? reasonAgainstSharing(asked, directives) : undefined;
  if (isForOne !== undefined) return isForOne;
  if (facts.vary === '*') return 'vary';
  if (facts.isEventStream) return 'event-stream';
  if (facts.setsCookie && !fieldsForOne(directives, shared).has('set-cookie')) return 'set-cookie';
  return undefined;
}

function reasonAgainstSharing({ authenticated }: Asked, directives: Directives): string | undefined {
  if (directives.has('private') && namedFields(directives, 'private') === undefined) return 'private';
  return authenticated && !allowsAuthenticated(directives) ? 'authorization' : undefined;
}

/** Statuses whose meaning for caches is known here (RFC 9111, 5.2.2.3). */
function isUnderstood(status: number): boolean {
  return (status >= 200 && status <= 204) || (status >= 300 && status <= 308) || status === 404 || status === 410;
}

/** Who may have an answer that was given to somebody in particular (RFC 9111, 3.5). */
function allowsAuthenticated(directives: Directives): boolean {
  return directives.has('public') || directives.has('must-revalidate') || directives.has('s-maxage');
}

function fieldsForOne(directives: Directives, shared: boolean): ReadonlySet<string> {
  const noCache = namedFields(directives, 'no-cache') ?? [];
  return new Set(shared ? [...noCache, ...(namedFields(directives, 'private') ?? [])] : noCache);
}
