import type { Role } from './desired.ts';

/** What an engine finds of one workspace. */
export interface Observation {
  /** True when the engine's own ground (the network; the supervisor) stands. */
  readonly ground: boolean;
  readonly instances: readonly ObservedInstance[];
  /** Artefacts that exist (images by hash, prepared folders): keys as `artefactKey` gives them. */
  readonly artefacts: ReadonlySet<string>;
  /** Version of the system the registry holds; undefined when it holds none or does not answer. */
  readonly systemVersion: string | undefined;
}

export interface ObservedInstance {
  /** `orders-1` */
  readonly id: string;
  /** Name of its unit. */
  readonly unit: string;
  readonly role: Role;
  /** Number within its unit, from 1. */
  readonly index: number;
  /** The unit's hash when it was made. */
  readonly hash: string;
  readonly state: InstanceState;
  /** How often it was started again after a crash. */
  readonly restarts: number;
  /** Of the last run, when it has ended. */
  readonly exitCode: number | undefined;
  /** ISO 8601; undefined when it never ran. */
  readonly startedAt: string | undefined;
  /** Where it listens: inside the network under Docker, on loopback as a process. */
  readonly address: string;
  readonly port: number;
  /** Where it is reached from this machine, `127.0.0.1:8080`; undefined when it is not published. */
  readonly published: string | undefined;
  /** What it publishes speaks TLS. */
  readonly secure?: boolean;
  /** Process id, where the engine has one that means something here. */
  readonly pid: number | undefined;
}

/** `gone` is an instance that ended and will not be started again by itself: a crash loop given up, a stop by hand. */
export type InstanceState = 'starting' | 'running' | 'restarting' | 'gone';
