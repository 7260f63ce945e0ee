import type { MsaError } from '../../model/errors.ts';
import type { EngineChoice } from '../../model/workspace.ts';
import type { Desired } from '../../plan/desired.ts';
import type { Plan } from '../../plan/operation.ts';
import { withCallees } from '../../plan/select-services.ts';
import type { EngineKind } from '../../ports/engine.ts';
import { findService } from '../find-service.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { bringUp } from './bring-up.ts';
import { chooseEngine, type ChosenEngine } from './choose-engine.ts';
import { placeOf } from './place-of.ts';
import { prepareUp, type PreparedUp, type Wishes } from './prepare-up.ts';
import type { SystemDeps } from './system-deps.ts';

export interface UpRequest {
  /** Only these; empty: all. */
  readonly services: readonly string[];
  /** Whether what they call is brought up too. */
  readonly callees: boolean;
  readonly except: readonly string[];
  readonly engine: EngineChoice | undefined;
  /** Undefined: what msa.yaml says. */
  readonly port: number | 'auto' | undefined;
  readonly rebuild: boolean;
  readonly timeoutMs: number;
  readonly dryRun: boolean;
  /** Told as soon as it is known. */
  readonly onEngine?: (kind: EngineKind, why: string) => void;
}

export interface UpResult {
  readonly engine: EngineKind;
  readonly plan: Plan;
  readonly desired: Desired;
  readonly publicUrl: string;
  /** Undefined when the registry does not answer, and after a dry run of a system that does not run. */
  readonly registryUrl: string | undefined;
  /** Everything that went wrong; what works goes on. */
  readonly failure: MsaError | undefined;
}

/** Brings the system to what msa.yaml says, and waits until it is ready. */
export async function up(deps: SystemDeps, opened: OpenWorkspace, request: UpRequest): Promise<UpResult> {
  const wishes = wishesOf(opened, request);
  const place = await placeOf(deps, opened);
  const work = async (): Promise<UpResult> => {
    const chosen = await chooseEngine(deps.engines, place, { flag: request.engine, file: opened.workspace.engine });
    request.onEngine?.(chosen.engine.kind, chosen.why);
    try {
      const subject = { ...chosen, opened, place };
      const prepared = await prepareUp(deps, subject, wishes);
      if (request.dryRun || prepared.plan.operations.length === 0) return await resultOf(chosen, prepared, undefined);
      const { failure } = await bringUp(deps, { subject, prepared, timeoutMs: request.timeoutMs });
      return await resultOf(chosen, prepared, failure);
    } finally {
      chosen.engine.disconnect();
    }
  };
  return request.dryRun ? work() : deps.locks.hold(place.workspace, work);
}

function wishesOf(opened: OpenWorkspace, request: UpRequest): Wishes {
  const { services, callees, except, port, rebuild } = request;
  for (const name of [...services, ...except]) findService(opened, name);
  const all = opened.workspace.services;
  const selected = services.length === 0 ? undefined : callees ? withCallees(all, services) : new Set(services);
  return {
    selected,
    except: new Set(except),
    replicas: new Map(),
    restart: new Set(),
    rebuild,
    gatewayPort: port,
  };
}

async function resultOf(
  { engine }: ChosenEngine,
  { desired, plan, locations }: PreparedUp,
  failure: MsaError | undefined,
): Promise<UpResult> {
  const control = await engine.control();
  return { engine: engine.kind, plan, desired, publicUrl: locations.publicUrl, registryUrl: control?.url, failure };
}
