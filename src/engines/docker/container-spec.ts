import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';

import type { Role, Unit } from '../../plan/desired.ts';
import type { Place } from '../../ports/engine.ts';
import { gatewayAdminPort, programVariables } from '../../protocol/programs.ts';
import { registryPort } from '../../protocol/ports.ts';
import { databasePassword, databaseUser } from './databases.ts';
import { programDirectory, stateDirectory } from './images.ts';
import { containerName, labels } from './labels.ts';
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

const servicePort = 3000;
const gatewayPort = 8080;
const redisPort = 6379;
const postgresPort = 5432;

/** What a unit listens on inside its container. */
export function portOf({ role, port }: Unit): number {
  if (port !== undefined) return port;
  const platform = { registry: registryPort, gateway: gatewayPort, redis: redisPort, postgres: postgresPort };
  return role === 'service' ? servicePort : platform[role];
}

export function containerOptions(spec: ContainerSpec): ContainerCreateOptions {
  const { place, unit, index, image, address, published } = spec;
  const instance = `${unit.name}-${index}`;
  const exposed = `${portOf(unit)}/tcp`;
  const { Cmd, User } = programOf(unit);
  return {
    name: containerName(place.workspace, instance),
    Image: image,
    Hostname: instance,
    ...(Cmd === undefined ? {} : { Cmd }),
    ...(User === undefined ? {} : { User }),
    Env: Object.entries(environmentOf(spec, instance)).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(spec, instance),
    ExposedPorts: { [exposed]: {} },
    // The registry probes; checks of Docker's own cost a process each.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...hardeningOf(spec),
      ...limitsOf(unit),
      // The program is a child of Docker's init: it gets its signals, and a crash of it is one that restarts.
      Init: true,
      // Not `always`: others bring a system back after the machine was restarted, and nobody has asked for it.
      RestartPolicy: { Name: 'on-failure' },
      NetworkMode: place.workspace,
      PortBindings:
        published === undefined ? {} : { [exposed]: [{ HostIp: published.bind, HostPort: String(published.port) }] },
      Mounts: mountsOf(spec),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [place.workspace]: {
          IPAMConfig: { IPv4Address: address },
          // Services are reached through the gateway, so only the platform's own have names.
          ...(unit.role === 'service' ? {} : { Aliases: [unit.name] }),
        },
      },
    },
  };
}

function labelsOf(
  { place, unit, index, published, token, version }: ContainerSpec,
  instance: string,
): Record<string, string> {
  return {
    [labels.workspace]: place.workspace,
    [labels.directory]: place.root,
    [labels.role]: unit.role,
    [labels.service]: unit.name,
    [labels.instance]: instance,
    [labels.index]: String(index),
    [labels.hash]: unit.hash,
    [labels.port]: String(portOf(unit)),
    [labels.version]: version,
    ...(published === undefined ? {} : { [labels.published]: renderPublished(published) }),
    ...(unit.role === 'registry' || unit.role === 'gateway' ? { [labels.token]: token } : {}),
  };
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
    [programVariables.registryUrl]: `http://registry:${registryPort}`,
    [programVariables.adminPort]: String(gatewayAdminPort),
    [programVariables.stateFile]: `${stateDirectory}/${unit.role}.json`,
    ...unit.env,
    ...listens,
    [programVariables.registryToken]: token,
  };
}

/** Command and user, where they are not the image's own. */
function programOf({ role, program }: Unit): { Cmd?: string[]; User?: string } {
  if (program.kind !== 'platform') return {};
  // Started as root, the images of the stores change the user themselves, for which they would need capabilities.
  if (role === 'redis') return { User: 'redis', Cmd: redisCommand };
  if (role === 'postgres') return { User: 'postgres' };
  return { Cmd: ['node', `${programDirectory}/${role}.js`] };
}

/** The data survive `msa down`; the log of changes alone is enough for that. */
const redisCommand = 'redis-server --bind * --protected-mode no --dir /data --appendonly yes'
  .split(' ')
  .concat('--save', '');

function mountsOf({ place, unit }: ContainerSpec): MountSettings[] {
  if (unit.program.kind !== 'platform') return [];
  const ours = { [labels.workspace]: place.workspace, [labels.directory]: place.root, [labels.role]: unit.role };
  const volume = {
    Type: 'volume' as const,
    ReadOnly: false,
    VolumeOptions: { NoCopy: false, Labels: ours, DriverConfig: { Name: 'local', Options: {} } },
  };
  const target = dataDirectories.get(unit.role);
  // Without a name it survives a restart and goes with its container.
  if (target === undefined) return [{ ...volume, Source: '', Target: stateDirectory }];
  return [{ ...volume, Source: containerName(place.workspace, unit.name), Target: target }];
}

/** Where the stores keep what survives `msa down`. */
const dataDirectories: ReadonlyMap<Role, string> = new Map([
  ['redis', '/data'],
  ['postgres', '/var/lib/postgresql/data'],
]);

const maxProcesses = 1024;

function limitsOf({ limits: { memoryBytes, cpus } }: Unit): HostConfig {
  return {
    // As much swap as memory means none beyond it.
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
  };
}

/**
 * Our own programs, and folders whose image does not run as root, get nothing they do not need. An image that runs as
 * root was not made for that (it changes its user, or writes beside its program): it keeps what such images need, but
 * not what other containers would have to fear. What the user names by `image:` stays as it is.
 */
function hardeningOf({ unit, imageUser }: ContainerSpec): HostConfig {
  if (unit.program.kind === 'image') return {};
  const confined = { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'], PidsLimit: maxProcesses };
  if (unit.program.kind === 'folder' && isRoot(imageUser)) return { ...confined, CapAdd: rootCapabilities };
  const scratch = 'rw,nosuid,nodev';
  const Tmpfs = { '/tmp': scratch, ...(unit.role === 'postgres' ? { '/var/run/postgresql': scratch } : {}) };
  return { ...confined, ReadonlyRootfs: true, Tmpfs };
}

const rootCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];

function isRoot(user: string): boolean {
  return ['', '0', 'root'].includes(user.split(':')[0] ?? '');
}
