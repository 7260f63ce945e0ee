import type { Service } from '../model/workspace.ts';
import { servicePort } from '../plan/containers.ts';
import type { Facts } from '../plan/facts.ts';
import { serviceEnvironment } from '../plan/service-environment.ts';
import { environmentVariables as names } from '../protocol/environment.ts';
import { programVariables } from '../protocol/programs.ts';
import { folderPath, type ComposeMapping } from './compose-value.ts';
import type { DescribedService } from './described-service.ts';
import { readImageName, type ImageFacts } from './dockerfile.ts';
import { checkService } from './healthcheck.ts';
import { renderBytes } from './render-bytes.ts';
import { databaseSetup } from './store-services.ts';
import { templates } from './templates.ts';

interface Surroundings {
  readonly toWorkspace: string;
  readonly images: ReadonlyMap<string, ImageFacts>;
  readonly envFiles: ReadonlyMap<string, ReadonlySet<string>>;
  readonly facts: Facts;
}

/** A service of the workspace. */
export function describeWorkspaceService(service: Service, around: Surroundings): DescribedService {
  const { name, source, envFile, health } = service;
  const image = around.images.get(name) ?? readImageName('');
  const port = service.port ?? servicePort;
  return {
    name,
    comment: commentOf(service, image),
    value: {
      '<<': templateOf(service, image),
      ...(source.kind === 'image' ? { image: source.image } : { build: folderPath(around.toWorkspace, source.path) }),
      deploy: { replicas: service.replicas },
      ...limitsOf(service),
      env_file: envFile === undefined ? undefined : [folderPath(around.toWorkspace, envFile)],
      environment: environmentOf(service, port, around),
      depends_on: neededBy(service),
      healthcheck: checkService(health, port, image),
    },
  };
}

/** An image of others keeps its own settings. */
function templateOf({ source }: Service, { hasUser }: ImageFacts): string {
  if (source.kind === 'image') return templates.supervised;
  return hasUser ? templates.hardened : templates.rooted;
}

function limitsOf({ limits: { memoryBytes, cpus } }: Service): ComposeMapping {
  if (memoryBytes === undefined) return { cpus };
  // As much swap as memory means none beyond it.
  return { cpus, mem_limit: renderBytes(memoryBytes), memswap_limit: renderBytes(memoryBytes) };
}

function environmentOf(service: Service, port: number, { facts, envFiles }: Surroundings): ComposeMapping {
  const { [names.nodeEnv]: nodeEnv, ...environment } = serviceEnvironment(service, facts);
  // Compose prefers all this to what the env file says; msa has this one variable the other way round.
  const isLeftToFile = service.env[names.nodeEnv] === undefined && envFiles.get(service.name)?.has(names.nodeEnv);
  return {
    ...(isLeftToFile === true ? {} : { [names.nodeEnv]: nodeEnv }),
    ...environment,
    [names.port]: String(port),
    [programVariables.host]: '0.0.0.0',
  };
}

function neededBy({ store }: Service): ComposeMapping | undefined {
  if (store === 'redis') return { redis: { condition: 'service_healthy' } };
  return store === 'postgres' ? { [databaseSetup]: { condition: 'service_completed_successfully' } } : undefined;
}

function commentOf({ description, source, command, prepare }: Service, image: ImageFacts): readonly string[] {
  const lines = description === undefined ? [] : description.trim().split(/\r?\n/);
  if (command !== undefined || prepare.length > 0)
    lines.push('Its `command` and `prepare` are for running without Docker; here the image says what runs.');
  if (image.hasNode) return lines;
  if (image.hasHealthcheck) return [...lines, 'Its image says how its health is checked.'];
  const where = source.kind === 'image' ? 'its image' : 'its Dockerfile';
  return [...lines, `The registry alone checks its health: ${where} names no program that Docker could check it with.`];
}
