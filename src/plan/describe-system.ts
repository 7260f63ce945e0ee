import type { Service, Workspace } from '../model/workspace.ts';
import type { Certificate } from '../ports/certificates.ts';
import type { SystemFilter } from '../protocol/policies/filters.ts';
import type { Locations, Place } from '../ports/engine.ts';
import type { Desired, Unit } from './desired.ts';
import { describeRouting } from './describe-routing.ts';
import { describePlatform } from './describe-platform.ts';
import { serviceEnvironment } from './service-environment.ts';
import { unitHash, type Sha256 } from './unit-hash.ts';

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

/** Says what should run, and what the registry is told of it. */
export function describeSystem(facts: Facts): Desired {
  const { workspace, place, except } = facts;
  const services = workspace.services.filter(({ name }) => !except.has(name));
  return {
    workspace: place.workspace,
    name: workspace.name,
    units: [...describePlatform(facts), ...services.map((service) => describeService(service, facts))],
    system: describeRouting(facts),
  };
}

function describeService(service: Service, facts: Facts): Unit {
  const { name, limits, port, replicas, store } = service;
  const unit: Omit<Unit, 'hash'> = {
    name,
    role: 'service',
    replicas: facts.replicas.get(name) ?? replicas,
    program: programOf(service, facts),
    env: serviceEnvironment(service, facts),
    port,
    limits,
    needs: store === 'memory' ? [] : [store],
  };
  return { ...unit, hash: unitHash(unit, facts.sha256) };
}

function programOf({ name, source, command, prepare }: Service, { place, contents }: Facts): Unit['program'] {
  if (source.kind === 'image') return { kind: 'image', image: source.image, command };
  const directory = source.path === '.' ? place.root : `${place.root}/${source.path}`;
  return { kind: 'folder', directory, content: contents.get(name) ?? '', command, prepare };
}
