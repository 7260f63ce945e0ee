import type { Instance } from './instances.ts';
import type { GatewayStats } from './stats.ts';
import type { System } from './system.ts';

/**
 * The lines of `GET /v1/watch`: newline-delimited JSON. The first is the whole state, then the whole state again after
 * each change (changes within a few milliseconds make one line), and heartbeats in between. Whoever hears nothing for
 * `watchSilenceMs` reconnects. Unknown types are skipped, so that a newer registry can say more.
 */
export type WatchMessage = WatchState | WatchHeartbeat;

export interface WatchState {
  readonly type: 'state';
  /** Random per start of the registry: revisions of different epochs cannot be compared. */
  readonly epoch: string;
  /** Rises with every change within an epoch. */
  readonly revision: number;
  /** Null until a system has been put. */
  readonly system: System | null;
  readonly instances: readonly Instance[];
  /** Answers that gateways keep count from here on: another moment than before makes them forget all. Undefined: never. */
  readonly keptSince?: string;
}

interface WatchHeartbeat {
  readonly type: 'heartbeat';
}

export const watchHeartbeatMs = 2000;
export const watchSilenceMs = 6000;

/** What a gateway tells with `PUT /v1/gateways/{id}` after each state it has applied, and every `gatewayReportMs`. */
export interface GatewayReport {
  readonly epoch: string;
  readonly revision: number;
  /** What it has counted so far. */
  readonly stats?: GatewayStats;
}

export const gatewayReportMs = 2000;
/** A gateway that has not reported for this long is no longer listed. */
export const gatewayLeaseMs = 8000;

/** A row of `GET /v1/gateways`. */
export interface GatewayState extends Omit<GatewayReport, 'stats'> {
  readonly id: string;
}
