import type { CachePolicy } from '../../protocol/policies/cache.ts';
import { onwardFields } from '../http/forwarding.ts';
import { RequestHead, withoutFields } from '../http/request-head.ts';
import type { FeatureContext, Layer, TargetFacts } from '../pipeline/feature.ts';
import type { Outcome, WholeAnswer } from '../pipeline/outcome.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import { refuse } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { AnswerStore } from './answer-store.ts';
import { readCacheRequest } from './cache-request.ts';
import type { CacheRequest } from './cache-request.ts';
import { renderCacheStatus } from './cache-status.ts';
import type { Forwarded } from './cache-status.ts';
import { changedResources } from './changed-resources.ts';
import { validationFields } from './conditions.ts';
import { decideUse, secondsToLive, servesErrors } from './decide-use.ts';
import type { Use } from './decide-use.ts';
import { Fetch } from './fetch.ts';
import type { Errand } from './fetch.ts';
import type { Flight } from './flights.ts';
import { giveKept } from './give-kept.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { variantKey } from './variants.ts';
import type { Resource } from './variants.ts';

interface RouteParts {
  readonly policy: CachePolicy;
  /** How stale the route's `fallback` takes an answer. */
  readonly fallbackMs: number;
  /** What is kept serves failures only. */
  readonly onlyForFailures: boolean;
  readonly target: TargetFacts;
  readonly store: AnswerStore;
  readonly call: FeatureContext['call'];
}

/** A request that looks for an answer. */
interface Search {
  readonly request: CacheRequest;
  /** How often it has waited for another one. */
  rounds: number;
  /** Its client has gone. */
  over: boolean;
}

interface Found {
  readonly key: string;
  readonly kept: KeptAnswer | undefined;
  /** Something of the path has been kept before. */
  readonly isKnown: boolean;
}

const maxRounds = 3;
const longestWaitMs = 5000;
const conditional: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since']);
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The cache at one route or edge: answers what it can, and keeps what it may. */
export class CachedRoute implements Layer {
  readonly stage = { begin: (head: ReplyHead, incoming: Incoming) => this.begin(head, incoming) };
  private readonly parts: RouteParts;
  private readonly fetches = new WeakMap<Incoming, Fetch>();
  private readonly unknown: Resource;

  constructor(parts: RouteParts) {
    this.parts = parts;
    this.unknown = { generation: '', vary: parts.policy.vary, changedAt: 0 };
  }

  readonly step = (incoming: Incoming): Outcome | Promise<Outcome> => {
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') return undefined;
    const { target, policy } = this.parts;
    const request = readCacheRequest(incoming, { name: target.name, service: target.service, policy });
    if (request) return this.look({ request, rounds: 0, over: false });
    target.stats.incidents.cache_bypass += 1;
    return undefined;
  };

  private begin(head: ReplyHead, incoming: Incoming): BodyHandler | undefined {
    const fetch = this.fetches.get(incoming);
    if (fetch) return fetch.begin(head);
    const isSafe = safe.has(incoming.method);
    const isDone = head.status >= 200 && head.status < 400;
    if (!isSafe && isDone) this.noteChanges(head, incoming);
    head.fields.push('cache-status', renderCacheStatus({ forwarded: isSafe ? 'bypass' : 'method' }));
    return undefined;
  }

  private noteChanges(head: ReplyHead, incoming: Incoming): void {
    const service = (incoming.service ?? this.parts.target.service).name;
    for (const path of changedResources(incoming, head.fields)) this.parts.store.noteChange(`${service}\n${path}`);
  }

  private look(search: Search): Outcome | Promise<Outcome> {
    const resource = this.parts.store.resources.find(search.request.resourceKey);
    if (!(resource instanceof Promise)) return this.lookIn(search, resource);
    this.noteWaiting(search);
    return resource.then((each) => this.lookIn(search, each));
  }

  private lookIn(search: Search, resource: Resource | undefined): Outcome | Promise<Outcome> {
    const { request } = search;
    const { answers } = this.parts.store;
    const key = variantKey(resource ?? this.unknown, request.asker);
    if (!resource) return this.decide(search, { key, kept: undefined, isKnown: false });
    const here = answers.findHere(key);
    const isEnough = here !== undefined && this.useOf(request, here) === 'give';
    const kept = isEnough ? here : answers.find(key);
    if (!(kept instanceof Promise)) return this.decide(search, { key, kept, isKnown: true });
    this.noteWaiting(search);
    return kept.then((each) => this.decide(search, { key, kept: each, isKnown: true }));
  }

  private noteWaiting(search: Search): void {
    search.request.incoming.onFinish(() => (search.over = true));
  }

  private useOf({ directives, keeping }: CacheRequest, kept: KeptAnswer): Use {
    if (this.parts.onlyForFailures) return 'validate';
    return decideUse(kept, directives, { ...keeping, now: Date.now() });
  }

  private decide(search: Search, found: Found): Outcome | Promise<Outcome> {
    if (search.over) return undefined;
    const { request } = search;
    const answer = found.kept && this.give(search, found.kept, found.key);
    if (answer) return answer;
    if (request.directives.has('only-if-cached'))
      return refuse('not-cached', 'Nothing is kept that could be given without asking the service.');
    if (request.incoming.method === 'HEAD') return undefined;
    return this.fetch(search, found);
  }

  /** Gives what is kept, if it may be given without a word of the service. */
  private give({ request, rounds }: Search, kept: KeptAnswer, key: string): WholeAnswer | undefined {
    const { incidents } = this.parts.target.stats;
    const collapsed = rounds > 0;
    const use = this.useOf(request, kept);
    if (use === 'give') {
      incidents[collapsed ? 'cache_collapsed' : 'cache_hit'] += 1;
      return giveKept(kept, request, { hit: true, collapsed });
    }
    if (use === 'renew') this.renew(request, kept, key);
    else if (!this.isStaleEnough(request, kept, key)) return undefined;
    incidents.cache_stale += 1;
    return giveKept(kept, request, { hit: true, collapsed });
  }

  /** The service has failed a moment ago: what can be given stale is, without asking it again. */
  private isStaleEnough({ keeping }: CacheRequest, kept: KeptAnswer, key: string): boolean {
    // The route's `fallback` has its own way of sparing a service: the circuit breaker.
    return this.parts.store.isFailing(key) && servesErrors(kept, { ...keeping, fallbackMs: 0, now: Date.now() });
  }

  private fetch(search: Search, found: Found): Outcome | Promise<Outcome> {
    const { request, rounds } = search;
    const { flights } = this.parts.store;
    if (rounds >= maxRounds || !this.isShareable(request) || !flights.isWorthWaiting(found.key)) {
      return this.goOn(request, found, undefined);
    }
    const flight = flights.find(found.key);
    if (flight) return this.follow(search, found, flight);
    return this.goOn(request, found, flights.begin(found.key));
  }

  /** Whether others may wait for its answer. */
  private isShareable({ authenticated, keeping, directives }: CacheRequest): boolean {
    return !this.parts.onlyForFailures && !(authenticated && keeping.shared) && !directives.has('no-store');
  }

  private async follow(search: Search, found: Found, flight: Flight): Promise<Outcome> {
    this.noteWaiting(search);
    const landing = await flight.wait(Math.min(longestWaitMs, this.parts.target.timeoutMs));
    if (search.over) return undefined;
    search.rounds += 1;
    if (landing === 'kept' || landing === 'failed') return this.look(search);
    return this.goOn(search.request, found, undefined);
  }

  /** To the service, with the question whether what is kept still holds. */
  private goOn(request: CacheRequest, { key, kept, isKnown }: Found, flight: Flight | undefined): undefined {
    const { incoming, condition } = request;
    const { store, target, fallbackMs } = this.parts;
    const forwarded = forwardedBecause(request, kept, isKnown);
    const fetch = new Fetch({ request, key, kept, flight, forwarded }, { store, fallbackMs, stats: target.stats });
    this.fetches.set(incoming, fetch);
    incoming.onFinish(() => fetch.finish());
    incoming.stale = (beyondMs) => fetch.stale(beyondMs);
    target.stats.incidents.cache_miss += 1;
    // The whole answer is wanted where it can be kept; whether the client has it already is seen then.
    if (condition && isKnown) incoming.head.fields = withoutFields(incoming.head.fields, conditional);
    if (kept) incoming.head.fields.push(...validationFields(kept));
    return undefined;
  }

  /** Fetches a newer answer that no client waits for. */
  private renew(request: CacheRequest, kept: KeptAnswer, key: string): void {
    const { store, target, fallbackMs, call, policy } = this.parts;
    if (store.flights.find(key) || store.isFailing(key)) return;
    const { incoming, service } = request;
    const errand: Errand = { request, key, kept, flight: store.flights.begin(key), forwarded: 'stale' };
    const fetch = new Fetch(errand, { store, fallbackMs, stats: target.stats });
    const asked = call({
      service,
      method: 'GET',
      path: incoming.onwardPath + incoming.onwardQuery,
      fields: renewalFields(incoming, kept),
      timeoutMs: target.timeoutMs,
      retryAttempts: target.retryAttempts,
      maxBytes: policy.maxBytes,
    });
    void asked.then((answer) => fetch.take(answer)).finally(() => fetch.finish());
  }
}

function forwardedBecause({ keeping }: CacheRequest, kept: KeptAnswer | undefined, isKnown: boolean): Forwarded {
  if (!kept) return isKnown ? 'vary-miss' : 'uri-miss';
  // What is fresh goes to the service only because the client or the service wants it so.
  return secondsToLive(kept, keeping, Date.now()) > 0 ? 'request' : 'stale';
}

/** The request that brought it on, as it would have gone on, but with our own question. */
function renewalFields(incoming: Incoming, kept: KeptAnswer): readonly string[] {
  const fields = withoutFields(incoming.head.fields, conditional);
  fields.push(...validationFields(kept));
  const head = Object.assign(new RequestHead(), incoming.head, { fields, contentLength: undefined });
  const { authority, onwardAuthority, via, requestId, trace } = incoming;
  const forwarding = incoming.client.forwardingFor(authority);
  return onwardFields({ method: 'GET', head, onwardAuthority, via, requestId, trace, body: undefined }, forwarding);
}
