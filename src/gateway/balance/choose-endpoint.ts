import type { BalanceMethod, BalancePolicy } from '../../protocol/policies/balance.ts';
import type { Endpoint } from './endpoint.ts';
import { mix } from './hash-text.ts';

interface Choice<E extends Endpoint> {
  readonly endpoints: readonly E[];
  /** Those this request has been to; they come last. */
  readonly tried: readonly E[];
  /** From 0 to just below 1. */
  readonly random: () => number;
  /** By which slow starts and the pace of instances are measured; without it nobody starts slowly. */
  readonly now?: number | undefined;
  /** What the request is recognised by, as a number; a request without one is balanced by load. */
  readonly key?: number | undefined;
}

const defaultPanic = 0.5;
/** What an instance that has just come up gets of its share. */
const leastWeight = 0.1;

/** Chooses where requests of a route or edge go, by the rules that it has. */
export class Balancer {
  /** How many answers of 5xx in a row take an instance out. */
  readonly ejectAfter: number;
  private readonly policy: BalancePolicy;
  private readonly panic: number;
  private turn = 0;

  constructor(policy: BalancePolicy = {}) {
    this.policy = policy;
    this.panic = policy.panic ?? defaultPanic;
    this.ejectAfter = policy.ejectAfter ?? Infinity;
  }

  get method(): BalanceMethod | undefined {
    return this.policy.method;
  }

  /** Whether it has to be told what time it is. */
  get needsTime(): boolean {
    return this.policy.slowStartMs !== undefined || this.needsPace;
  }

  /** Whether it goes by how long instances take. */
  get needsPace(): boolean {
    return this.policy.method?.kind === 'quickest';
  }

  /** Undefined when there is nobody it could go to. */
  choose<E extends Endpoint>({ endpoints, tried, random, now, key }: Choice<E>): E | undefined {
    const { method, slowStartMs } = this.policy;
    const untried = preferUntried(findCandidates(endpoints, this.panic), tried);
    if (method?.kind === 'hash' && key !== undefined) return highest(untried, key);
    const candidates =
      slowStartMs === undefined || now === undefined ? untried : warmOnes(untried, { slowStartMs, now, random });
    if (method?.kind === 'quickest')
      return betterOfTwo(candidates, random, (one) => one.pace.cost(one.inFlight, now ?? 0));
    if (method?.kind !== 'round-robin') return betterOfTwo(candidates, random, loadOf);
    // A second try takes nobody's turn; else one that fails would be first for every request.
    if (tried.length === 0) this.turn = (this.turn + 1) % Number.MAX_SAFE_INTEGER;
    return candidates[this.turn % candidates.length];
  }
}

function findCandidates<E extends Endpoint>(endpoints: readonly E[], panic: number): readonly E[] {
  if (endpoints.every((endpoint) => endpoint.status === 'up' && endpoint.ejectedBy === undefined)) return endpoints;
  const reachable = endpoints.filter((endpoint) => endpoint.status === 'up' && endpoint.ejectedBy !== 'connect');
  const sound = reachable.filter((endpoint) => endpoint.ejectedBy === undefined);
  // When most look bad, it is rather the requests that are, and the few others could not carry the load.
  if (sound.length > 0 && sound.length >= panic * reachable.length) return sound;
  if (reachable.length > 0) return reachable;
  // Nobody is up, says the registry. It may have just been started or be short of time itself; they can only refuse.
  return endpoints.filter(
    (endpoint) =>
      endpoint.wasUp && endpoint.status !== 'up' && endpoint.status !== 'draining' && endpoint.ejectedBy !== 'connect',
  );
}

function preferUntried<E extends Endpoint>(candidates: readonly E[], tried: readonly E[]): readonly E[] {
  if (tried.length === 0) return candidates;
  const fresh = candidates.filter((endpoint) => !tried.includes(endpoint));
  if (fresh.length > 0) return fresh;
  // One that broke off may have been closing an idle connection just then; one that took none still takes none.
  return candidates.filter((endpoint) => endpoint.ejectedBy !== 'connect');
}

interface Warming {
  readonly slowStartMs: number;
  readonly now: number;
  readonly random: () => number;
}

/**
 * Leaves out those that have come up lately, less often the longer they are up. Not by counting their requests for more
 * than others': an idle system would then never send them one.
 */
function warmOnes<E extends Endpoint>(candidates: readonly E[], { slowStartMs, now, random }: Warming): readonly E[] {
  const isNew = ({ upSince }: E): boolean => now - upSince < slowStartMs;
  if (!candidates.some(isNew)) return candidates;
  const taken = candidates.filter(
    (endpoint) => !isNew(endpoint) || random() < Math.max(leastWeight, (now - endpoint.upSince) / slowStartMs),
  );
  return taken.length > 0 ? taken : candidates;
}

/**
 * Rendezvous hashing: each instance and the key give a number, and the highest counts. When an instance goes, only its
 * own keys move, each to the instance that is next for it; when one comes, it takes only its own.
 */
function highest<E extends Endpoint>(candidates: readonly E[], key: number): E | undefined {
  let best: E | undefined;
  let bestScore = -1;
  for (const endpoint of candidates) {
    const score = mix(endpoint.seed ^ key);
    if (score <= bestScore) continue;
    best = endpoint;
    bestScore = score;
  }
  return best;
}

const loadOf = ({ inFlight }: Endpoint): number => inFlight;

/** Two are drawn by lot; the one that costs less is it. */
function betterOfTwo<E extends Endpoint>(
  candidates: readonly E[],
  random: () => number,
  costOf: (endpoint: E) => number,
): E | undefined {
  const { length } = candidates;
  if (length <= 1) return candidates[0];
  const first = Math.floor(random() * length);
  const second = (first + 1 + Math.floor(random() * (length - 1))) % length;
  const one = candidates[first];
  const other = candidates[second];
  if (one === undefined || other === undefined) return one ?? other;
  return costOf(other) < costOf(one) ? other : one;
}
