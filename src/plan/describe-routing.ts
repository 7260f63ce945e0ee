import { canonicalJson } from '../model/canonical-json.ts';
import type { Service, Workspace } from '../model/workspace.ts';
import { edgeKey } from '../protocol/edge-port.ts';
import type { System, SystemEdge, SystemRoute, SystemService } from '../protocol/system.ts';
import type { Facts } from './facts.ts';
import { storesOf } from './stores.ts';

/** What the registry is told: who there is, and what may reach whom. A service that runs elsewhere is there too. */
export function describeRouting(facts: Facts): System {
  const { workspace, place, sha256 } = facts;
  const content = {
    workspace: place.workspace,
    name: workspace.name,
    declaredPort: workspace.gateway.port,
    services: [...workspace.services.map(describeService), ...stores(workspace)],
    routes: [...workspace.gateway.routes, ...workspace.services.flatMap(routesOf)],
    edges: workspace.services.flatMap((service) => edgesOf(service, facts)),
    ...gatewayOf(facts),
  };
  return { ...content, version: sha256(canonicalJson(content)) };
}

function gatewayOf({ workspace, filters }: Facts): Pick<System, 'gateway'> {
  if (filters.length === 0) return workspace.gateway.policy ? { gateway: workspace.gateway.policy } : {};
  return { gateway: { ...workspace.gateway.policy, filters } };
}

/** A service as the registry is told of it. */
export function describeService({ name, health, protocol }: Service): SystemService {
  return { name, health, ...(protocol !== 'http' && { protocol }) };
}

function stores(workspace: Workspace): readonly SystemService[] {
  return storesOf(workspace).map((name) => ({ name, health: { kind: 'tcp' } }));
}

function routesOf({ name, routes }: Service): readonly SystemRoute[] {
  return routes.map(({ path, ...rules }) => ({ path, service: name, ...rules }));
}

function edgesOf({ name, calls, callRules }: Service, { locations, except }: Facts): readonly SystemEdge[] {
  return calls.map((callee) => {
    const port = locations.edges.get(edgeKey(name, callee))?.port;
    const rules = callRules[callee];
    if (rules === undefined) throw new Error(`Nothing says how ${name} calls ${callee}.`);
    if (port === undefined) throw new Error(`The engine gave no port for ${edgeKey(name, callee)}.`);
    return {
      caller: name,
      callee,
      port,
      ...rules,
      // Whoever runs elsewhere has an address that nobody knows.
      checkCaller: locations.distinctAddresses && !except.has(name),
    };
  });
}
