import { programVariables } from '../protocol/programs.ts';
import type { System } from '../protocol/system.ts';
import type { RegistryConfig } from './create-registry.ts';
import { parseDnsEntries, type DnsEntry } from './dns/dns-entry.ts';
import { logLevels, type LogLevel } from './log.ts';
import { check, systemSchema } from './schemas.ts';

export interface Settings extends RegistryConfig {
  readonly logLevel: LogLevel;
}

/** Reads the program's variables. Throws for the first that is wrong. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = (name: keyof typeof programVariables): string | undefined => {
    const value = env[programVariables[name]];
    return value === '' ? undefined : value;
  };
  return {
    port: parsePort(given('port') ?? '8761'),
    host: given('host') ?? '127.0.0.1',
    token: parseToken(given('registryToken')),
    allowedHosts: (given('allowedHosts') ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []),
    logLevel: parseLogLevel(given('logLevel') ?? 'info'),
    stateFile: given('stateFile'),
    system: parseSystem(given('system')),
    dnsEntries: parseDnsSource(given('dnsSource')),
  };
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`${programVariables.port} must be a port number, not "${text}"`);
}

function parseToken(token: string | undefined): string {
  if (token === undefined) throw new Error(`${programVariables.registryToken} is missing: writes need it`);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Error(`${programVariables.registryToken} must consist of visible ASCII characters`);
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((name) => name === text);
  if (level !== undefined) return level;
  throw new Error(`${programVariables.logLevel} must be one of ${logLevels.join(', ')}, not "${text}"`);
}

function parseSystem(text: string | undefined): System | undefined {
  if (text === undefined) return undefined;
  const checked = check(systemSchema, parseJson(text));
  if (checked.ok) return checked.value;
  throw new Error(`${programVariables.system} is no system: ${checked.problems.join('; ')}`);
}

function parseDnsSource(text: string | undefined): readonly DnsEntry[] {
  const entries = text === undefined ? [] : parseDnsEntries(text);
  if (entries !== undefined) return entries;
  throw new Error(`${programVariables.dnsSource} must be like users:3000,orders:3000, not "${text}"`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${programVariables.system} is not JSON`, { cause: error });
  }
}
