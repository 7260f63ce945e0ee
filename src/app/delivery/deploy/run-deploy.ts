import type { CallOutcome, DeployReport, ServiceOutcome } from '../../../delivery/deploy/deploy-report.ts';
import type { HookCall, ServicePlan } from '../../../delivery/deploy/plan-deploy.ts';
import type { Environment } from '../../../model/delivery.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CommandEnd, CommandRunner } from '../../../ports/command-runner.ts';
import type { CreateStopper, StopSignal } from '../../../ports/stop-signal.ts';

export interface DeployDeps {
  readonly runCommand: CommandRunner;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  /** Aborted by Ctrl-C, or when a pipeline is cancelled. */
  readonly signal: StopSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface DeployRun {
  readonly environment: Environment;
  /** Callees before their callers. */
  readonly plans: readonly ServicePlan[];
  /** The workspace's folder, absolute. */
  readonly root: string;
  /** How long one call of a hook may take. */
  readonly timeoutMs: number;
  readonly onCall: (call: HookCall) => void;
  readonly onLine: (call: HookCall, line: string) => void;
}

/** Releases service by service. What fails, or is interrupted, is taken back with everything before it, the last first. */
export async function runDeploy(deps: DeployDeps, run: DeployRun): Promise<DeployReport> {
  const release = new Release(deps, run);
  const reason = await release.forward();
  const stuck = reason === undefined ? [] : await release.back(release.touched);
  return release.report(reason, stuck);
}

/** Takes back what a release before has left, such as one that was cancelled hard. */
export async function runRollback(deps: DeployDeps, run: DeployRun): Promise<DeployReport> {
  const release = new Release(deps, run);
  const stuck = await release.back(run.plans);
  return release.report('it was asked for', stuck);
}

class Release {
  /** In the order in which they were begun. */
  readonly touched: ServicePlan[] = [];
  private readonly calls: CallOutcome[] = [];
  private readonly weights = new Map<string, number>();
  private readonly deps: DeployDeps;
  private readonly run: DeployRun;

  constructor(deps: DeployDeps, run: DeployRun) {
    this.deps = deps;
    this.run = run;
  }

  /** Why it could not go on; undefined: everything is deployed. */
  async forward(): Promise<string | undefined> {
    for (const plan of this.run.plans) {
      for (const call of plan.calls) {
        if (this.deps.signal.aborted) return 'it was interrupted';
        if (!this.touched.includes(plan)) this.touched.push(plan);
        const reason = await this.call(call, this.deps.signal);
        if (reason !== undefined) return reason;
        this.weights.set(plan.service, call.weight);
      }
    }
    return undefined;
  }

  /** Takes these back, the last first; gives those that could not be. Nothing interrupts it but the second Ctrl-C. */
  async back(plans: readonly ServicePlan[]): Promise<readonly ServicePlan[]> {
    const { signal } = this.deps.createStopper();
    const stuck: ServicePlan[] = [];
    for (const plan of plans.toReversed()) {
      if ((await this.call(plan.rollback, signal)) !== undefined) stuck.push(plan);
    }
    return stuck;
  }

  report(reason: string | undefined, stuck: readonly ServicePlan[]): DeployReport {
    const { environment, plans } = this.run;
    const isTaken = new Set(this.calls.filter(({ action }) => action === 'rollback').map(({ service }) => service));
    const services = plans.map((plan): ServiceOutcome => {
      const weight = this.weights.get(plan.service) ?? 0;
      if (stuck.includes(plan)) return { ...plan.image, weight, outcome: 'stuck' };
      if (isTaken.has(plan.service)) return { ...plan.image, weight, outcome: 'rolled-back' };
      return { ...plan.image, weight, outcome: this.touched.includes(plan) ? 'deployed' : 'untouched' };
    });
    return {
      environment: environment.name,
      strategy: environment.strategy,
      outcome: stuck.length > 0 ? 'stuck' : reason === undefined ? 'deployed' : 'rolled-back',
      reason,
      services,
      calls: this.calls,
    };
  }

  /** Runs one call; gives what went wrong. */
  private async call(call: HookCall, signal: StopSignal): Promise<string | undefined> {
    const { runCommand, clock, env } = this.deps;
    const { root, timeoutMs, onCall, onLine } = this.run;
    onCall(call);
    const startedAt = clock.now();
    const end = await runCommand({
      words: call.words,
      directory: root,
      env: { ...env, ...call.variables },
      timeoutMs,
      signal,
      onLine: (line) => onLine(call, line),
    });
    const result = describeEnd(end, timeoutMs);
    const succeeded = end.kind === 'exited' && end.code === 0;
    const { kind, service, weight } = call;
    const durationMs = Math.round(clock.now() - startedAt);
    this.calls.push({ action: kind, service, weight, succeeded, result, durationMs });
    if (succeeded) return undefined;
    return end.kind === 'stopped' ? 'it was interrupted' : `${nameOf(call)} ${result}`;
  }
}

/** A call as people speak of it: `the analysis of orders at 10 %`. */
export function nameOf({ kind, service, weight }: Pick<HookCall, 'kind' | 'service' | 'weight'>): string {
  if (kind === 'rollback') return `the rollback of ${service}`;
  return `the ${kind === 'analyse' ? 'analysis' : 'deployment'} of ${service} at ${weight} %`;
}

function describeEnd(end: CommandEnd, timeoutMs: number): string {
  if (end.kind === 'exited') return `ended with ${end.code}`;
  if (end.kind === 'killed') return `was ended by ${end.by}`;
  if (end.kind === 'not-started') return `could not be started: ${end.reason}`;
  return end.kind === 'timed-out' ? `did not end within ${timeoutMs / 1000} s` : 'was broken off';
}
