import type { Workspace } from '../model/workspace.ts';
import type { Certificate } from '../ports/certificates.ts';
import type { Locations, Place } from '../ports/engine.ts';
import type { SystemFilter } from '../protocol/policies/filters.ts';
import type { Sha256 } from './unit-hash.ts';

/** Everything that what should run follows from. */
export interface Facts {
  readonly workspace: Workspace;
  readonly place: Place;
  readonly locations: Locations;
  /** Hash of each service's folder, by service; nothing for images. */
  readonly contents: ReadonlyMap<string, string>;
  /** What the env file of a service says, by service. */
  readonly envFiles: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Changes whenever our own programs do. */
  readonly platformVersion: string;
  readonly sha256: Sha256;
  /** Of the public listener; undefined: it speaks plain HTTP. */
  readonly certificate?: Certificate | undefined;
  /** How many instances, by service, where it is not what msa.yaml says. */
  readonly replicas: ReadonlyMap<string, number>;
  /** The filters of the gateway, compiled. */
  readonly filters: readonly SystemFilter[];
  /** Services that run somewhere else: in an editor, under a debugger. */
  readonly except: ReadonlySet<string>;
}
