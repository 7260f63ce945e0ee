import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import { service } from './service.ts';
import { storeAddress } from './stores/open.ts';

export interface Config {
  readonly serviceName: string;
  readonly instanceId: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Undefined when the store needs no address. */
  readonly storeUrl: string | undefined;
  /** What links begin with when no trusted proxy says better. */
  readonly publicUrl: string | undefined;
  /** Whether forwarding headers from this address are believed. */
  readonly trusts: (address: string) => boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the environment once, at the start; throws a ConfigError that names every wrong variable. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const config = {
    serviceName: env['SERVICE_NAME'] || service.name,
    instanceId: env['INSTANCE_ID'] || hostname(),
    host: env['HOST'] || '127.0.0.1',
    port: attempt(() => readPort(env['PORT'] || '3000')) ?? 0,
    logLevel: attempt(() => readChoice('LOG_LEVEL', env['LOG_LEVEL'] || 'info', logLevels)) ?? 'info',
    storeUrl: attempt(() => storeAddress && readUrl(env, storeAddress.variable, storeAddress.protocols)),
    publicUrl: attempt(() =>
      env['PUBLIC_URL'] ? readUrl(env, 'PUBLIC_URL', ['http:', 'https:']).replace(/\/+$/, '') : undefined,
    ),
    trusts: attempt(() => readTrustedProxies(env['TRUSTED_PROXIES'] || '')) ?? (() => false),
  };
  for (const name of service.calls) attempt(() => calleeUrl(name, env));
  if (problems.length > 0) throw new ConfigError(`The environment is not usable:\n- ${problems.join('\n- ')}`);
  return config;
}

/** Where a called service is: `calleeUrl('user-profile')` reads USER_PROFILE_URL. */
export function calleeUrl(serviceName: string, env: Environment = process.env): string {
  return readUrl(env, `${serviceName.toUpperCase().replaceAll('-', '_')}_URL`, ['http:', 'https:']);
}

function readUrl(env: Environment, variable: string, protocols: readonly string[]): string {
  const value = env[variable];
  const expected = `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  if (!value) throw new Error(`${variable} is not set; it must be ${expected}`);
  // The value stays out of the message, because it can hold a password.
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
    throw new Error(`${variable} must be ${expected}`);
  return value;
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`PORT must be a number from 0 to 65535 (it is ${JSON.stringify(value)})`);
  return port;
}

function readChoice(variable: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  throw new Error(`${variable} must be one of ${choices.join(', ')} (it is ${JSON.stringify(value)})`);
}

function readTrustedProxies(value: string): (address: string) => boolean {
  const trusted = new BlockList();
  for (const entry of value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    try {
      if (bits === undefined) trusted.addAddress(address, familyOf(address));
      else trusted.addSubnet(address, Number(bits), familyOf(address));
    } catch {
      throw new Error(
        `TRUSTED_PROXIES must list addresses or networks such as 10.0.0.0/8 (it has ${JSON.stringify(entry)})`,
      );
    }
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
