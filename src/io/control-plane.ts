import { MsaError } from '../model/errors.ts';
import type { ControlPlane } from '../ports/control-plane.ts';
import { registryPaths, type GatewaysAnswer } from '../protocol/registry-api.ts';
import type { GatewayStats } from '../protocol/stats.ts';
import type { System } from '../protocol/system.ts';
import { createJsonClient } from './control-plane/json-client.ts';
import { watchRegistry } from './control-plane/watch-registry.ts';

export interface ControlPlaneOptions {
  /** `http://127.0.0.1:8761` */
  readonly url: string;
  readonly token: string;
}

/**
 * The registry at an address. Every call ends within a few seconds, and throws MSA_REGISTRY_UNREACHABLE when the registry
 * does not answer, or when what answers is not this system's.
 */
export function createControlPlane({ url, token }: ControlPlaneOptions): ControlPlane {
  const client = createJsonClient({ url, token });
  return {
    url,
    system: () => client.get<System>(registryPaths.system),
    putSystem: (system) => client.put(registryPaths.system, system),
    putSource: (source, table) => client.put(registryPaths.source(source), table),
    putKeptSince: (body) => client.put(registryPaths.keptSince, body),
    gateways: async () => {
      const answer = await client.get<GatewaysAnswer>(registryPaths.gateways);
      if (answer !== undefined) return answer.gateways;
      throw new MsaError('MSA_REGISTRY_UNREACHABLE', `what answers at ${url} is not a registry`);
    },
    gatewayStats: (id) => client.get<GatewayStats>(registryPaths.gatewayStats(id)),
    watch: (signal) => watchRegistry(url, signal),
  };
}
