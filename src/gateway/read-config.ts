import { programVariables } from '../protocol/programs.ts';
import type { GatewayConfig } from './create-gateway.ts';
import { isLogLevel } from './observe/log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables by which the gateway is started; throws with one that has no sense. */
export function readConfig(environment: Environment): GatewayConfig {
  const read = (key: keyof typeof programVariables): string | undefined =>
    environment[programVariables[key]] || undefined;
  const registryUrl = read('registryUrl');
  const logLevel = read('logLevel') ?? 'info';
  if (!isLogLevel(logLevel)) throw new Error(`${programVariables.logLevel} must be debug, info, warn or error.`);
  if (registryUrl !== undefined) requireUrl(programVariables.registryUrl, registryUrl);
  const publicUrl = read('publicUrl');
  if (publicUrl !== undefined) requireUrl(programVariables.publicUrl, publicUrl);
  const adminPort = read('adminPort');
  return {
    host: read('host') ?? '127.0.0.1',
    port: readPort(programVariables.port, read('port') ?? '8080'),
    adminPort: adminPort === undefined ? undefined : readPort(programVariables.adminPort, adminPort),
    instanceId: read('instanceId') ?? 'gateway-1',
    registry: registryUrl === undefined ? undefined : { url: registryUrl, token: read('registryToken') ?? '' },
    stateFile: read('stateFile'),
    publicUrl,
    logLevel,
  };
}

function readPort(name: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`${name} must be a port number, not "${text}".`);
}

function requireUrl(name: string, text: string): void {
  if (!URL.canParse(text) || !text.startsWith('http')) throw new Error(`${name} must be an http URL, not "${text}".`);
}
