import { edgeKey } from '../../protocol/edge-port.ts';
import { viaToken } from '../../protocol/headers.ts';
import type { Instance } from '../../protocol/instances.ts';
import type { SystemEdge, SystemRoute } from '../../protocol/system.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { readTarget } from '../http/normal-path.ts';
import { TargetStats } from '../observe/target-stats.ts';
import { ServiceInstances } from './service-instances.ts';
import type { ServiceParts } from './service-instances.ts';

/** Where requests of one route or edge go, and by which rules. */
export interface Target {
  /** `/orders`, or `orders>users` for an edge. */
  readonly name: string;
  readonly kind: 'route' | 'edge';
  readonly service: ServiceInstances;
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  readonly stats: TargetStats;
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
  /** Longest path first. */
  readonly routes: readonly Target[];
  readonly edges: readonly EdgeTarget[];
  /** By which the public listener knows itself in Via. */
  readonly pseudonym: string;
}

export const noRouting: Routing = { routes: [], edges: [], pseudonym: viaToken };

/** Makes routings of states; what services and targets have gathered passes from each to the next. */
export class Targets {
  readonly services = new Map<string, ServiceInstances>();
  private readonly stats = new Map<string, TargetStats>();
  private readonly parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.parts = parts;
  }

  routingOf({ system, instances }: WatchState): Routing {
    this.updateServices(instances, new Set(system?.services.map(({ name }) => name)));
    if (!system) return noRouting;
    const routes = system.routes.map((route) => this.routeTarget(route));
    const pseudonym = `${viaToken}-${system.workspace}`;
    return {
      routes: routes.toSorted((left, right) => right.name.length - left.name.length),
      // A listener each, a name each: a service that passes Via on may well call back through another of them.
      edges: system.edges.map((edge) => this.edgeTarget(edge, `${pseudonym}-${edge.caller}-${edge.callee}`)),
      pseudonym,
    };
  }

  close(): void {
    for (const service of this.services.values()) service.close();
  }

  private updateServices(instances: readonly Instance[], names: ReadonlySet<string>): void {
    const rows = new Map<string, Instance[]>();
    for (const instance of instances) rows.set(instance.service, [...(rows.get(instance.service) ?? []), instance]);
    for (const [name, service] of this.services) service.update(rows.get(name) ?? []);
    for (const name of new Set([...names, ...rows.keys()])) {
      if (!this.services.has(name)) this.service(name).update(rows.get(name) ?? []);
    }
    for (const name of this.services.keys()) if (!names.has(name) && !rows.has(name)) this.services.delete(name);
  }

  private routeTarget({ path, service, timeoutMs, retryAttempts }: SystemRoute): Target {
    const name = normalRoutePath(path);
    const rules = { timeoutMs, retryAttempts, stats: this.statsOf(`route ${name}`) };
    return { name, kind: 'route', service: this.service(service), ...rules };
  }

  private edgeTarget(edge: SystemEdge, pseudonym: string): EdgeTarget {
    const { caller, callee, port, checkCaller, timeoutMs, retryAttempts } = edge;
    const name = edgeKey(caller, callee);
    const rules = { timeoutMs, retryAttempts, stats: this.statsOf(`edge ${name}`) };
    const ends = { service: this.service(callee), caller: this.service(caller) };
    return { name, kind: 'edge', port, checkCaller, pseudonym, ...ends, ...rules };
  }

  private service(name: string): ServiceInstances {
    const known = this.services.get(name) ?? new ServiceInstances(name, this.parts);
    this.services.set(name, known);
    return known;
  }

  private statsOf(key: string): TargetStats {
    const known = this.stats.get(key) ?? new TargetStats();
    this.stats.set(key, known);
    return known;
  }
}

/** The form in which paths of requests are compared with it; the root is the empty text. */
function normalRoutePath(path: string): string {
  const target = readTarget(path.startsWith('/') ? path : `/${path}`);
  return ('path' in target ? target.path : path).replace(/\/+$/, '');
}

/** The route of a path: the longest that the path is, or is below of. */
export function findRoute(routes: readonly Target[], path: string): Target | undefined {
  return routes.find(
    ({ name }) => path.startsWith(name) && (path.length === name.length || path.charCodeAt(name.length) === 0x2f),
  );
}
