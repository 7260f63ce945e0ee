import { parseDocument } from 'yaml';

import { MsaError } from '../../model/errors.ts';
import type { WrittenService } from '../../model/schema/workspace-schema.ts';
import { serviceNameFrom, type AddedService } from './added-service.ts';
import {
  containerPort,
  envFilesIn,
  environmentOf,
  healthPath,
  namesIn,
  recordIn,
  textIn,
  type ComposeValue,
} from './compose-values.ts';

/** What a Compose file brings, and what of it stays behind. */
export interface ComposeImport {
  readonly services: readonly AddedService[];
}

/** Keys that have a counterpart in `msa.yaml`, or none because msa does it by itself. */
const understood = new Set(
  (
    'image build ports expose environment env_file depends_on deploy scale healthcheck mem_limit cpus ' +
    'restart container_name hostname init stop_grace_period logging pull_policy'
  ).split(' '),
);

/** Programs that speak no HTTP: a call to them cannot go through an edge, and they have no health path. */
const backing =
  /(?:^|\/)(?:postgres|postgis|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|kafka|nats|zookeeper|cassandra|mosquitto)(?:[:@-]|$)/;

/**
 * Reads a Compose file as services of a workspace. `folderOf` turns a build context into a path of the workspace, or
 * gives undefined for one outside of it.
 */
export function importCompose(
  text: string,
  file: string,
  folderOf: (context: string) => string | undefined,
): ComposeImport {
  const services = recordIn(readCompose(text, file), 'services');
  const names = Object.keys(services);
  if (names.length === 0) throw new MsaError('MSA_COMPOSE_UNREADABLE', `${file} has no services`);
  const renamed = new Map(names.map((name) => [name, renamedService(name, file)]));
  refuseSameNames(renamed, file);
  const context: ImportContext = { services, renamed, folderOf };
  return { services: names.flatMap((name) => importService(context, name)) };
}

function readCompose(text: string, file: string): ComposeValue {
  const document = parseDocument(text, { merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw new MsaError('MSA_COMPOSE_UNREADABLE', `${file}: ${error.message.trimEnd()}`);
  try {
    return document.toJS({ maxAliasCount: 100 }) as ComposeValue;
  } catch (cause) {
    throw new MsaError('MSA_COMPOSE_UNREADABLE', `${file}: ${String(cause)}`, { cause });
  }
}

interface ImportContext {
  readonly services: Readonly<Record<string, ComposeValue>>;
  /** Compose's name -> ours. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly folderOf: (context: string) => string | undefined;
}

function renamedService(name: string, file: string): string {
  const renamed = serviceNameFrom(name);
  if (renamed !== undefined) return renamed;
  throw new MsaError('MSA_COMPOSE_UNREADABLE', `${file}: ${JSON.stringify(name)} cannot be the name of a service`);
}

function refuseSameNames(renamed: ReadonlyMap<string, string>, file: string): void {
  const taken = new Map<string, string>();
  for (const [name, ours] of renamed) {
    const other = taken.get(ours);
    if (other !== undefined) {
      const both = `${JSON.stringify(other)} and ${JSON.stringify(name)}`;
      throw new MsaError('MSA_COMPOSE_UNREADABLE', `${file}: ${both} would both be called ${ours} here`, {
        hint: 'Names are DNS labels: give one of them another name.',
      });
    }
    taken.set(ours, name);
  }
}

function importService(context: ImportContext, composeName: string): AddedService[] {
  const compose = context.services[composeName];
  const name = context.renamed.get(composeName) ?? composeName;
  const environment = environmentOf(compose);
  const calls = callsOf(context, compose);
  const source = sourceOf(context, composeName);
  const envFile = envFileOf(context, compose);
  const port = containerPort(compose);
  const replicas = Number(textIn(recordIn(compose, 'deploy'), 'replicas') ?? textIn(compose, 'scale') ?? 1);
  const entry: WrittenService = {
    ...source.entry,
    ...(port === undefined ? {} : { port }),
    health: healthPath(compose) ?? 'tcp',
    ...(Number.isInteger(replicas) && replicas > 1 ? { replicas: Math.min(replicas, 50) } : {}),
    ...(calls.edges.length === 0 ? {} : { calls: calls.edges }),
    ...(Object.keys(environment.values).length === 0 ? {} : { env: environment.values }),
    ...envFile.entry,
    ...limitsOf(compose),
  };
  const leftBehind = Object.keys(recordIn({ compose }, 'compose')).filter((key) => !understood.has(key));
  const notes = [
    ...(name === composeName
      ? []
      : [`is ${JSON.stringify(composeName)} there: names are DNS labels and some are taken by msa`]),
    ...(port === undefined ? ['is taken to listen on PORT; write its `port` into msa.yaml if it does not'] : []),
    ...source.notes,
    ...calls.notes,
    ...environment.notes,
    ...envFile.notes,
    ...(leftBehind.length === 0 ? [] : [`not taken over: ${leftBehind.join(', ')}`]),
  ];
  return [{ name, entry, notes: notes.map((note) => `${name}: ${note}`) }];
}

interface Part<Value> {
  readonly entry: Value;
  readonly notes: readonly string[];
}

function sourceOf({ services, folderOf }: ImportContext, name: string): Part<WrittenService> {
  const compose = services[name];
  const build = textIn(compose, 'build') ?? textIn(recordIn(compose, 'build'), 'context');
  const image = textIn(compose, 'image');
  if (build === undefined && image === undefined) {
    throw new MsaError('MSA_COMPOSE_UNREADABLE', `${name} has neither an image nor a build context`, {
      hint: 'Where it extends another service, add what this prints: docker compose config > full.yaml',
    });
  }
  if (build === undefined) return { entry: { image: fixedImage(name, image ?? '') }, notes: [] };
  if (/^(?:\w+:\/\/|git@)/.test(build)) {
    throw new MsaError('MSA_COMPOSE_UNREADABLE', `${name} is built from ${build}, and msa builds from folders`, {
      hint: 'Clone it into the workspace, or name an image that is built from it.',
    });
  }
  const path = folderOf(build);
  if (path === undefined) {
    throw new MsaError('MSA_COMPOSE_UNREADABLE', `the build context ${build} lies outside of the workspace`, {
      hint: 'Move the folder into the workspace, or put msa.yaml above it.',
    });
  }
  const dockerfile = textIn(recordIn(compose, 'build'), 'dockerfile');
  const hasOwn = dockerfile !== undefined && dockerfile !== 'Dockerfile';
  return { entry: { path }, notes: hasOwn ? [`its Dockerfile is ${dockerfile}; msa builds ${path}/Dockerfile`] : [] };
}

function fixedImage(name: string, image: string): string {
  const fixed = withoutVariables(image);
  const variable = /\$\{?(\w+)/.exec(fixed)?.[1];
  if (variable === undefined) return fixed;
  throw new MsaError('MSA_COMPOSE_UNREADABLE', `the image of ${name} depends on ${variable}: ${image}`, {
    hint: `Give it a default in the Compose file, as in \${${variable}:-1.0}.`,
  });
}

/** `${TAG:-1}` means 1 where TAG is not set, and a file that is committed should not depend on this machine. */
function withoutVariables(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1');
}

function callsOf({ services, renamed }: ImportContext, compose: ComposeValue): { edges: string[]; notes: string[] } {
  const needed = namesIn(compose, 'depends_on').filter((name) => renamed.has(name));
  const isBacking = (name: string): boolean => backing.test(textIn(services[name], 'image') ?? '');
  const names = (list: readonly string[]): string[] => list.map((name) => renamed.get(name) ?? name);
  const direct = names(needed.filter(isBacking));
  return {
    edges: names(needed.filter((name) => !isBacking(name))),
    notes:
      direct.length === 0 ? [] : [`reaches ${direct.join(', ')} by name, not through the gateway: it speaks no HTTP`],
  };
}

/** The files stand beside the Compose file, and `envFile` is meant from the workspace. */
function envFileOf({ folderOf }: ImportContext, compose: ComposeValue): Part<WrittenService> {
  const [file, ...others] = envFilesIn(compose);
  if (file === undefined) return { entry: {}, notes: [] };
  const path = folderOf(file);
  if (path === undefined) return { entry: {}, notes: [`its env_file ${file} lies outside of the workspace`] };
  const notes =
    others.length === 0 ? [] : [`a service has one envFile: put what ${others.join(', ')} say into ${path}`];
  return { entry: { envFile: path }, notes };
}

function limitsOf(compose: ComposeValue): WrittenService {
  const limits = recordIn(recordIn(recordIn(compose, 'deploy'), 'resources'), 'limits');
  const memory = textIn(limits, 'memory') ?? textIn(compose, 'mem_limit');
  const cpus = Number(textIn(limits, 'cpus') ?? textIn(compose, 'cpus'));
  const given = {
    ...(memory === undefined ? {} : { memory: memoryAmount(memory) }),
    ...(cpus > 0 ? { cpus } : {}),
  };
  return Object.keys(given).length === 0 ? {} : { limits: given };
}

/** Compose allows `512mb` for `512m`, and a plain number of bytes. */
function memoryAmount(text: string): string {
  const amount = text.toLowerCase().replace(/b$/, '');
  if (!/^\d+$/.test(amount)) return amount;
  return `${Math.ceil(Number(amount) / 1024 ** 2)}m`;
}
