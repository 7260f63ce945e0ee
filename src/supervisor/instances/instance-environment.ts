import { join } from 'node:path';

import { programVariables } from '../../protocol/programs.ts';
import { markerVariables, type LaunchRequest } from '../../protocol/supervisor-api.ts';

/** What only the supervisor knows of the variables of an instance. */
export interface EnvironmentFacts {
  readonly workspace: string;
  readonly port: number;
  readonly registryToken: string;
  readonly gatewayAdminPort: number;
  readonly stateDirectory: string;
}

/** All variables of a run. */
export function environmentOf(request: LaunchRequest, facts: EnvironmentFacts): Readonly<Record<string, string>> {
  const { id, host, env } = request;
  return {
    ...env,
    [programVariables.port]: String(facts.port),
    [programVariables.host]: host,
    [programVariables.instanceId]: id,
    ...platformVariables(request, facts),
    [markerVariables.workspace]: facts.workspace,
    [markerVariables.instance]: id,
  };
}

function platformVariables({ id, role }: LaunchRequest, facts: EnvironmentFacts): Readonly<Record<string, string>> {
  if (role !== 'registry' && role !== 'gateway') return {};
  return {
    [programVariables.registryToken]: facts.registryToken,
    [programVariables.stateFile]: stateFileOf(facts.stateDirectory, id),
    ...(role === 'gateway' && { [programVariables.adminPort]: String(facts.gatewayAdminPort) }),
  };
}

/** Where a program of ours keeps its last known state. */
export function stateFileOf(stateDirectory: string, id: string): string {
  return join(stateDirectory, `${id}.json`);
}
