import type { StopSignal } from './stop-signal.ts';
import type { GatewayState, WatchState } from '../protocol/watch.ts';
import type { KeptSince, SourceTable } from '../protocol/registry-api.ts';
import type { GatewayStats } from '../protocol/stats.ts';
import type { System } from '../protocol/system.ts';

/** The registry of a running system, as msa talks to it. */
export interface ControlPlane {
  /** How it is reached from this machine. */
  readonly url: string;
  readonly system: () => Promise<System | undefined>;
  readonly putSystem: (system: System) => Promise<void>;
  readonly putSource: (source: string, table: SourceTable) => Promise<void>;
  /** Has all gateways forget the answers they have kept before this moment. */
  readonly putKeptSince: (body: KeptSince) => Promise<void>;
  readonly gateways: () => Promise<readonly GatewayState[]>;
  /** What a gateway counted when it last reported; undefined when it has not said. */
  readonly gatewayStats: (id: string) => Promise<GatewayStats | undefined>;
  /** Every state from now on, the first at once; ends with the signal, throws when the registry stays away. */
  readonly watch: (signal: StopSignal) => AsyncIterable<WatchState>;
}
