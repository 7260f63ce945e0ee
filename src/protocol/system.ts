import type { GatewayPolicy, RoutePolicy } from './policy.ts';
import type { RouteMatches } from './route-match.ts';

/** What the registry is told of a workspace and streams to the gateways: who there is, and what may reach whom. */
export interface System {
  /** The workspace's identity: its name and six digits of its real path. */
  readonly workspace: string;
  /** Its name, for people. */
  readonly name: string;
  /** Hash of all the rest: who observes compares it with what `msa.yaml` says now. */
  readonly version: string;
  /** What `msa.yaml` said of the gateway's port: tells a port that a flag chose from one that the file gave up. */
  readonly declaredPort?: number | 'auto';
  readonly services: readonly SystemService[];
  readonly routes: readonly SystemRoute[];
  readonly edges: readonly SystemEdge[];
  readonly gateway?: GatewayPolicy;
}

/** Something that has instances: a service of the workspace, or a store beside it. */
export interface SystemService {
  readonly name: string;
  readonly health: SystemHealth;
  /** What it speaks; left out: HTTP/1.1. */
  readonly protocol?: ServiceProtocol;
}

/** `h2c` is HTTP/2 without TLS, with prior knowledge: what servers of gRPC speak. */
export type ServiceProtocol = 'http' | 'h2c';

export type SystemHealth =
  | { readonly kind: 'http'; readonly live: string; readonly ready: string }
  /** Ready when the port takes connections. */
  | { readonly kind: 'tcp' };

/** Requests from outside that go to a service, or where the policy says. */
export interface SystemRoute extends RouteMatches {
  /** Left out where no single service has the route; its policy says what happens. */
  readonly service?: string;
  readonly timeoutMs: number;
  /** How often a request may be sent again after the first try. */
  readonly retryAttempts: number;
  readonly policy?: RoutePolicy;
}

/** One service calling another, through a listener of its own at the gateway. */
export interface SystemEdge {
  readonly caller: string;
  readonly callee: string;
  /** Where the gateway listens for it. */
  readonly port: number;
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  /** True where every instance has an address of its own: then only the caller's are served. */
  readonly checkCaller: boolean;
  readonly policy?: RoutePolicy;
}
