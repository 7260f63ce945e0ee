import type { System } from './system.ts';

/**
 * What msa and the supervisor of a workspace say to each other: JSON over HTTP over a socket in a directory that only
 * this user can enter. The supervisor is started with its configuration in one variable and answers on descriptor 3.
 */
export const supervisorVariable = 'MSA_SUPERVISOR';

/** Set for everything a supervisor starts: by them its processes are known, whatever group or session they moved to. */
export const markerVariables = { workspace: 'MSA_WORKSPACE', instance: 'MSA_INSTANCE' } as const;

/** Descriptor on which a supervisor says one line, a SupervisorGreeting, and closes it. */
export const greetingDescriptor = 3;

export interface SupervisorConfig {
  /** `reap` ends what a killed supervisor left behind and goes. */
  readonly mode: 'run' | 'reap';
  readonly workspace: string;
  /** The workspace's folder, which may vanish while the supervisor runs. */
  readonly root: string;
  /** Where it listens. */
  readonly socket: string;
  /** Its record for whoever must clean up after it. */
  readonly stateFile: string;
  /** Below the workspace's folder; made by msa, never by the supervisor. */
  readonly logDirectory: string;
  /** Where gateway and registry keep their last known state. */
  readonly stateDirectory: string;
  readonly ports: PortTable;
}

export type SupervisorGreeting =
  | { readonly kind: 'listening' }
  /** Another supervisor of this workspace lives. */
  | { readonly kind: 'occupied'; readonly pid: number }
  | { readonly kind: 'reaped'; readonly processes: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The ports that must not change while a system is up; those of services' instances are the supervisor's own affair. */
export interface PortTable {
  readonly gateway: number;
  /** What the gateway's public listener binds to. */
  readonly gatewayBind: string;
  readonly gatewayAdmin: number;
  readonly registry: number;
  readonly redis: number;
  readonly postgres: number;
  /** By `edgeKey`. */
  readonly edges: Readonly<Record<string, number>>;
}

export const supervisorPaths = {
  state: '/v1/state',
  ports: '/v1/ports',
  system: '/v1/system',
  instances: '/v1/instances',
  instance: (id: string) => `/v1/instances/${encodeURIComponent(id)}`,
  crash: (id: string) => `/v1/instances/${encodeURIComponent(id)}/crash`,
  facts: (id: string) => `/v1/instances/${encodeURIComponent(id)}/facts`,
  environment: (id: string) => `/v1/instances/${encodeURIComponent(id)}/environment`,
  jobs: '/v1/jobs',
} as const;

/** Body of `POST /v1/instances`. */
export interface LaunchRequest {
  readonly id: string;
  readonly unit: string;
  /** `registry`, `gateway`, `redis`, `postgres` or `service`. */
  readonly role: string;
  readonly index: number;
  readonly hash: string;
  readonly command: readonly string[];
  readonly directory: string;
  /** All but PORT, HOST, INSTANCE_ID and what only the supervisor knows. */
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  /** Undefined: any free one, and another when that is taken at a restart. */
  readonly port?: number;
  /** Whom it runs as; only root can say so. */
  readonly owner?: ProcessOwner;
  /** What asks it to end, where that is not SIGTERM. */
  readonly stopSignal?: 'SIGINT';
}

export interface ProcessOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Answer of `GET /v1/state`. */
export interface SupervisorState {
  readonly workspace: string;
  readonly root: string;
  readonly pid: number;
  readonly ports: PortTable;
  /** Of the system the registry was last given and, as far as can be known, still has. */
  readonly systemVersion: string | null;
  /** What writing to the registry needs. */
  readonly registryToken: string;
  readonly instances: readonly SupervisedInstance[];
}

export interface SupervisedInstance {
  readonly id: string;
  readonly unit: string;
  readonly role: string;
  readonly index: number;
  readonly hash: string;
  readonly state: 'starting' | 'running' | 'restarting' | 'gone';
  readonly draining: boolean;
  readonly restarts: number;
  /** Of the last run, when one has ended; a signal counts as 128 and its number, as everywhere. */
  readonly exitCode: number | null;
  readonly startedAt: string | null;
  readonly port: number;
  /** It speaks TLS there. */
  readonly secure?: boolean;
  readonly pid: number | null;
}

/** Answer of `GET /v1/instances/{id}/facts`: what can be seen of an instance from outside. */
export interface InstanceFacts {
  readonly instance: SupervisedInstance;
  /** The signal that ended its last run. */
  readonly signal: string | null;
  /** When it will be started again, ISO 8601, while it waits for that. */
  readonly nextStartAt: string | null;
  /** Where its processes listen; null where the system does not say. */
  readonly listening: readonly { readonly address: string; readonly port: number }[] | null;
}

/** Answer of `GET /v1/instances/{id}/environment`. */
export interface InstanceEnvironment {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Body of `PUT /v1/system`; answered when the registry has it. */
export interface PublishRequest {
  readonly system: System;
}

/**
 * Body of `POST /v1/jobs`: a command that ends by itself, such as an installation. Answered with JobMessages, one a line.
 * A job ends with the connection that asked for it. Jobs of one folder run one after the other.
 */
export interface JobRequest {
  readonly name: string;
  readonly command: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly owner?: ProcessOwner;
}

export type JobMessage =
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'end'; readonly exitCode: number }
  /** It could not be started at all. */
  | { readonly type: 'refused'; readonly message: string };

/** Body of every answer with a status of 400 and above. */
export interface SupervisorRefusal {
  readonly code: 'bad-request' | 'unknown' | 'exists' | 'not-runnable' | 'closing' | 'failed';
  readonly message: string;
}

/** What a supervisor leaves in its state file: enough to find everything that it started, should it be killed. */
export interface SupervisorRecord {
  readonly workspace: string;
  readonly root: string;
  readonly owner: ProcessIdentity;
  /** Ports that are its system's, so that others keep away from them. */
  readonly ports: readonly number[];
  /** Leaders of process groups. Each is entered by name before it starts and with its identity once it has one. */
  readonly groups: readonly { readonly name: string; readonly leader: ProcessIdentity | null }[];
}

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever form the system has; a number given to another process later has another one. */
  readonly started: string;
}
