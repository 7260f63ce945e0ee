import type { Consumers } from './consumers.ts';
import type { ProcessLoad } from './process-load.ts';
import type { RedisStore } from '../redis/redis-store.ts';
import type { Feature } from '../pipeline/feature.ts';
import type { Guard } from '../resilience/passage.ts';
import type { Current } from '../state/current.ts';
import type { GatewayEndpoint } from '../state/service-instances.ts';
import type { RouteTarget, Target } from '../state/targets.ts';

/** What the gateway knows at this moment. */
export interface GatewayStatus {
  readonly current: Current;
  /** Why an edge does not listen, by its name. */
  readonly edgeProblems: ReadonlyMap<string, string>;
  readonly draining: boolean;
  readonly load: ProcessLoad;
  readonly consumers: Consumers;
  /** Connections of clients that were closed at once. */
  readonly refused: { readonly all: number; readonly address: number };
  /** Undefined: the gateway was told of none. */
  readonly redis: RedisStore | undefined;
  readonly features: readonly Feature[];
}

/** The document of the admin listener's /status. */
export function describeStatus({ current, edgeProblems, draining, redis, features }: GatewayStatus): object {
  const { state, routing, services } = current;
  return {
    epoch: state?.epoch ?? null,
    revision: state?.revision ?? null,
    workspace: state?.system?.workspace ?? null,
    version: state?.system?.version ?? null,
    draining,
    ...(redis?.isNeeded === true && { redis: { answers: redis.answers, commands: redis.outcomes } }),
    ...describeFeatures(features),
    routes: routing.routes.map((target) => describeRoute(target)),
    edges: routing.edges.map((target) => ({
      caller: target.caller.name,
      port: target.port,
      checkCaller: target.checkCaller,
      service: target.service.name,
      ...describeTarget(target),
      ...(edgeProblems.has(target.name) && { problem: edgeProblems.get(target.name) }),
    })),
    services: services.all.map(({ name, endpoints, budget }) => ({
      name,
      retriesLeft: budget.remaining(performance.now()),
      endpoints: endpoints.map((endpoint) => describeEndpoint(endpoint)),
    })),
  };
}

function describeFeatures(features: readonly Feature[]): object {
  const shown = features.map(({ name, status }) => [name, status?.()] as const);
  return Object.fromEntries(shown.filter(([, status]) => status !== undefined));
}

function describeRoute(target: RouteTarget): object {
  const { path, hosts, matches, service } = target.declared;
  const what = { path: path || '/', ...(hosts && { hosts }), ...(matches && { matches }) };
  return { name: target.name, ...what, ...(service !== undefined && { service }), ...describeTarget(target) };
}

function describeTarget({ timeoutMs, retryAttempts, stats, pipeline, resilience }: Target): object {
  const { problem } = pipeline;
  return {
    timeoutMs,
    retryAttempts,
    inFlight: stats.inFlight,
    ...(problem !== undefined && { misconfigured: problem }),
    ...describeGuard(resilience.guard),
  };
}

function describeGuard({ breaker, bulkhead }: Partial<Guard> = {}): object {
  return {
    ...(breaker && { breaker: { state: breaker.state, opened: breaker.opened } }),
    ...(bulkhead && {
      concurrency: { limit: bulkhead.limit, inFlight: bulkhead.inFlight, waiting: bulkhead.queueLength },
    }),
  };
}

function describeEndpoint({ id, address, port, status, inFlight, ejectedBy }: GatewayEndpoint): object {
  return { id, address, port, status, inFlight, ...(ejectedBy !== undefined && { ejectedBy }) };
}
