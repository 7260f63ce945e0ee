import type { Endpoint } from './endpoint.ts';

interface Choice<E extends Endpoint> {
  readonly endpoints: readonly E[];
  /** Those this request has been to; they come last. */
  readonly tried: readonly E[];
  /** From 0 to just below 1. */
  readonly random: () => number;
}

/**
 * Chooses where a request goes: the one with fewer requests in flight of two drawn by lot. Undefined when there is
 * nobody it could go to.
 */
export function chooseEndpoint<E extends Endpoint>({ endpoints, tried, random }: Choice<E>): E | undefined {
  const candidates = findCandidates(endpoints);
  if (tried.length === 0) return lessLoadedOfTwo(candidates, random);
  const fresh = candidates.filter((endpoint) => !tried.includes(endpoint));
  // One that broke off may have been closing an idle connection just then; one that took none still takes none.
  const again = candidates.filter((endpoint) => endpoint.ejectedBy !== 'connect');
  return lessLoadedOfTwo(fresh.length > 0 ? fresh : again, random);
}

function findCandidates<E extends Endpoint>(endpoints: readonly E[]): readonly E[] {
  if (endpoints.every((endpoint) => endpoint.status === 'up' && endpoint.ejectedBy === undefined)) return endpoints;
  const reachable = endpoints.filter((endpoint) => endpoint.status === 'up' && endpoint.ejectedBy !== 'connect');
  const sound = reachable.filter((endpoint) => endpoint.ejectedBy === undefined);
  // When most look bad, it is rather the requests that are, and the few others could not carry the load.
  if (sound.length > 0 && sound.length * 2 >= reachable.length) return sound;
  if (reachable.length > 0) return reachable;
  // Nobody is up, says the registry. It may have just been started or be short of time itself; they can only refuse.
  return endpoints.filter(
    (endpoint) =>
      endpoint.wasUp && endpoint.status !== 'up' && endpoint.status !== 'draining' && endpoint.ejectedBy !== 'connect',
  );
}

function lessLoadedOfTwo<E extends Endpoint>(candidates: readonly E[], random: () => number): E | undefined {
  const { length } = candidates;
  if (length <= 1) return candidates[0];
  const first = Math.floor(random() * length);
  const second = (first + 1 + Math.floor(random() * (length - 1))) % length;
  const one = candidates[first];
  const other = candidates[second];
  if (one === undefined || other === undefined) return one ?? other;
  return other.inFlight < one.inFlight ? other : one;
}
