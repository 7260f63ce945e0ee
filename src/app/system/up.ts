import type { MsaError } from '../../model/errors.ts';
import type { EngineChoice } from '../../model/workspace.ts';
import type { Desired } from '../../plan/desired.ts';
import type { Plan } from '../../plan/operation.ts';
import { withCallees } from '../../plan/select-services.ts';
import type { EngineKind } from '../../ports/engine.ts';
import { findService } from '../find-service.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { bringUp } from './bring-up.ts';
import { chooseEngine } from './choose-engine.ts';
import { isPresent } from './find-running.ts';
import { formerSystems } from './former-systems.ts';
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
  /** What clients have to trust first; undefined when there is nothing like that. */
  readonly authorityFile: string | undefined;
  /** Undefined when the registry does not answer, and after a dry run of a system that does not run. */
  readonly registryUrl: string | undefined;
  /** Everything that went wrong; what works goes on. */
  readonly failure: MsaError | undefined;
  /** What else runs of this folder, as sentences. */
  readonly remarks: readonly string[];
}

/** Brings the system to what msa.yaml says, and waits until it is ready. */
export async function up(deps: SystemDeps, opened: OpenWorkspace, request: UpRequest): Promise<UpResult> {
  const wishes = wishesOf(opened, request);
  const { timeoutMs } = request;
  const place = await placeOf(deps, opened);
  const work = async (): Promise<UpResult> => {
    const chosen = await chooseEngine(deps.engines, place, { flag: request.engine, file: opened.workspace.engine });
    request.onEngine?.(chosen.engine.kind, chosen.why);
    try {
      const subject = { ...chosen, opened, place };
      const prepared = await prepareUp(deps, subject, wishes);
      const isDone = request.dryRun || prepared.plan.operations.length === 0;
      const done = isDone ? nothingDone(prepared) : await carryOut(deps, { subject, prepared, timeoutMs });
      const { desired, plan, locations } = prepared;
      const remarks = isPresent(chosen) ? [] : await formerSystems(deps.engines, place);
      const { publicUrl } = locations;
      const isLocal = opened.workspace.gateway.tls?.kind === 'local';
      const authorityFile = isLocal ? deps.certificates.authorityFile : undefined;
      return { engine: chosen.engine.kind, plan, desired, publicUrl, authorityFile, ...done, remarks };
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
    isDry: request.dryRun,
  };
}

type Done = Pick<UpResult, 'registryUrl' | 'failure'>;

function nothingDone({ registryUrl }: PreparedUp): Done {
  return { registryUrl, failure: undefined };
}

async function carryOut(deps: SystemDeps, what: Parameters<typeof bringUp>[1]): Promise<Done> {
  const { failure } = await bringUp(deps, what);
  // Where Docker went away, what failed says so; that nothing more can be asked would only hide it.
  const control = await what.subject.engine.control().catch((error: unknown) => {
    if (failure === undefined) throw error;
    return undefined;
  });
  return { registryUrl: control?.url, failure };
}
