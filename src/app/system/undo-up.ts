import { MsaError } from '../../model/errors.ts';
import type { Operation } from '../../plan/operation.ts';
import { planDown } from '../../plan/plan-down.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { executePlan, type Execution, type Outcome } from './execute.ts';
import { failureLines } from './up-failure.ts';

interface Interrupted {
  readonly outcomes: readonly Outcome[];
  /** What the registry said before; undefined when it did not answer. */
  readonly before: WatchState | undefined;
  /** Whether anything of the system was there before. */
  readonly wasPresent: boolean;
}

/**
 * Takes back what an interrupted run has made. Where nothing was before, nothing is afterwards; else what was started goes
 * and the old system is told again. A unit whose old instances are gone already keeps its new ones.
 */
export async function undoUp(execution: Execution, { outcomes, before, wasPresent }: Interrupted): Promise<void> {
  const { engine } = execution;
  const observation = await engine.observe();
  const plan = wasPresent ? { operations: undoStarts(outcomes) } : planDown(observation, { data: false });
  const undone = await executePlan(plan, execution);
  const known = before?.system ?? undefined;
  if (wasPresent && known !== undefined) await (await engine.control())?.putSystem(known);
  const problems = failureLines(undone);
  if (problems.length === 0) return;
  throw new MsaError('MSA_INTERRUPTED', 'interrupted, and not everything that was begun could be taken back', {
    details: problems,
    hint: 'See what is left with msa ps, and stop it with msa down.',
  });
}

function undoStarts(outcomes: readonly Outcome[]): readonly Operation[] {
  const begun = outcomes.filter(({ state }) => state === 'done' || state === 'interrupted');
  const switched = new Set(begun.flatMap(({ operation }) => (operation.kind === 'stop' ? [operation.unit] : [])));
  return begun.flatMap(({ operation }): readonly Operation[] => {
    if (operation.kind !== 'start' || switched.has(operation.unit.name)) return [];
    const instance = `${operation.unit.name}-${operation.index}`;
    return [
      { kind: 'stop', id: `stop ${instance}`, instance, unit: operation.unit.name, cause: 'interrupted', needs: [] },
    ];
  });
}
