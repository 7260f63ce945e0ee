import type { InstanceStatus } from '../protocol/instances.ts';

/** What happened in an experiment, as it was seen. All times are milliseconds since the load began. */
export interface Journal {
  /** The date and time of the beginning, ISO 8601. */
  readonly startedAt: string;
  readonly endedMs: number;
  readonly service: string;
  /** The instance that was killed. */
  readonly victim: string;
  /** False when the load reaches the victim through another service, so that no answer names it. */
  readonly isDirect: boolean;
  readonly requests: readonly RequestEntry[];
  /** Requests that were due and still waited for a free slot when the load ended. */
  readonly unsent: number;
  /** Of every instance of the service, oldest first. */
  readonly changes: readonly TableChange[];
  readonly crash: Crash;
  readonly before: Life;
  /** Undefined when the engine could not say. */
  readonly after: Life | undefined;
}

export interface RequestEntry {
  readonly path: string;
  /** When the schedule wanted it sent. Latency counts from here, or a stalled system would hide its own delay. */
  readonly intendedMs: number;
  readonly sentMs: number;
  /** When its answer was complete, or it had failed. */
  readonly endedMs: number;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** Why it counts as failed, in a few words; undefined when it does not. */
  readonly failure: string | undefined;
  /** Who answered, as the gateway says. */
  readonly instance: string | undefined;
  readonly requestId: string | undefined;
}

/** The registry's table as it was streamed. */
export interface TableChange {
  readonly atMs: number;
  readonly instance: string;
  /** `absent`: it is not in the table. */
  readonly status: InstanceStatus | 'absent';
}

/** The engine was asked to kill at `beganMs` and had done so at `endedMs`; death lies in between. */
export interface Crash {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** What the engine says of the victim. */
export interface Life {
  readonly restarts: number;
  /** ISO 8601; undefined when it does not run. */
  readonly startedAt: string | undefined;
}

/** The load of an experiment: GET requests at a steady rate, whether or not earlier ones have been answered. */
export interface LoadPlan {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  /** Taken in turn. */
  readonly paths: readonly string[];
  readonly ratePerSecond: number;
  /** So many requests may be under way at once; those due beyond that wait. */
  readonly maxInFlight: number;
  /** After so long without a complete answer a request has failed. */
  readonly requestTimeoutMs: number;
}
