import type { Workspace } from '../../model/workspace.ts';
import type { ObservedInstance } from '../../plan/observation.ts';
import type { Engine, EngineKind, Place } from '../../ports/engine.ts';
import type { Engines } from '../../ports/engines.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { Instance, InstanceStatus } from '../../protocol/instances.ts';
import type { System } from '../../protocol/system.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { gatewayAddress } from '../operate/call/gateway-address.ts';
import { keepRunning, lookAtEngines, unseenIn } from './find-running.ts';
import { formerSystems } from './former-systems.ts';
import { hearRegistry } from './hear-registry.ts';
import { routingDiffers } from './routing-differs.ts';

/** An instance as the engine sees it, and what the registry says of its health. */
export interface ListedInstance extends Pick<
  ObservedInstance,
  'id' | 'unit' | 'role' | 'state' | 'restarts' | 'address' | 'port'
> {
  readonly exitCode: number | null;
  readonly startedAt: string | null;
  readonly published: string | null;
  readonly pid: number | null;
  /** Null for the platform's own, and while the registry does not answer. */
  readonly status: InstanceStatus | null;
  /** Why the last probe failed; empty when it did not. */
  readonly problem: string;
}

export interface SystemListing {
  readonly workspace: string;
  /** Null when nothing runs. */
  readonly engine: EngineKind | null;
  /** How the gateway is reached; null when it does not run. */
  readonly url: string | null;
  readonly registryUrl: string | null;
  readonly instances: readonly ListedInstance[];
  /** True when services, routes, calls or filters are not those that run. Changed files of services are not looked at. */
  readonly isOutdated: boolean;
  /** What the list may lack, as sentences. */
  readonly remarks: readonly string[];
}

interface Question {
  readonly place: Place;
  /** Undefined when msa.yaml cannot be read. */
  readonly declared: { readonly workspace: Workspace; readonly filters: ReadonlyMap<string, string> } | undefined;
}

/** What there is of a system. Nothing running is an answer like any other. */
export async function listSystem(
  engines: Engines,
  { place, declared }: Question,
  signal: StopSignal,
): Promise<SystemListing> {
  const looks = await lookAtEngines(engines, place);
  const running = keepRunning(looks);
  if (running === undefined) {
    const remarks = [...unseenIn(looks), ...(await formerSystems(engines, place))];
    return { ...nothing, workspace: place.workspace, remarks };
  }
  const { engine, observation } = running;
  try {
    const { state, url } = await lookIntoRegistry(engine, signal);
    const rows = new Map(state?.instances.map((row) => [row.id, row]));
    const hasGateway = observation.instances.some(({ role, state: found }) => role === 'gateway' && found !== 'gone');
    return {
      workspace: place.workspace,
      engine: engine.kind,
      url: hasGateway ? gatewayAddress(observation).origin : null,
      registryUrl: url ?? null,
      instances: observation.instances.map((instance) => listed(instance, rows.get(instance.id))).toSorted(byRole),
      isOutdated: declared !== undefined && isOutdated(declared, state?.system ?? undefined),
      remarks: [],
    };
  } finally {
    engine.disconnect();
  }
}

function isOutdated({ workspace, filters }: NonNullable<Question['declared']>, system: System | undefined): boolean {
  return routingDiffers(workspace, system, filters);
}

const nothing = { engine: null, url: null, registryUrl: null, instances: [], isOutdated: false };

interface Heard {
  readonly state: WatchState | undefined;
  readonly url: string | undefined;
}

async function lookIntoRegistry(engine: Engine, signal: StopSignal): Promise<Heard> {
  const control = await engine.control();
  return { state: control && (await hearRegistry(control, signal)), url: control?.url };
}

function listed(instance: ObservedInstance, row: Instance | undefined): ListedInstance {
  const { index: _number, hash: _made, exitCode, startedAt, published, pid, ...rest } = instance;
  return {
    ...rest,
    exitCode: exitCode ?? null,
    startedAt: startedAt ?? null,
    published: published ?? null,
    pid: pid ?? null,
    status: row?.status ?? null,
    problem: row?.problem ?? '',
  };
}

/** The platform first, then services by name. */
function byRole(left: ListedInstance, right: ListedInstance): number {
  const order = Number(left.role === 'service') - Number(right.role === 'service');
  return order === 0 ? left.id.localeCompare(right.id, 'en', { numeric: true }) : order;
}
