import { edgeKey } from '../../protocol/edge-port.ts';
import { viaToken } from '../../protocol/headers.ts';
import type { GatewayPolicy, RoutePolicy } from '../../protocol/policy.ts';
import { matchesOf, nameRoute } from '../../protocol/route-match.ts';
import type { RouteMatches } from '../../protocol/route-match.ts';
import { servicesOf } from '../../protocol/route-services.ts';
import type { SystemEdge, SystemRoute } from '../../protocol/system.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { admissionOf, trustOf } from '../access/address-check.ts';
import { guardsBelow, guardsOf } from '../auth/guards.ts';
import type { IsTrusted } from '../http/told-client.ts';
import type { Log } from '../observe/log.ts';
import { TargetStats } from '../observe/target-stats.ts';
import type { Feature, TargetFacts } from '../pipeline/feature.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { RouteTable } from '../route/route-table.ts';
import type { Resilience } from '../resilience/compile-resilience.ts';
import { compileTarget } from './compile-target.ts';
import type { ServiceInstances } from './service-instances.ts';
import type { Services } from './services.ts';

/** Where requests of one route or edge go, and by which rules. */
export interface Target {
  /** `/orders`, or `orders>users` for an edge. */
  readonly name: string;
  readonly kind: 'route' | 'edge';
  readonly service: ServiceInstances;
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  readonly stats: TargetStats;
  readonly pipeline: Pipeline;
  readonly resilience: Resilience;
}

export interface RouteTarget extends Target {
  readonly declared: SystemRoute;
  /** Those its requests may go to; none where the gateway answers by itself. */
  readonly services: readonly ServiceInstances[];
}

export interface EdgeTarget extends Target {
  readonly port: number;
  readonly checkCaller: boolean;
  readonly caller: ServiceInstances;
  /** By which its listener knows itself in Via. */
  readonly pseudonym: string;
}

/** What a state comes to: replaced as a whole, so that no request ever sees half of one. */
export interface Routing {
  /** In the order of the file. */
  readonly routes: readonly RouteTarget[];
  /** The same, as requests are looked up in it. */
  readonly table: RouteTable<RouteTarget>;
  readonly edges: readonly EdgeTarget[];
  /** By which the public listener knows itself in Via. */
  readonly pseudonym: string;
  /** Whether clients at this address may come in at all; routes look after that themselves. */
  readonly admits: (address: string) => boolean;
  /** Whose word on clients is taken: that of proxies before the gateway; undefined when there is none. */
  readonly isTrusted: IsTrusted | undefined;
}

export const noRouting: Routing = {
  routes: [],
  table: new RouteTable<RouteTarget>([]),
  edges: [],
  pseudonym: viaToken,
  admits: () => true,
  isTrusted: undefined,
};

interface TargetsParts {
  readonly services: Services;
  /** In the order in which a request meets them. */
  readonly features: readonly Feature[];
  readonly log: Log;
}

interface Compiled {
  /** What it was compiled from. */
  readonly source: string;
  readonly pipeline: Pipeline;
  readonly resilience: Resilience;
}

const noPolicy: RoutePolicy = {};

/** Makes routings of states; what services and targets have gathered passes from each to the next. */
export class Targets {
  private readonly stats = new Map<string, TargetStats>();
  private compiled = new Map<string, Compiled>();
  private readonly parts: TargetsParts;

  constructor(parts: TargetsParts) {
    this.parts = parts;
  }

  routingOf({ system, instances, keptSince }: WatchState): Routing {
    const { services, features } = this.parts;
    for (const { name, protocol = 'http' } of system?.services ?? []) services.get(name).speak(protocol);
    services.update(instances, new Set(system?.services.map(({ name }) => name)));
    if (!system) return noRouting;
    for (const feature of features) {
      feature.update?.({ workspace: system.workspace, policy: system.gateway ?? {}, keptSince });
    }
    const before = this.compiled;
    this.compiled = new Map();
    const compiler = { before, gateway: sourceOf(system.gateway), guards: guardsOf(system.routes) };
    const names = uniqueNames(system.routes);
    const routes = system.routes.map((route, index) => this.routeTarget(route, names[index] ?? '', compiler));
    const pseudonym = `${viaToken}-${system.workspace}`;
    return {
      routes,
      table: new RouteTable(routes.map((route) => ({ route, matches: route.declared }))),
      // A listener each, a name each: a service that passes Via on may well call back through another of them.
      edges: system.edges.map((edge) => this.edgeTarget(edge, `${pseudonym}-${edge.caller}-${edge.callee}`, compiler)),
      pseudonym,
      admits: admissionOf(system.gateway?.access?.public),
      isTrusted: trustOf(system.gateway?.trustedProxies),
    };
  }

  private routeTarget(declared: SystemRoute, name: string, compiler: Compiler): RouteTarget {
    const { service, timeoutMs, retryAttempts, policy } = declared;
    const { services } = this.parts;
    const owner = service === undefined ? services.nobody : services.get(service);
    const guarded = guardsBelow(declared, compiler.guards);
    const byMethod = matchesOf(declared).some(({ methods }) => methods !== undefined);
    const rules = { timeoutMs, retryAttempts, policy, guarded, byMethod };
    const facts = this.factsOf({ name, kind: 'route', service: owner, ...rules });
    const asked = servicesOf(declared).flatMap((each) => services.find(each) ?? []);
    const compiled = this.compiledOf(facts, compiler);
    return { ...facts, ...compiled, declared, services: asked };
  }

  private edgeTarget(edge: SystemEdge, pseudonym: string, compiler: Compiler): EdgeTarget {
    const { caller, callee, port, checkCaller, timeoutMs, retryAttempts, policy } = edge;
    const { services } = this.parts;
    const name = edgeKey(caller, callee);
    const rules = { timeoutMs, retryAttempts, policy, guarded: [], byMethod: policy?.allow !== undefined };
    const facts = this.factsOf({ name, kind: 'edge', service: services.get(callee), ...rules });
    const compiled = this.compiledOf(facts, compiler);
    const listener = { port, checkCaller, pseudonym, caller: services.get(caller) };
    return { ...facts, ...compiled, ...listener };
  }

  private factsOf({ policy = noPolicy, ...known }: KnownFacts): TargetFacts {
    return { ...known, policy, stats: this.statsOf(`${known.kind} ${known.name}`) };
  }

  /** The one of the state before, unless something it was compiled from has changed. */
  private compiledOf(facts: TargetFacts, { before, gateway }: Compiler): Compiled {
    const key = `${facts.kind} ${facts.name}`;
    const { service, timeoutMs, retryAttempts, policy, guarded, byMethod } = facts;
    const rules = JSON.stringify([timeoutMs, retryAttempts, policy, guarded, byMethod]);
    const source = `${service.name} ${gateway} ${rules}`;
    const known = before.get(key);
    if (known?.source === source) {
      this.compiled.set(key, known);
      return known;
    }
    const compiled = { source, ...compileTarget(this.parts.features, facts, known?.resilience) };
    const { problem } = compiled.pipeline;
    if (problem !== undefined) this.parts.log.say('error', 'route misconfigured', { target: facts.name, problem });
    this.compiled.set(key, compiled);
    return compiled;
  }

  private statsOf(key: string): TargetStats {
    const known = this.stats.get(key) ?? new TargetStats();
    this.stats.set(key, known);
    return known;
  }
}

interface Compiler {
  /** By kind and name, of the state before. */
  readonly before: ReadonlyMap<string, Compiled>;
  /** The policy of the whole gateway as text. */
  readonly gateway: string;
  readonly guards: ReturnType<typeof guardsOf>;
}

/** Filters by their names: routes have them by name, whatever code they have at the moment, and that is long. */
function sourceOf({ filters = [], ...policy }: GatewayPolicy = {}): string {
  return JSON.stringify([policy, Array.isArray(filters) ? filters.map((filter) => filter?.name) : []]);
}

interface KnownFacts extends Omit<TargetFacts, 'policy' | 'stats'> {
  readonly policy: RoutePolicy | undefined;
}

/** Of many hosts, the first ones are enough to know it by. */
const maxNameLength = 400;

/** A name for each route, told apart by number where two would have the same. */
function uniqueNames(routes: readonly RouteMatches[]): readonly string[] {
  const taken = new Map<string, number>();
  return routes.map((route) => {
    const name = nameRoute(route).slice(0, maxNameLength) || '/';
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
