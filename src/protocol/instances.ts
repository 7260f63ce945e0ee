/** What a source (an engine, later a client) says of a running copy. */
export interface InstanceRecord {
  /** Unique in the workspace: `orders-1`. */
  readonly id: string;
  readonly service: string;
  /** An IPv4 address. */
  readonly address: string;
  readonly port: number;
  /** True when it is about to be stopped: it gets no new requests and finishes what it has. */
  readonly draining: boolean;
}

/** `starting` until the first good probe, then `up` or `down`; `draining` whatever the probes say. */
export type InstanceStatus = 'starting' | 'up' | 'down' | 'draining';

/** A row of the registry's table. */
export interface Instance extends InstanceRecord {
  readonly status: InstanceStatus;
  /** When it took this status, ISO 8601. */
  readonly since: string;
  /** Who told of it: `engine`. */
  readonly source: string;
  /** Why the last probe failed, in a few words; empty when it did not. */
  readonly problem: string;
}
