import type { GatewayPolicy, RoutePolicy } from '../../protocol/policy.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../observe/log.ts';
import type { Family } from '../observe/metrics.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import type { ProblemDocument, Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { SharedStore } from '../redis/shared-store.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { RequestStep, WholeAnswer } from './outcome.ts';
import type { ReplyStage } from './reply-stage.ts';

/** One thing the gateway can do with requests. It is made once; what it keeps outlives every state. */
export interface Feature {
  readonly name: string;
  /** Takes what concerns the whole gateway, before targets are compiled. */
  readonly update?: (facts: GatewayFacts) => void;
  /**
   * What it does for one route or edge; undefined when the policy does not ask for it. Throws when the policy makes no
   * sense to it: then the route refuses every request, since leaving a rule out could let through what it forbids.
   */
  readonly compile: (target: TargetFacts) => Layer | undefined;
  /** What it counts. */
  readonly metrics?: () => readonly Family[];
  /** What it shows in /status; undefined when there is nothing to show. */
  readonly status?: () => object | undefined;
  readonly close?: () => Promise<void>;
}

/** A feature at one route: something before the request goes on, with the answer, or both. */
export interface Layer {
  readonly step?: RequestStep;
  readonly stage?: ReplyStage;
  /** Shapes the document of a refusal. */
  readonly shapeProblem?: ProblemShaper;
}

export type ProblemShaper = (problem: ProblemDocument, incoming: Incoming) => Promise<ProblemDocument>;

interface GatewayFacts {
  /** The workspace's identity. */
  readonly workspace: string;
  readonly policy: GatewayPolicy;
  /** Another one than before: what has been kept so far counts no more. */
  readonly keptSince: string | undefined;
}

export interface TargetFacts {
  /** `/orders`, or `orders>users` for an edge. */
  readonly name: string;
  readonly kind: 'route' | 'edge';
  readonly policy: RoutePolicy;
  readonly service: ServiceInstances;
  readonly stats: TargetStats;
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  /** Paths of other routes below this one's, which let in others than it does. */
  readonly guarded: readonly GuardedPath[];
  /** It takes some methods and not others. */
  readonly byMethod: boolean;
}

export interface GuardedPath {
  /** In normal form. */
  readonly path: string;
  /** Only this path; without it, everything below is guarded too. */
  readonly exact: boolean;
}

/** What features get of the gateway. */
export interface FeatureContext {
  readonly log: Log;
  readonly limits: Limits;
  /** From 0 to just below 1. */
  readonly random: () => number;
  /** What gateways share; it answers only while something needs it. */
  readonly redis: SharedStore;
  /** The instances of a service as the registry knows them now; undefined when there is no such service. */
  readonly service: (name: string) => ServiceInstances | undefined;
  /** A request of the gateway's own to a service, balanced and tried again like any other. */
  readonly call: (request: OwnRequest) => Promise<WholeAnswer | Refusal>;
}

export interface OwnRequest {
  readonly service: ServiceInstances;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Name and value in turn, without Content-Length; Host is that of the service where there is none. */
  readonly fields: readonly string[];
  readonly body?: Buffer;
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  /** A larger answer is given up. */
  readonly maxBytes: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}
