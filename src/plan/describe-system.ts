import type { Service } from '../model/workspace.ts';
import { describePlatform } from './describe-platform.ts';
import { describeRouting } from './describe-routing.ts';
import type { Desired, Unit } from './desired.ts';
import type { Facts } from './facts.ts';
import { serviceEnvironment } from './service-environment.ts';
import { unitHash } from './unit-hash.ts';

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
