import type { Workspace } from '../model/workspace.ts';
import { gatewayPort } from '../plan/containers.ts';
import { publicHost, schemeOf } from '../plan/public-host.ts';
import { databaseUrl, redisUrl } from '../plan/stores.ts';
import type { Locations } from '../ports/engine.ts';
import { edgePorts } from '../protocol/edge-port.ts';
import { registryPort } from '../protocol/ports.ts';

/** The published port, which `GATEWAY_PORT` moves. */
export function publishedGatewayPort({ gateway }: Workspace): string {
  return `\${GATEWAY_PORT:-${gateway.port === 'auto' ? gatewayPort : gateway.port}}`;
}

/**
 * Where everything is in the exported system, for what the environments are made of. Some of it are variables of the
 * Compose file.
 */
export function composeLocations(workspace: Workspace): Locations {
  const edges = workspace.services.flatMap(({ name, calls }) => calls.map((callee) => ({ caller: name, callee })));
  const ports = [...edgePorts(edges)];
  const databases = workspace.services.filter(({ store }) => store === 'postgres');
  return {
    publicUrl: `${schemeOf(workspace.gateway.tls !== undefined)}://${publicHost(workspace.gateway.bind)}:${publishedGatewayPort(workspace)}`,
    gatewayPort,
    registryUrl: `http://registry:${registryPort}`,
    redisUrl,
    databaseUrls: new Map(databases.map(({ name }) => [name, databaseUrl(name, secrets.postgresPassword)])),
    edges: new Map(ports.map(([key, port]) => [key, { port, url: `http://gateway:${port}` }])),
    // Its address is given when it starts, so it is known by the ranges that Docker takes addresses from. Only
    // containers of this file can speak to a service.
    trustedProxies: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
    // The registry learns an address some moments after it is given. Where services share no network that does not
    // matter: whose address it is follows from the network.
    distinctAddresses: workspace.isolation === 'strict',
  };
}

/** What random texts keep others out with: they lie in `.env`, beside the Compose file. */
export const secrets = {
  registryToken: '${REGISTRY_TOKEN:?put a random text into .env}',
  postgresPassword: '${POSTGRES_PASSWORD:?put a random text into .env}',
} as const;

/** The variables that must be in `.env`. */
export function neededSecrets({ services }: Workspace): readonly string[] {
  return ['REGISTRY_TOKEN', ...(services.some(({ store }) => store === 'postgres') ? ['POSTGRES_PASSWORD'] : [])];
}
