import type { GatewayPolicy } from '../protocol/policy.ts';
import type { Delivery } from './delivery.ts';
import type { ServiceProtocol, SystemEdge, SystemHealth, SystemRoute } from '../protocol/system.ts';

/** A workspace as everything but the parser sees it: checked, defaults applied, plain data. */
export interface Workspace {
  readonly name: string;
  readonly engine: EngineChoice;
  readonly isolation: Isolation;
  readonly gateway: WorkspaceGateway;
  /** In the order of the file, which is the order people expect in lists; sort where order must not matter. */
  readonly services: readonly Service[];
  /** Undefined: nothing is said of pipelines and environments. */
  readonly delivery: Delivery | undefined;
}

interface WorkspaceGateway {
  readonly port: number | 'auto';
  readonly bind: string;
  /** In how many processes it takes requests. */
  readonly workers: number | 'auto';
  /** Undefined: plain HTTP. */
  readonly tls: GatewayTls | undefined;
  readonly policy: GatewayPolicy | undefined;
  /** Those that no single service has. */
  readonly routes: readonly Route[];
  /** The file of API keys, relative to the workspace, with `/`. */
  readonly keysFile: string | undefined;
}

/** Where the certificate of the public listener comes from. */
export type GatewayTls =
  /** msa makes it, with a CA of this machine; `names` beside those of this machine. */
  | { readonly kind: 'local'; readonly names: readonly string[] }
  /** The user's own; paths relative to the workspace, with `/`. */
  | { readonly kind: 'files'; readonly cert: string; readonly key: string };

export const engineChoices = ['auto', 'docker', 'process'] as const;
export type EngineChoice = (typeof engineChoices)[number];

export const isolations = ['open', 'strict'] as const;
type Isolation = (typeof isolations)[number];

/** As they are written: gRPC is HTTP/2 for whoever only passes it on. */
export const protocols = ['http', 'h2c', 'grpc'] as const;

export const stores = ['memory', 'redis', 'postgres'] as const;
type Store = (typeof stores)[number];

export interface Service {
  readonly name: string;
  readonly description: string | undefined;
  readonly source: ServiceSource;
  /** What the process engine runs, as words without a shell; undefined: what the folder's own kind implies. */
  readonly command: readonly string[] | undefined;
  /** What the process engine runs before the first start, one after the other, each as words without a shell. */
  readonly prepare: readonly (readonly string[])[];
  /** The port it listens on, for programs that do not read PORT. */
  readonly port: number | undefined;
  readonly health: Health;
  /** What it speaks. */
  readonly protocol: ServiceProtocol;
  readonly replicas: number;
  readonly store: Store;
  /** Names of the services it calls, in the order of the file. Cycles are allowed. */
  readonly calls: readonly string[];
  /** What the gateway does with each of those calls, by the name of the called service. */
  readonly callRules: Readonly<Record<string, CallRules>>;
  readonly routes: readonly Route[];
  /** Values as they were written, so that `1.10` stays `1.10`. */
  readonly env: Readonly<Record<string, string>>;
  /** Relative to the workspace, with `/`. */
  readonly envFile: string | undefined;
  readonly limits: Limits;
}

/** Where a service's program comes from; the path is relative to the workspace, with `/`, without `./`. */
export type ServiceSource =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'image'; readonly image: string };

export type Health = SystemHealth;

/** Requests from outside that go to the service that has the route, or where its policy says. */
export type Route = Omit<SystemRoute, 'service'>;

/** What the gateway does with the calls of one service to another. */
export type CallRules = Pick<SystemEdge, 'timeoutMs' | 'retryAttempts' | 'policy'>;

interface Limits {
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
}
