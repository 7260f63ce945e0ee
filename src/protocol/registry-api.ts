import type { Instance, InstanceRecord } from './instances.ts';
import type { GatewayState } from './watch.ts';

/** Paths of the registry's REST API. What changes something needs `Authorization: Bearer <token>`. */
export const registryPaths = {
  system: '/v1/system',
  instances: '/v1/instances',
  watch: '/v1/watch',
  keptSince: '/v1/kept-since',
  gateways: '/v1/gateways',
  gateway: (id: string) => `/v1/gateways/${encodeURIComponent(id)}`,
  gatewayStats: (id: string) => `/v1/gateways/${encodeURIComponent(id)}/stats`,
  source: (name: string) => `/v1/sources/${encodeURIComponent(name)}`,
} as const;

/** The source that `msa up` and the supervisor write: the engine's own table. */
export const engineSource = 'engine';

/** Body of `PUT /v1/sources/{name}`: the whole table of that source; what it leaves out is gone. */
export interface SourceTable {
  readonly instances: readonly InstanceRecord[];
}

/** Body of `PUT /v1/kept-since`: gateways forget what they have kept so far. */
export interface KeptSince {
  /** Now, ISO 8601. */
  readonly keptSince: string;
}

/** Answer of `GET /v1/instances`. */
export interface InstancesAnswer {
  readonly epoch: string;
  readonly revision: number;
  readonly instances: readonly Instance[];
}

/** Answer of `GET /v1/gateways`. */
export interface GatewaysAnswer {
  readonly gateways: readonly GatewayState[];
}
