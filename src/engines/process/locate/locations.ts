import { schemeOf } from '../../../plan/public-host.ts';
import type { LocateRequest, Locations } from '../../../ports/engine.ts';
import type { PortTable } from '../../../protocol/supervisor-api.ts';

/** Where everything is, for environments: all of it on loopback, each thing at a port of its own. */
export function locationsOf(
  request: LocateRequest,
  ports: PortTable,
  databaseUrls: ReadonlyMap<string, string>,
): Locations {
  return {
    publicUrl: `${schemeOf(request.gatewaySecure)}://localhost:${ports.gateway}`,
    gatewayPort: ports.gateway,
    registryUrl: `http://127.0.0.1:${ports.registry}`,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
    databaseUrls,
    edges: new Map(Object.entries(ports.edges).map(([key, port]) => [key, { port, url: `http://127.0.0.1:${port}` }])),
    trustedProxies: '127.0.0.1',
    distinctAddresses: false,
  };
}
