import { MsaError } from '../../model/errors.ts';
import type { Desired } from '../../plan/desired.ts';
import { unitOf, type Operation, type Plan } from '../../plan/operation.ts';
import type { OperationError, ProgressEvent } from '../../protocol/events.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import { awaitHealthy, type WaitDeps } from './await-healthy.ts';

/** What became of an operation. An interrupted one may have been half done. */
export type Outcome =
  | { readonly operation: Operation; readonly state: 'done' | 'interrupted' }
  | { readonly operation: Operation; readonly state: 'failed'; readonly error: Error }
  | { readonly operation: Operation; readonly state: 'skipped'; readonly because: string };

export interface Execution extends WaitDeps {
  readonly desired: Desired;
  readonly signal: StopSignal;
  readonly report: (event: ProgressEvent) => void;
}

/**
 * Carries out a plan, everything as soon as what it needs is done. It decides nothing: of what fails the dependents are
 * skipped and the rest goes on, and once the signal is aborted nothing more is begun. Never throws.
 */
export async function executePlan({ operations }: Plan, execution: Execution): Promise<readonly Outcome[]> {
  execution.report({
    type: 'plan',
    engine: execution.engine.kind,
    operations: operations.map((operation) => {
      const { id, kind, cause, needs } = operation;
      return { id, kind, unit: unitOf(operation) ?? null, cause, needs };
    }),
  });
  const outcomes = new Map<string, Promise<Outcome>>();
  // What an operation needs stands before it in the plan.
  for (const operation of operations) {
    const needed = operation.needs.flatMap((id) => outcomes.get(id) ?? []);
    outcomes.set(operation.id, carryOut(operation, needed, execution));
  }
  return Promise.all(outcomes.values());
}

async function carryOut(
  operation: Operation,
  needed: readonly Promise<Outcome>[],
  execution: Execution,
): Promise<Outcome> {
  const { signal, report } = execution;
  const { id } = operation;
  const missing = (await Promise.all(needed)).find(({ state }) => state !== 'done');
  if (missing !== undefined || signal.aborted) {
    const because = signal.aborted ? 'interrupted' : reasonOf(missing);
    report({ type: 'operation', id, state: 'skipped', because });
    return { operation, state: 'skipped', because };
  }
  report({ type: 'operation', id, state: 'started' });
  try {
    await perform(operation, execution);
    report({ type: 'operation', id, state: 'done' });
    return { operation, state: 'done' };
  } catch (thrown) {
    if (signal.aborted) {
      report({ type: 'operation', id, state: 'skipped', because: 'interrupted' });
      return { operation, state: 'interrupted' };
    }
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    report({ type: 'operation', id, state: 'failed', error: describeOperationError(error) });
    return { operation, state: 'failed', error };
  }
}

function perform(operation: Operation, execution: Execution): Promise<void> {
  const { engine, desired, signal, report } = execution;
  if (operation.kind === 'await') return awaitHealthy(execution, operation, signal);
  const tell = (line: string): void => report({ type: 'output', id: operation.id, line });
  const notify = (text: string): void => report({ type: 'notice', id: operation.id, text });
  return engine.perform(operation, { desired, signal, report: tell, notify });
}

function reasonOf(missing: Outcome | undefined): string {
  if (missing === undefined) return '';
  return `${missing.operation.id} ${missing.state === 'failed' ? 'failed' : 'was skipped'}`;
}

function describeOperationError(error: Error): OperationError {
  if (!(error instanceof MsaError)) return { message: error.message, details: [] };
  const { message, hint, details } = error;
  return { message, details, ...(hint === undefined ? {} : { hint }) };
}
