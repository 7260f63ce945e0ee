import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { programVariables } from '../protocol/programs.ts';
import type { GatewayConfig } from './create-gateway.ts';
import type { Credentials } from './listen/listener.ts';
import { isLogLevel } from './observe/log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables by which the gateway is started; throws with one that has no sense. */
export function readConfig(environment: Environment): GatewayConfig & { readonly workers: number } {
  const read = (key: keyof typeof programVariables): string | undefined =>
    environment[programVariables[key]] || undefined;
  const registryUrl = read('registryUrl');
  const logLevel = read('logLevel') ?? 'info';
  if (!isLogLevel(logLevel)) throw new Error(`${programVariables.logLevel} must be debug, info, warn or error.`);
  if (registryUrl !== undefined) requireUrl(programVariables.registryUrl, registryUrl);
  const publicUrl = read('publicUrl');
  if (publicUrl !== undefined) requireUrl(programVariables.publicUrl, publicUrl);
  const redisUrl = read('redisUrl');
  if (redisUrl !== undefined) requireRedisUrl(redisUrl);
  const adminPort = read('adminPort');
  return {
    host: read('host') ?? '127.0.0.1',
    port: readPort(programVariables.port, read('port') ?? '8080'),
    adminPort: adminPort === undefined ? undefined : readPort(programVariables.adminPort, adminPort),
    instanceId: read('instanceId') ?? 'gateway-1',
    registry: registryUrl === undefined ? undefined : { url: registryUrl, token: read('registryToken') ?? '' },
    stateFile: read('stateFile'),
    publicUrl,
    redisUrl,
    tls: readTls(read('certFile'), read('keyFile')),
    logLevel,
    workers: readWorkers(read('workers') ?? '1'),
  };
}

function readTls(certFile: string | undefined, keyFile: string | undefined): Credentials | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined)
    throw new Error(`${programVariables.certFile} and ${programVariables.keyFile} go together.`);
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

const mostWorkers = 64;

function readWorkers(text: string): number {
  if (text === 'auto') return Math.min(availableParallelism(), mostWorkers);
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= mostWorkers) return Number(text);
  throw new Error(`${programVariables.workers} must be a number from 1 to ${mostWorkers}, or auto, not "${text}".`);
}

function readPort(name: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`${name} must be a port number, not "${text}".`);
}

function requireUrl(name: string, text: string): void {
  if (!URL.canParse(text) || !text.startsWith('http')) throw new Error(`${name} must be an http URL, not "${text}".`);
}

/** The URL may hold a password, so it is not repeated. */
function requireRedisUrl(text: string): void {
  if (/^rediss?:\/\/./.test(text) && URL.canParse(text)) return;
  throw new Error(`${programVariables.redisUrl} must be a URL such as redis://127.0.0.1:6379.`);
}
