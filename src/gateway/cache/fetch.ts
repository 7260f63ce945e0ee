import { headers } from '../../protocol/headers.ts';
import { fieldOf } from '../http/fields.ts';
import { withoutFields } from '../http/request-head.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import { isRefusal } from '../pipeline/outcome.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import type { Refusal } from '../problems.ts';
import { readAnswerFacts } from './answer-facts.ts';
import type { AnswerFacts } from './answer-facts.ts';
import type { AnswerStore } from './answer-store.ts';
import { BodyCollector } from './body-collector.ts';
import type { CacheRequest } from './cache-request.ts';
import { renderCacheStatus } from './cache-status.ts';
import type { Forwarded } from './cache-status.ts';
import { clientHas, speaksOf, updatedBy304, validationFields } from './conditions.ts';
import { decideKeeping } from './decide-keeping.ts';
import type { KeepingVerdict } from './decide-keeping.ts';
import { decideUse, servesErrors } from './decide-use.ts';
import type { Flight } from './flights.ts';
import { giveKept } from './give-kept.ts';
import { keptAnswer } from './kept-answer.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { parseCacheControl } from './cache-control.ts';

/** What one request to a service is made for. */
export interface Errand {
  readonly request: CacheRequest;
  /** What waits for it, and what it is kept by. */
  readonly key: string;
  /** What is kept, and can no longer be given without a word of the service. */
  readonly kept: KeptAnswer | undefined;
  readonly flight: Flight | undefined;
  readonly forwarded: Forwarded;
}

export interface FetchParts {
  readonly store: AnswerStore;
  readonly stats: TargetStats;
  /** How stale the route's `fallback` takes an answer. */
  readonly fallbackMs: number;
}

/** What a service's answer means for what is kept. */
type Judgement =
  | { readonly kind: 'still'; readonly answer: KeptAnswer; readonly verdict: KeepingVerdict }
  | { readonly kind: 'failure'; readonly instead: KeptAnswer }
  | { readonly kind: 'new'; readonly draft: KeptAnswer; readonly verdict: KeepingVerdict };

const anything = parseCacheControl(undefined);
const noBody = Buffer.alloc(0);
/** What counts as a failure (RFC 5861, 4). */
const failures: ReadonlySet<number> = new Set([500, 502, 503, 504]);
/** Whether a new answer that cannot be kept shows that the old one is over. */
const overtaken: ReadonlySet<number> = new Set([200, 203, 204, 301, 308, 404, 410]);

/** A request on its way to a service, and what becomes of its answer. */
export class Fetch {
  private readonly errand: Errand;
  private readonly parts: FetchParts;
  private readonly requestedAt = Date.now();
  private readonly era: number;
  private isGivenStale = false;
  /** Its answer is being kept: only then is it over for those who wait. */
  private keeping = false;
  /** As they were: what is sent on has more of them. */
  private readonly asker: CacheRequest['asker'];

  constructor(errand: Errand, parts: FetchParts) {
    this.errand = errand;
    this.parts = parts;
    this.era = parts.store.era;
    const { asker } = errand.request;
    this.asker = { ...asker, fields: [...asker.fields] };
  }

  /** The answer begins: decides what the client gets, and looks on while it passes. */
  begin(head: ReplyHead): BodyHandler | undefined {
    // What stands in for the service is nothing to keep.
    if (this.isGivenStale || fieldOf(head.fields, headers.fallback) !== undefined) {
      this.fail();
      return undefined;
    }
    const { request, forwarded } = this.errand;
    const judgement = this.judge(head.status, head.fields);
    if (judgement.kind === 'new') return this.takeNew(head, judgement);
    if (judgement.kind === 'failure')
      return { kind: 'replace', answer: this.giveStale(judgement.instead, head.status) };
    this.keep(judgement.answer, judgement.verdict);
    this.parts.stats.incidents.cache_validated += 1;
    return { kind: 'replace', answer: giveKept(judgement.answer, request, { forwarded, forwardedStatus: 304 }) };
  }

  /** The whole answer to a request that no client waits for. */
  take(answer: WholeAnswer | Refusal): void {
    if (isRefusal(answer)) return this.fail();
    const judgement = this.judge(answer.status, answer.fields);
    if (judgement.kind === 'failure') return this.fail();
    if (judgement.kind === 'still') return this.keep(judgement.answer, judgement.verdict);
    this.keep({ ...judgement.draft, body: answer.body }, judgement.verdict);
  }

  /** What is given when the service failed: stale by so much more than the cache itself may give; undefined when nothing may be. */
  stale(beyondMs: number): WholeAnswer | undefined {
    const { kept } = this.errand;
    if (!kept || !this.servesErrors(kept, beyondMs)) return undefined;
    this.isGivenStale = true;
    return this.giveStale(kept, undefined);
  }

  /** It is over, whatever came of it. */
  finish(): void {
    if (!this.keeping) this.errand.flight?.land('failed');
  }

  private judge(status: number, fields: readonly string[]): Judgement {
    const { request, kept } = this.errand;
    const times = { requestedAt: this.requestedAt, receivedAt: Date.now() };
    const isStill = status === 304 && kept !== undefined && validationFields(kept).length > 0 && speaksOf(fields, kept);
    if (!isStill && kept && failures.has(status) && this.servesErrors(kept, 0))
      return { kind: 'failure', instead: kept };
    const draft = isStill
      ? updatedBy304(kept, fields, times)
      : { status, fields, body: noBody, facts: datedFacts(status, fields, times.receivedAt), ...times };
    const asked = { method: 'GET', directives: request.directives, authenticated: request.authenticated };
    const verdict = decideKeeping(asked, { ...draft, fallbackMs: this.parts.fallbackMs }, request.keeping);
    return isStill ? { kind: 'still', answer: draft, verdict } : { kind: 'new', draft, verdict };
  }

  private takeNew(head: ReplyHead, { draft, verdict }: Extract<Judgement, { kind: 'new' }>): BodyHandler | undefined {
    const { request, forwarded } = this.errand;
    const { maxBytes } = request.keeping.policy;
    const isTooLarge = head.length !== undefined && head.length > maxBytes;
    const checked: KeepingVerdict = verdict.keep && isTooLarge ? { keep: false, why: 'too-large' } : verdict;
    const told = checked.keep ? { stored: head.length !== undefined } : { detail: checked.why };
    // A copy before it is told: what is kept is what the service said.
    const answer = { ...draft, fields: [...head.fields] };
    head.fields.push('cache-status', renderCacheStatus({ forwarded, forwardedStatus: head.status, ...told }));
    if (!checked.keep) {
      this.keep(answer, checked);
      return undefined;
    }
    if (request.condition && !head.bodiless && clientHas(request.condition, draft)) {
      return {
        kind: 'whole',
        maxBytes,
        whenLarger: 'pass',
        change: ({ body }) => this.giveNothing({ ...answer, body }, checked),
      };
    }
    return new BodyCollector(maxBytes, (body) => {
      if (body) this.keep({ ...answer, body }, checked);
      else this.passBy(answer.status);
    });
  }

  /** The client has what has just come. */
  private giveNothing(answer: KeptAnswer, verdict: KeepingVerdict): WholeAnswer {
    const { request, forwarded } = this.errand;
    this.keep(answer, verdict);
    return giveKept(answer, request, { forwarded, forwardedStatus: answer.status, stored: true });
  }

  private keep(answer: KeptAnswer, verdict: KeepingVerdict): void {
    if (!verdict.keep) return this.passBy(answer.status);
    const { request, flight, key } = this.errand;
    const fields = withoutFields(answer.fields, new Set([...verdict.without, ...ofTheMessage]));
    // RFC 9110, 6.6.1: who passes on an answer without a date says when it came.
    if (fieldOf(fields, 'date') === undefined) fields.push('date', new Date(answer.receivedAt).toUTCString());
    const kept = keptAnswer({ ...answer, fields });
    const { policy } = request.keeping;
    const keepable = {
      resourceKey: request.resourceKey,
      asker: this.asker,
      vary: policy.vary,
      answer: kept,
      forMs: verdict.forMs,
      era: this.era,
    };
    const use = decideUse(kept, anything, { ...request.keeping, now: Date.now() });
    // Whoever waits could not use it without asking again.
    if (use === 'validate') this.parts.store.flights.notePassed(key);
    this.keeping = true;
    const settle = (isKept: boolean): void => flight?.land(isKept && use !== 'validate' ? 'kept' : 'passed');
    this.parts.store.keep(keepable).then(settle, () => flight?.land('failed'));
  }

  /** The answer is not for others. */
  private passBy(status: number): void {
    const { request, flight, key, kept } = this.errand;
    const { store } = this.parts;
    // To the client's own question: others have the answer yet to come.
    if (status === 304) return flight?.land('failed');
    flight?.land('passed');
    // What a stranger provokes for himself says nothing of what others get.
    if (request.authenticated || request.directives.has('no-store')) return;
    store.flights.notePassed(key);
    if (kept && overtaken.has(status)) store.answers.forget(key);
  }

  private servesErrors(kept: KeptAnswer, fallbackMs: number): boolean {
    return servesErrors(kept, { ...this.errand.request.keeping, now: Date.now(), fallbackMs });
  }

  private giveStale(kept: KeptAnswer, forwardedStatus: number | undefined): WholeAnswer {
    this.fail();
    this.parts.stats.incidents.cache_stale += 1;
    const told = forwardedStatus === undefined ? {} : { forwardedStatus };
    return giveKept(kept, this.errand.request, { forwarded: 'stale', ...told });
  }

  private fail(): void {
    this.parts.store.noteFailing(this.errand.key);
    this.errand.flight?.land('failed');
  }
}

/** RFC 9110, 6.6.1: an answer that does not say when it was made was made when it came. */
function datedFacts(status: number, fields: readonly string[], receivedAt: number): AnswerFacts {
  const facts = readAnswerFacts(status, fields);
  return { ...facts, dateMs: facts.dateMs ?? receivedAt };
}

/** What is said anew whenever an answer is given, and what speaks of the one request that brought it. */
const ofTheMessage = ['content-length', 'cache-status', 'traceparent', 'tracestate'] as const;
