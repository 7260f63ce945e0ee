import { prepareRun, type PreparedRun } from '../../app/delivery/ci/prepare-run.ts';
import { refuseRunning } from '../../app/delivery/ci/refuse-running.ts';
import { runTasks } from '../../app/delivery/ci/run-tasks.ts';
import { openJUnitFile } from '../../app/delivery/junit-file.ts';
import { ciJobs, commandOf, type CiStep, type CiTask } from '../../delivery/ci/plan-run.ts';
import { runSuites, type CiResult } from '../../delivery/ci/run-report.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { countOption, isSet, listOption, textArguments, textOption } from '../arguments/option-values.ts';
import { runWithin } from '../delivery/run-within.ts';
import type { Deps } from '../deps.ts';
import { createLogPrefix } from '../render/log-prefix.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** Runs here what the pipeline would run for a change. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const parallel = countOption(input, 'parallel', { least: 1, most: 64 }) ?? 1;
  const writeSuites = await openJUnitFile(deps.files, deps.directory, textOption(input, 'junit'));
  const prepared = await prepare(input, deps);
  const { tasks, opened } = prepared;
  if (isSet(input, 'dryRun'))
    return { data: { dryRun: true, tasks: tasks.map(describeTask) }, text: renderPlan(tasks) };
  if (tasks.some(({ job }) => job === 'system')) await refuseRunning(deps, opened);
  const prefixOf = createPrefix(tasks, deps.colors);
  const results = await runTasks(
    {
      ...deps,
      msa: (step, context) => runWithin(deps, step, context),
      onLine: (task, line) => deps.say(`${prefixOf(task)}${line}`),
    },
    tasks,
    { root: opened.root, parallel },
  );
  await writeSuites(runSuites(results));
  const failed = results.filter(({ passed }) => !passed);
  const result = { data: { tasks: results.map(describeResult) }, text: renderResults(results, deps.colors) };
  return failed.length === 0 ? result : { ...result, failure: failureOf(failed, results.length) };
}

function prepare(input: CommandInput, deps: Deps): Promise<PreparedRun> {
  const [wanted] = textArguments(input, 0);
  const [services, range, all] = [listOption(input, 'service'), textOption(input, 'range'), isSet(input, 'all')];
  if (services.length > 0 && all) throw new MsaError('MSA_USAGE', '--service and --all choose two different things');
  if (range !== undefined && all) throw new MsaError('MSA_USAGE', '--range and --all choose two different things');
  const jobs = ciJobs.filter((job) => wanted === undefined || job === wanted);
  return prepareRun(deps, { jobs, services, range, all, keep: isSet(input, 'keep') });
}

function titleOf({ job, service }: Pick<CiTask, 'job' | 'service'>): string {
  return service === undefined ? job : `${job} ${service}`;
}

function createPrefix(tasks: readonly CiTask[], colors: Colors): (task: CiTask) => string {
  const titles = tasks.map(titleOf);
  const prefix = createLogPrefix(titles, titles, colors);
  return (task) => prefix(titleOf(task));
}

function describeTask({ job, service, folder, steps, undo }: CiTask): object {
  return {
    job,
    service: service ?? null,
    folder,
    steps: steps.map(describeStep),
    undo: undo === undefined ? null : describeStep(undo),
  };
}

function describeStep(step: CiStep): object {
  return { name: step.name, run: commandOf(step) };
}

function describeResult({ job, service, passed, durationMs, reason }: CiResult): object {
  return { job, service: service ?? null, result: passed ? 'passed' : 'failed', durationMs, reason: reason ?? null };
}

const nothing = 'This change touches nothing that a pipeline would run.';

function renderPlan(tasks: readonly CiTask[]): string {
  if (tasks.length === 0) return nothing;
  return tasks
    .map((task) => {
      const steps = [...task.steps, ...(task.undo === undefined ? [] : [task.undo])];
      const lines = steps.map((step) => `  ${step.name}: ${commandOf(step).replaceAll('\n', '\n    ')}`);
      return [`${titleOf(task)}${task.folder === '.' ? '' : ` (in ${task.folder})`}`, ...lines].join('\n');
    })
    .join('\n');
}

function renderResults(results: readonly CiResult[], colors: Colors): string {
  if (results.length === 0) return nothing;
  const rows = results.map(({ job, service, passed, durationMs, reason = '' }) => [
    job,
    service ?? '',
    passed ? colors.green('passed') : colors.red('failed'),
    `${(durationMs / 1000).toFixed(1)} s`,
    reason.split('\n')[0] ?? '',
  ]);
  return renderTable(['JOB', 'SERVICE', 'RESULT', 'TIME', 'WHY'], rows, colors);
}

function failureOf(failed: readonly CiResult[], count: number): MsaError {
  const [first] = failed;
  const again =
    first === undefined ? '' : ` ${first.job}${first.service === undefined ? '' : ` --service ${first.service}`}`;
  return new MsaError('MSA_CI_FAILED', `${failed.length} of ${count} failed: ${failed.map(titleOf).join(', ')}`, {
    hint: `Once more: msa ci run${again}`,
  });
}
