import { servicesOf } from '../../protocol/route-services.ts';
import type { SystemEdge, SystemRoute } from '../../protocol/system.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** How many instances of a service take requests. */
export interface Presence {
  readonly up: number;
  readonly total: number;
}

export interface RouteReport {
  /** Presence is null where the gateway answers by itself. */
  readonly routes: readonly (SystemRoute & { readonly instances: Presence | null })[];
  readonly edges: readonly (SystemEdge & { readonly instances: Presence })[];
}

/** Who is reached by which path, and who calls whom, each with what is there to answer. */
export function listRoutes({ system, instances }: WatchState): RouteReport {
  const presence = (...services: readonly string[]): Presence => {
    const present = instances.filter((instance) => services.includes(instance.service));
    return { up: present.filter(({ status }) => status === 'up').length, total: present.length };
  };
  return {
    routes: (system?.routes ?? []).map((route) => {
      const services = servicesOf(route);
      return { ...route, instances: services.length === 0 ? null : presence(...services) };
    }),
    edges: (system?.edges ?? []).map((edge) => ({ ...edge, instances: presence(edge.callee) })),
  };
}
