import { canonicalJson } from '../../model/canonical-json.ts';
import type { Workspace } from '../../model/workspace.ts';
import { describeService } from '../../plan/describe-routing.ts';
import { storesOf } from '../../plan/stores.ts';
import { edgeKey } from '../../protocol/edge-port.ts';
import type { System } from '../../protocol/system.ts';

/** The hash of each filter's file, by name. */
type FilterSources = ReadonlyMap<string, string>;

/**
 * Whether the services, routes, calls and filters of a workspace are other than those of the system that runs. Cheap: it
 * needs neither the engine nor the folders of services.
 */
export function routingDiffers(workspace: Workspace, system: System | undefined, sources: FilterSources): boolean {
  if (system === undefined) return false;
  const { gateway, services } = workspace;
  const { filters: running = [], ...policy } = system.gateway ?? {};
  const wanted = {
    gateway: [gateway.policy ?? {}],
    filters: [...sources],
    services: [
      ...services.map(describeService),
      ...storesOf(workspace).map((name) => ({ name, health: { kind: 'tcp' } })),
    ],
    routes: [
      ...gateway.routes,
      ...services.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, service: name }))),
    ],
    edges: services.flatMap(({ name, calls, callRules }) =>
      calls.map((callee) => ({ ...callRules[callee], edge: edgeKey(name, callee) })),
    ),
  };
  const present = {
    gateway: [policy],
    filters: running.map(({ name, source }) => [name, source]),
    services: system.services,
    routes: system.routes,
    edges: system.edges.map(({ caller, callee, port: _port, checkCaller: _checkCaller, ...rules }) => ({
      ...rules,
      edge: edgeKey(caller, callee),
    })),
  };
  return fingerprint(wanted) !== fingerprint(present);
}

/** The order of the file means nothing here. */
function fingerprint(parts: Readonly<Record<string, readonly unknown[]>>): string {
  const sorted = Object.entries(parts).map(([name, items]) => [
    name,
    items.map((item) => canonicalJson(item)).toSorted(),
  ]);
  return JSON.stringify(sorted);
}
