import type { Desired, Unit } from '../plan/desired.ts';
import type { Observation } from '../plan/observation.ts';
import type { Operation } from '../plan/operation.ts';
import type { ControlPlane } from './control-plane.ts';
import type { StopSignal } from './stop-signal.ts';

export type EngineKind = 'docker' | 'process';

/** Which workspace an engine works for. */
export interface Place {
  /** The workspace's identity: name and six digits of its real path. */
  readonly workspace: string;
  readonly name: string;
  /** Absolute real path of its folder. */
  readonly root: string;
}

/** What runs instances. Both engines promise the same; what one cannot do it refuses with an MsaError. */
export interface Engine {
  readonly kind: EngineKind;
  /** What there is of this workspace. Cheap: every command begins with it. */
  readonly observe: () => Promise<Observation>;
  /**
   * Where everything is, as environments need it. Stable while the system is up: asked again, it gives the same. Throws
   * MSA_PORT_TAKEN when a port that was asked for by number is held by somebody else.
   */
  readonly locate: (request: LocateRequest) => Promise<Locations>;
  /** Hash of what an image or a prepared folder is made from. Throws MSA_SERVICE_UNRUNNABLE for a folder it cannot run. */
  readonly contentOf: (folder: FolderSource) => Promise<string>;
  /** The key under which `observe` lists what `build` makes of a unit; undefined when nothing has to be made. */
  readonly artefactKey: (unit: Unit) => string | undefined;
  /** Carries out one operation of kind open, build, start, publish, stop or close. Several run at once. */
  readonly perform: (operation: Operation, work: Work) => Promise<void>;
  /** The registry of the running system; undefined when there is none that answers. */
  readonly control: () => Promise<ControlPlane | undefined>;
  /** Why an instance is not healthy, found out by looking at it: one sentence each, most telling first. */
  readonly diagnose: (instance: string) => Promise<readonly string[]>;
  /**
   * What instances have written, in the order of time; with `follow` also what they write, as it comes, until the signal
   * or until nothing of the system is left.
   */
  readonly logs: (query: LogQuery) => AsyncIterable<LogLine>;
  /** Runs a command beside an instance, in its environment, connected to this terminal; gives its exit code. */
  readonly exec: (instance: string, command: readonly string[]) => Promise<number>;
  /** Ends the program of an instance as a crash would: at once and without warning. It is started again by itself. */
  readonly crash: (instance: string) => Promise<void>;
  /** Lets go of connections, so that the process can end; what runs goes on. */
  readonly disconnect: () => void;
}

export interface FolderSource {
  readonly service: string;
  /** Absolute. */
  readonly directory: string;
  readonly command: readonly string[] | undefined;
  readonly prepare: readonly (readonly string[])[];
}

export interface LocateRequest {
  /** 'auto' takes any free port. */
  readonly gatewayPort: number | 'auto';
  readonly gatewayBind: string;
  /** The public listener speaks TLS. */
  readonly gatewaySecure?: boolean;
  readonly edges: readonly { readonly caller: string; readonly callee: string }[];
  /** Names of the services that have a database. */
  readonly databases: readonly string[];
}

export interface Locations {
  /** How people and clients reach the gateway: `http://localhost:8080`. */
  readonly publicUrl: string;
  /** What the gateway's public listener is published on. */
  readonly gatewayPort: number;
  /** As instances reach them. */
  readonly registryUrl: string;
  /** Where it is when something needs it. */
  readonly redisUrl: string;
  /** By service. */
  readonly databaseUrls: ReadonlyMap<string, string>;
  /** By `edgeKey`: the port the gateway listens on, and the URL the caller gets. */
  readonly edges: ReadonlyMap<string, { readonly port: number; readonly url: string }>;
  /** Addresses the gateway's requests come from, for TRUSTED_PROXIES. */
  readonly trustedProxies: string;
  /** True when instances have addresses of their own, so that edges can check who calls. */
  readonly distinctAddresses: boolean;
}

/** What an operation is carried out with. */
export interface Work {
  readonly desired: Desired;
  /** Aborted on Ctrl-C and when the time is up: stop soon, and throw the signal's reason. */
  readonly signal: StopSignal;
  /** A line of a builder's or an installer's output. */
  readonly report: (line: string) => void;
  /** A sentence that the user should see, whatever else is shown: what is done otherwise than they might think. */
  readonly notify: (sentence: string) => void;
}

export interface LogQuery {
  /** Ids of instances; empty for all of the workspace, with `follow` those that come later too. */
  readonly instances: readonly string[];
  /** Only the last so many lines of each; undefined for all. */
  readonly tail: number | undefined;
  /** Only what is not older. */
  readonly since: Date | undefined;
  readonly follow: boolean;
  readonly signal: StopSignal;
}

export interface LogLine {
  readonly instance: string;
  readonly stream: 'stdout' | 'stderr';
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
}

/** Something of ours on this machine, whatever workspace it belongs to: for `ps --all` and for clearing up. */
export interface SystemOnMachine {
  readonly engine: EngineKind;
  readonly workspace: string;
  /** The folder it was started from, which may be gone. */
  readonly directory: string;
  readonly instances: number;
}
