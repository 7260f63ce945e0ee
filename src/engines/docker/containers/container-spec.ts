import type { ContainerCreateOptions, HostConfig } from 'dockerode';

import {
  certificatePaths,
  gatewayPort,
  logDriver,
  logOptions,
  redisCommand,
  servicePort,
  stateDirectory,
} from '../../../plan/containers.ts';
import type { Unit } from '../../../plan/desired.ts';
import { certificateVariables } from '../../../plan/service-environment.ts';
import { databaseUser, stores } from '../../../plan/stores.ts';
import type { Place } from '../../../ports/engine.ts';
import { registryPort } from '../../../protocol/ports.ts';
import { gatewayAdminPort, programVariables } from '../../../protocol/programs.ts';
import { programDirectory } from '../images/images.ts';
import { databasePassword } from './database-password.ts';
import { hardeningOf } from './hardening.ts';
import { containerName, labels } from './labels.ts';
import { mountsOf } from './mounts.ts';
import { renderPublished, type Published } from './snapshot.ts';

/** All that an instance's container follows from. */
export interface ContainerSpec {
  readonly place: Place;
  readonly unit: Unit;
  readonly index: number;
  readonly image: string;
  /** Whom the image runs as by itself; empty or `0` for root. */
  readonly imageUser: string;
  readonly address: string;
  /** Port on the machine, for gateway and registry. */
  readonly published: Published | undefined;
  /** For gateway and registry. */
  readonly token: string;
  readonly version: string;
}

/** What units listen on inside their containers when they do not say it. */
const usualPorts = {
  service: servicePort,
  registry: registryPort,
  gateway: gatewayPort,
  redis: stores.redis.port,
  postgres: stores.postgres.port,
} as const;

export function portOf({ role, port }: Unit): number {
  return port ?? usualPorts[role];
}

export function containerOptions(spec: ContainerSpec): ContainerCreateOptions & { readonly name: string } {
  const { place, unit, index, image } = spec;
  const instance = `${unit.name}-${index}`;
  return {
    name: containerName(place.workspace, instance),
    Image: image,
    Hostname: instance,
    ...programOf(unit),
    Env: Object.entries(environmentOf(spec, instance)).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(spec, instance),
    ExposedPorts: { [exposedPort(unit)]: {} },
    // The registry probes; each check of Docker's own would start a process.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...hardeningOf(spec),
      ...limitsOf(unit),
      ...networkOf(spec),
      // The program is a child of Docker's init: it gets its signals, and a crash of it is one that restarts.
      Init: true,
      // Not `always`: that brings a system back after the machine was restarted, which nobody has asked for.
      RestartPolicy: { Name: 'on-failure' },
      Mounts: mountsOf(spec.place, spec.unit),
      LogConfig: { Type: logDriver, Config: logOptions },
    },
    NetworkingConfig: { EndpointsConfig: { [place.workspace]: endpointOf(spec) } },
  };
}

/** Command and user, where they are not the image's own. */
function programOf({ role }: Unit): { Cmd?: string[]; User?: string } {
  if (role === 'service') return {};
  // Started as root, the images of the stores change the user themselves, for which they would need capabilities.
  if (role === 'redis') return { User: 'redis', Cmd: [...redisCommand] };
  if (role === 'postgres') return { User: 'postgres' };
  return { Cmd: ['node', `${programDirectory}/${role}.js`] };
}

function environmentOf({ place, unit, token }: ContainerSpec, instance: string): Record<string, string> {
  const listens = {
    [programVariables.port]: String(portOf(unit)),
    [programVariables.host]: '0.0.0.0',
    [programVariables.instanceId]: instance,
  };
  if (unit.role === 'service') return { ...unit.env, ...listens };
  if (unit.role === 'redis') return { ...unit.env };
  if (unit.role === 'postgres')
    return { ...unit.env, POSTGRES_USER: databaseUser, POSTGRES_PASSWORD: databasePassword(place) };
  return {
    [programVariables.adminPort]: String(gatewayAdminPort),
    [programVariables.stateFile]: `${stateDirectory}/${unit.role}.json`,
    ...(unit.certificate && certificateVariables(certificatePaths)),
    ...unit.env,
    ...listens,
    [programVariables.registryToken]: token,
  };
}

function labelsOf({ place, unit, index, ...spec }: ContainerSpec, instance: string): Record<string, string> {
  return {
    [labels.workspace]: place.workspace,
    [labels.directory]: place.root,
    [labels.role]: unit.role,
    [labels.service]: unit.name,
    [labels.instance]: instance,
    [labels.index]: String(index),
    [labels.hash]: unit.hash,
    [labels.port]: String(portOf(unit)),
    [labels.version]: spec.version,
    ...(spec.published === undefined ? {} : { [labels.published]: renderPublished(spec.published) }),
    ...(unit.certificate === undefined ? {} : { [labels.secure]: 'true' }),
    ...(unit.role === 'registry' || unit.role === 'gateway' ? { [labels.token]: spec.token } : {}),
  };
}

function exposedPort(unit: Unit): string {
  return `${portOf(unit)}/tcp`;
}

function networkOf({ place, unit, published }: ContainerSpec): HostConfig {
  const binding = published === undefined ? [] : [{ HostIp: published.bind, HostPort: String(published.port) }];
  return {
    NetworkMode: place.workspace,
    PortBindings: binding.length === 0 ? {} : { [exposedPort(unit)]: binding },
  };
}

function endpointOf({ unit, address }: ContainerSpec): object {
  return {
    IPAMConfig: { IPv4Address: address },
    // Services are reached through the gateway, so only the platform's own have names.
    ...(unit.role === 'service' ? {} : { Aliases: [unit.name] }),
  };
}

function limitsOf({ limits: { memoryBytes, cpus } }: Unit): HostConfig {
  const nanoCpus = 1e9;
  return {
    // The second is the sum of memory and swap: the same means no swap.
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * nanoCpus) }),
  };
}
