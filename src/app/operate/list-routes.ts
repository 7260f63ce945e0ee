import type { SystemEdge, SystemRoute } from '../../protocol/system.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** How many instances of a service take requests. */
export interface Presence {
  readonly up: number;
  readonly total: number;
}

export interface RouteReport {
  readonly routes: readonly (SystemRoute & { readonly instances: Presence })[];
  readonly edges: readonly (SystemEdge & { readonly instances: Presence })[];
}

/** Who is reached by which path, and who calls whom, each with what is there to answer. */
export function listRoutes({ system, instances }: WatchState): RouteReport {
  const presence = (service: string): Presence => {
    const present = instances.filter((instance) => instance.service === service);
    return { up: present.filter(({ status }) => status === 'up').length, total: present.length };
  };
  return {
    routes: (system?.routes ?? []).map((route) => ({ ...route, instances: presence(route.service) })),
    edges: (system?.edges ?? []).map((edge) => ({ ...edge, instances: presence(edge.callee) })),
  };
}
