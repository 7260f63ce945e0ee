import { hideSecrets } from '../../../delivery/ci/hide-secrets.ts';
import { commandOf, type CiStep, type CiTask, type MsaStep } from '../../../delivery/ci/plan-run.ts';
import type { CiResult } from '../../../delivery/ci/run-report.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CommandEnd, CommandRunner } from '../../../ports/command-runner.ts';
import type { CreateStopper, StopSignal } from '../../../ports/stop-signal.ts';
import { joinPath } from '../../paths.ts';

export interface RunDeps {
  readonly runCommand: CommandRunner;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly signal: StopSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a command of msa; gives why it failed. */
  readonly msa: (step: MsaStep, context: StepContext) => Promise<string | undefined>;
  readonly onLine: (task: CiTask, line: string) => void;
}

export interface StepContext {
  readonly onLine: (line: string) => void;
  readonly signal: StopSignal;
}

export interface RunOptions {
  /** The workspace's folder. */
  readonly root: string;
  /** So many tasks of one job at once. */
  readonly parallel: number;
}

/** Runs tasks in their order; those of one job side by side, as far as they may. One that fails stops no other. */
export async function runTasks(
  deps: RunDeps,
  tasks: readonly CiTask[],
  { root, parallel }: RunOptions,
): Promise<readonly CiResult[]> {
  const results: CiResult[] = [];
  const hide = hideSecrets(deps.env);
  for (const job of new Set(tasks.map((task) => task.job))) {
    const own = tasks.filter((task) => task.job === job);
    results.push(...(await eachOf(own, parallel, (task) => runTask({ ...deps, hide }, task, root))));
  }
  return results;
}

/** Gives the results in the order of the items, whichever ends first. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  count: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    for (let index = next; index < items.length; index = next) {
      next += 1;
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  // All of them end, so that none goes on when one is interrupted.
  const turns = await Promise.allSettled(Array.from({ length: count }, takeTurns));
  for (const turn of turns) if (turn.status === 'rejected') throw turn.reason;
  return results;
}

interface TaskDeps extends RunDeps {
  readonly hide: (line: string) => string;
}

const keptLines = 40;

async function runTask(deps: TaskDeps, task: CiTask, root: string): Promise<CiResult> {
  const beganMs = deps.clock.now();
  const output: string[] = [];
  const onLine = (text: string): void => {
    const line = deps.hide(text);
    output.push(line);
    if (output.length > keptLines) output.shift();
    deps.onLine(task, line);
  };
  const directory = joinPath(root, task.folder);
  const run = (step: CiStep, signal: StopSignal): Promise<string | undefined> =>
    runStep(deps, step, { directory, onLine, signal });
  let reason: string | undefined;
  try {
    for (const step of task.steps) {
      deps.signal.throwIfAborted();
      reason = await run(step, deps.signal);
      if (reason !== undefined) break;
    }
  } finally {
    // Whatever was interrupted or failed: this is what takes it back.
    const left = task.undo === undefined ? undefined : await run(task.undo, deps.createStopper().signal);
    reason ??= left;
  }
  const { job, service } = task;
  const durationMs = Math.round(deps.clock.now() - beganMs);
  return { job, service, passed: reason === undefined, durationMs, reason: reason && deps.hide(reason), output };
}

interface StepPlace extends StepContext {
  readonly directory: string;
}

/** Gives why it failed; undefined when it did not. */
async function runStep(deps: TaskDeps, step: CiStep, place: StepPlace): Promise<string | undefined> {
  place.onLine(`$ ${commandOf(step).replaceAll('\n', '\n  ')}`);
  if (step.kind === 'msa') {
    const problem = await deps.msa(step, place);
    return problem === undefined ? undefined : `${step.name}: ${problem}`;
  }
  const end = await deps.runCommand({
    words: ['sh', '-e', '-c', step.run],
    directory: place.directory,
    env: { ...deps.env, CI: 'true' },
    timeoutMs: undefined,
    signal: place.signal,
    endsWhole: true,
    onLine: place.onLine,
  });
  place.signal.throwIfAborted();
  return end.kind === 'exited' && end.code === 0 ? undefined : `${step.name}: ${describe(end)}`;
}

function describe(end: CommandEnd): string {
  if (end.kind === 'exited') return `it ended with exit code ${end.code}`;
  if (end.kind === 'not-started') return end.reason;
  return end.kind === 'killed' ? `it was ended by ${end.by}` : 'it was broken off';
}
