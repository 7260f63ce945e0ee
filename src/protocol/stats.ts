/** What a gateway has counted since it started, all its processes together. Rates are the difference of two of them. */
export interface GatewayStats {
  /** When it was counted, ISO 8601. */
  readonly at: string;
  readonly targets: readonly TargetCounts[];
  readonly instances: readonly InstanceCounts[];
  readonly consumers: readonly ConsumerCounts[];
  /** The busiest process, from 0 to 1. */
  readonly utilization: number;
  readonly residentBytes: number;
}

/** A route or an edge. */
export interface TargetCounts {
  readonly kind: 'route' | 'edge';
  readonly name: string;
  readonly service: string;
  readonly inFlight: number;
  /** By status class: `2xx`, …; `none` counts those that got no answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** How many took at most so many seconds; the bounds of `latencyBounds`, then all. */
  readonly latencies: readonly number[];
  /** What was not simply one try and one answer, by kind; only what has happened. */
  readonly incidents: Readonly<Record<string, number>>;
  /** Left out when it is closed, and where there is none. */
  readonly circuit?: OpenCircuit;
}

/** A circuit that does not let everything through: of several processes, the one that lets through least. */
export type OpenCircuit = 'open' | 'half-open';

export interface InstanceCounts {
  readonly service: string;
  readonly instance: string;
  readonly inFlight: number;
  readonly ejections: number;
}

export interface ConsumerCounts {
  readonly consumer: string;
  readonly requests: number;
  readonly refused: number;
  readonly failed: number;
}

/** Upper bounds of a gateway's latencies in seconds, as Prometheus clients have them. */
export const latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
