import { createHash } from 'node:crypto';

import type { Desired, Unit } from '../../../../src/plan/desired.ts';
import type { Engine, LocateRequest, Locations } from '../../../../src/ports/engine.ts';

/** A system of these units, without routes and edges unless they are given. */
export function desiredOf(workspace: string, units: readonly Unit[], more: Partial<Desired['system']> = {}): Desired {
  const services = units
    .filter(({ role }) => role !== 'registry' && role !== 'gateway')
    .map(({ name, role }) => ({
      name,
      health:
        role === 'service'
          ? { kind: 'http' as const, live: '/health/live', ready: '/health/ready' }
          : { kind: 'tcp' as const },
    }));
  const version = hashOf(JSON.stringify([services, more]));
  const system = { workspace, name: 'engine', version, services, routes: [], edges: [], ...more };
  return { workspace, name: 'engine', units, system };
}

export function platformUnit(role: Exclude<Unit['role'], 'service'>, env: Readonly<Record<string, string>> = {}): Unit {
  return {
    name: role,
    role,
    replicas: 1,
    program: { kind: 'platform' },
    env,
    port: undefined,
    limits: { memoryBytes: undefined, cpus: undefined },
    needs: [],
    hash: hashOf(role),
  };
}

export interface ServiceOptions {
  readonly directory: string;
  readonly command?: readonly string[];
  readonly prepare?: readonly (readonly string[])[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A service that runs a folder, as it is now. */
export async function serviceUnit(
  engine: Engine,
  name: string,
  { directory, command, prepare = [], env = {} }: ServiceOptions,
): Promise<Unit> {
  const content = await engine.contentOf({ service: name, directory, command, prepare });
  return {
    ...platformUnit('registry', env),
    name,
    role: 'service',
    program: { kind: 'folder', directory, content, command, prepare },
    hash: hashOf(content + JSON.stringify(env)),
  };
}

/** Where everything is of a system whose gateway takes whatever port is free. */
export function locate(engine: Engine, request: Partial<LocateRequest> = {}): Promise<Locations> {
  return engine.locate({
    gatewayPort: 'auto',
    gatewayBind: '127.0.0.1',
    edges: [],
    databases: [],
    ...request,
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
