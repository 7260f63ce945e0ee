import { chooseEntryLinks, chooseLinks } from '../../../delivery/smoke/links.ts';
import { judgeHealth } from '../../../delivery/smoke/health.ts';
import { createSmokeReport, type SmokeCheck, type SmokeReport } from '../../../delivery/smoke/report.ts';
import { findTargets, type SmokeTarget } from '../../../delivery/smoke/targets.ts';
import { MsaError } from '../../../model/errors.ts';
import type { HeaderField } from '../../../ports/http-caller.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { WatchState } from '../../../protocol/watch.ts';
import { firstState, requireControl } from '../../operate/first-state.ts';
import { gatewayAddress } from '../../operate/call/gateway-address.ts';
import type { RunningSystem } from '../../system/find-running.ts';
import { createAsker, type Asker, type SmokeDeps } from './smoke-asker.ts';

export interface SmokeOptions {
  /** Those to be looked at. */
  readonly services: readonly string[];
  /** Whether what belongs to no service is looked at too. */
  readonly isWhole: boolean;
  /** Of which no instance is meant to run. */
  readonly resting: ReadonlySet<string>;
  /** Sent with every request. */
  readonly headers: readonly HeaderField[];
  /** For each request with its answer. */
  readonly timeoutMs: number;
}

/** So many requests are under way at once: a test, not a load. */
const lanes = 4;

/** Asks a running system for everything it offers from outside, once, and says what came. */
export async function smokeTest(
  deps: SmokeDeps,
  { engine, observation }: RunningSystem,
  options: SmokeOptions,
): Promise<SmokeReport> {
  const state = await firstState(await requireControl(engine), deps.signal);
  if (state.system === null)
    throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry holds no system yet', { hint: 'msa up' });
  const gateway = gatewayAddress(observation);
  const asker = createAsker(deps, { gateway, state, system: state.system, ...options });
  const startedAt = deps.clock.date().toISOString();
  const beganMs = deps.clock.now();
  const { services, isWhole, resting } = options;
  const targets = findTargets(state.system, { services: isWhole ? [] : services, resting });
  const entry = { kind: 'entry', name: 'GET /', path: '/', choose: chooseEntryLinks } as const;
  const asked = [
    ...(targets.some(({ name }) => name === entry.name) ? [] : [() => asker.ask(entry)]),
    ...targets.map((target) => () => tryTarget(asker, target)),
  ];
  const answered = await inLanes(asked, deps.signal);
  const checks = [...healthOf(state, options), ...answered.flat()];
  return createSmokeReport({
    engine: engine.kind,
    origin: gateway.origin,
    startedAt,
    durationMs: Math.round(deps.clock.now() - beganMs),
    checks,
  });
}

function healthOf({ instances }: WatchState, { services, resting }: SmokeOptions): readonly SmokeCheck[] {
  return services.map((service) => ({
    kind: 'health',
    name: `${service} is healthy`,
    services: [service],
    ...judgeHealth(service, instances, resting.has(service)),
    url: undefined,
    durationMs: 0,
    requestId: undefined,
  }));
}

async function tryTarget(asker: Asker, { name, services, route, plan }: SmokeTarget): Promise<readonly SmokeCheck[]> {
  if (plan.kind === 'request')
    return asker.ask({ kind: 'route', name, services, route, rules: plan.rules, ...plan.request, choose: chooseLinks });
  const { reason } = plan;
  return [
    { kind: 'route', name, services, outcome: 'untried', reason, url: undefined, durationMs: 0, requestId: undefined },
  ];
}

/** The results in the order of the tasks, whoever of them was first. */
async function inLanes<Result>(tasks: readonly (() => Promise<Result>)[], signal: StopSignal): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = tasks.entries();
  const lane = async (): Promise<void> => {
    for (const [index, task] of waiting) {
      signal.throwIfAborted();
      results[index] = await task();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
