import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a Docker engine is, and who says so. */
export interface DockerHost {
  readonly connection: Connection;
  /** In the form of DOCKER_HOST, for messages and for the docker client. */
  readonly url: string;
  /** `DOCKER_HOST`, `the context colima`, `the default socket`. */
  readonly source: string;
}

export type Connection =
  | SocketOrTcp
  | { readonly kind: 'ssh'; readonly host: string; readonly port: number; readonly username: string };

export type SocketOrTcp =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined };

interface TlsFiles {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/**
 * Finds the engine as the docker client does: DOCKER_HOST, else the chosen context, else the default socket; and where
 * that is missing, the sockets of rootless Docker and of Docker Desktop.
 */
export function findDocker(env: Env): DockerHost {
  const given = env['DOCKER_HOST'] ?? '';
  if (given !== '') return hostOf(given, 'DOCKER_HOST', tlsOfEnvironment(env));
  const configDirectory = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const context = env['DOCKER_CONTEXT'] ?? currentContext(configDirectory);
  if (context !== undefined && context !== '' && context !== 'default') return hostOfContext(configDirectory, context);
  const path = socketPaths(env).find((candidate) => existsSync(candidate)) ?? defaultSocket;
  return hostOf(`unix://${path}`, path === defaultSocket ? 'the default socket' : 'the socket found', undefined);
}

const defaultSocket = '/var/run/docker.sock';

function socketPaths(env: Env): readonly string[] {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const rootless = runtime === '' ? [] : [join(runtime, 'docker.sock')];
  return [defaultSocket, ...rootless, join(env['HOME'] ?? homedir(), '.docker/run/docker.sock')];
}

function hostOf(text: string, source: string, tls: TlsFiles | undefined): DockerHost {
  const url = text.includes('://') ? text : `tcp://${text}`;
  return { connection: connectionOf(url, source, tls), url, source };
}

function connectionOf(text: string, source: string, tls: TlsFiles | undefined): Connection {
  if (text.startsWith('unix://')) return { kind: 'socket', path: text.slice('unix://'.length) || defaultSocket };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'ssh:')
    return { kind: 'ssh', host: url.hostname, port: Number(url.port || '22'), username: url.username };
  if (url !== undefined && ['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    const secured = tls ?? (url.protocol === 'https:' ? noTlsFiles : undefined);
    const port = Number(url.port || (secured === undefined ? '2375' : '2376'));
    // An address of version 6 stands in brackets in a URL only.
    return { kind: 'tcp', host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, tls: secured };
  }
  throw new MsaError('MSA_ENGINE_UNAVAILABLE', `${source} names no Docker engine: ${JSON.stringify(text)}`, {
    hint: 'It looks like unix:///var/run/docker.sock, tcp://host:2375 or ssh://user@host; or use msa up --engine process',
  });
}

const noTlsFiles: TlsFiles = { ca: undefined, cert: undefined, key: undefined };

function tlsOfEnvironment(env: Env): TlsFiles | undefined {
  const directory = env['DOCKER_CERT_PATH'] ?? '';
  if (directory !== '') return readTlsFiles(directory);
  return (env['DOCKER_TLS_VERIFY'] ?? '') === '' ? undefined : noTlsFiles;
}

function readTlsFiles(directory: string): TlsFiles | undefined {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(directory, name)));
  return ca === undefined && cert === undefined && key === undefined ? undefined : { ca, cert, key };
}

function currentContext(configDirectory: string): string | undefined {
  const config = parseObject(readIfThere(join(configDirectory, 'config.json')));
  return typeof config['currentContext'] === 'string' ? config['currentContext'] : undefined;
}

/** The client keeps a context below the hash of its name. */
function hostOfContext(configDirectory: string, name: string): DockerHost {
  const folder = createHash('sha256').update(name).digest('hex');
  const meta = parseObject(readIfThere(join(configDirectory, 'contexts/meta', folder, 'meta.json')));
  const endpoint = objectIn(objectIn(meta, 'Endpoints'), 'docker');
  const host = endpoint['Host'];
  if (typeof host !== 'string' || host === '')
    throw new MsaError('MSA_ENGINE_UNAVAILABLE', `the Docker context ${JSON.stringify(name)} does not exist`, {
      hint: 'List them with `docker context ls`, choose one with `docker context use <name>`',
    });
  const tls = readTlsFiles(join(configDirectory, 'contexts/tls', folder, 'docker'));
  return hostOf(host, `the context ${name}`, tls);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function parseObject(text: Buffer | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text?.toString() ?? '{}');
    return objectIn({ value }, 'value');
  } catch {
    return {};
  }
}

function objectIn(parent: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = parent[key];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** For options that must be left out where there is nothing to say. */
export function definedIn(files: TlsFiles | undefined): Partial<Record<keyof TlsFiles, Buffer>> {
  return Object.fromEntries(Object.entries(files ?? {}).filter(([, file]) => file !== undefined));
}

/** True when what it publishes on loopback is on this machine's loopback: also for engines in a virtual machine here. */
export function isLocal({ connection }: DockerHost): boolean {
  if (connection.kind === 'socket') return true;
  return connection.kind === 'tcp' && ['127.0.0.1', '::1', 'localhost'].includes(connection.host);
}
