import { roles, type Role } from '../../plan/desired.ts';
import type { Observation, ObservedInstance } from '../../plan/observation.ts';
import type { SupervisedInstance, SupervisorState } from '../../protocol/supervisor-api.ts';

/** A supervisor's picture of its system, as every engine gives it; without a supervisor there is nothing. */
export function observationOf(state: SupervisorState | undefined, artefacts: ReadonlySet<string>): Observation {
  return {
    ground: state !== undefined,
    instances: state?.instances.map((instance) => observedInstance(instance)) ?? [],
    artefacts,
    systemVersion: state?.systemVersion ?? undefined,
  };
}

function observedInstance(instance: SupervisedInstance): ObservedInstance {
  const { id, unit, index, hash, state, restarts, port } = instance;
  return {
    id,
    unit,
    role: roleOf(instance.role),
    index,
    hash,
    state,
    restarts,
    exitCode: instance.exitCode ?? undefined,
    startedAt: instance.startedAt ?? undefined,
    address: '127.0.0.1',
    port,
    published: `127.0.0.1:${port}`,
    secure: instance.secure ?? false,
    pid: instance.pid ?? undefined,
  };
}

function roleOf(text: string): Role {
  return roles.find((role) => role === text) ?? 'service';
}
