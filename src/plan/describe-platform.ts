import { registryPort } from '../protocol/ports.ts';
import { programVariables } from '../protocol/programs.ts';
import { gatewayPort } from './containers.ts';
import type { Unit } from './desired.ts';
import type { Facts } from './facts.ts';
import { gatewayProcesses } from './gateway-processes.ts';
import { stores, storesOf } from './stores.ts';
import { unitHash } from './unit-hash.ts';

const noLimits = { memoryBytes: undefined, cpus: undefined };

/**
 * The units of ours: registry, gateway, and the stores that services ask for, those that run elsewhere too. Routes and
 * edges are applied while they run, so they are no part of what makes an instance stale; the ports they are reached on
 * and our own version are.
 */
export function describePlatform(facts: Facts): readonly Unit[] {
  const { locations, workspace, platformVersion, sha256, certificate } = facts;
  const platform = (unit: Pick<Unit, 'name' | 'role' | 'env' | 'port' | 'certificate'>, published?: object): Unit => {
    const whole = { ...unit, replicas: 1, program: { kind: 'platform' }, limits: noLimits, needs: [] } as const;
    return { ...whole, hash: unitHash(whole, sha256, { platformVersion, published }) };
  };
  return [
    platform({ name: 'registry', role: 'registry', env: {}, port: registryPort }),
    platform(
      {
        name: 'gateway',
        role: 'gateway',
        env: {
          [programVariables.registryUrl]: locations.registryUrl,
          [programVariables.publicUrl]: locations.publicUrl,
          [programVariables.redisUrl]: locations.redisUrl,
          ...gatewayProcesses(workspace),
        },
        port: gatewayPort,
        ...(certificate && { certificate }),
      },
      { port: locations.gatewayPort, bind: workspace.gateway.bind },
    ),
    ...storesOf(workspace).map((store) => describeStore(store, facts)),
  ];
}

function describeStore(store: 'redis' | 'postgres', { sha256 }: Facts): Unit {
  const { image, port } = stores[store];
  const unit = {
    name: store,
    role: store,
    replicas: 1,
    program: { kind: 'image', image, command: undefined },
    env: {},
    port,
    limits: noLimits,
    needs: [],
  } as const;
  return { ...unit, hash: unitHash(unit, sha256) };
}
