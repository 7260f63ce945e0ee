import type { Certificate } from '../ports/certificates.ts';
import type { System } from '../protocol/system.ts';

/** What should run: units, and what the registry is told. Everything an engine needs to make an instance is in here. */
export interface Desired {
  /** The workspace's identity: name and six digits of its real path. */
  readonly workspace: string;
  readonly name: string;
  /** In the order of the file, the platform's own first. */
  readonly units: readonly Unit[];
  readonly system: System;
}

export const roles = ['registry', 'gateway', 'redis', 'postgres', 'service'] as const;
/** What an instance is for. All but `service` are the platform's. */
export type Role = (typeof roles)[number];

/** Instances that are made alike. */
export interface Unit {
  readonly name: string;
  readonly role: Role;
  readonly replicas: number;
  readonly program: Program;
  /** All it gets but what differs between instances: PORT, HOST and INSTANCE_ID come from the engine. */
  readonly env: Readonly<Record<string, string>>;
  /** What it listens on where it has a network of its own; undefined: what the engine gives in PORT. */
  readonly port: number | undefined;
  readonly limits: { readonly memoryBytes: number | undefined; readonly cpus: number | undefined };
  /** What the gateway's public listener shows; the engine gives it the files. */
  readonly certificate?: Certificate;
  /** Units that must be healthy before one of this starts. */
  readonly needs: readonly string[];
  /** Of everything above but `replicas`, and of the program's content: when it changes, instances are replaced. */
  readonly hash: string;
}

type Program =
  /** The user's folder. */
  | {
      readonly kind: 'folder';
      /** Absolute. */
      readonly directory: string;
      /** Hash of what is in it. */
      readonly content: string;
      readonly command: readonly string[] | undefined;
      readonly prepare: readonly (readonly string[])[];
    }
  /** An image that exists or can be pulled; `command` is what the process engine runs instead. */
  | { readonly kind: 'image'; readonly image: string; readonly command: readonly string[] | undefined }
  /** One of ours: the unit's role says which. */
  | { readonly kind: 'platform' };
