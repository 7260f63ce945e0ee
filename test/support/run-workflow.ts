import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { actionPins } from '../../src/delivery/pins/pins.ts';
import { judge } from './judge.ts';
import { runToEnd } from './run-to-end.ts';
import { writePrograms } from './write-programs.ts';

// Runs a workflow of GitHub on this machine, with act: its own expressions, matrices, conditions and shells, each job in a folder
// of its own. Nothing comes from a network: test/support/actions stands in for the actions, and says how each differs.

const execute = promisify(execFile);
const actions = join(import.meta.dirname, 'actions');

interface WorkflowEvent {
  /** The checked out branch of `repository` is merged into this commit, or is pushed over it. */
  readonly name: 'pull_request' | 'push';
  readonly base: string;
}

interface WorkflowOptions {
  /** A git repository; its checked out commit is run. */
  readonly repository: string;
  /** Below it. */
  readonly workflow: string;
  readonly event: WorkflowEvent;
  /** A folder for everything that the run leaves. */
  readonly scratch: string;
  /** Only this job and what it needs. */
  readonly job?: string;
  /** For every step. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Scripts that stand in for programs of GitHub's machines, by name. */
  readonly programs?: Readonly<Record<string, string>>;
}

type StepResult = 'success' | 'failure';

/** A job, or one of the legs of its matrix. Jobs that were skipped are not among them. */
interface JobRun {
  /** `check-node orders`: the key of the job and the values of its matrix that name the leg. */
  readonly name: string;
  readonly succeeded: boolean;
  /** By the names of the steps; those that did not run are not among them. */
  readonly steps: ReadonlyMap<string, StepResult>;
  readonly output: string;
}

export interface WorkflowRun {
  readonly succeeded: boolean;
  readonly jobs: ReadonlyMap<string, JobRun>;
  /** The folder with a folder for each artifact. */
  readonly artifacts: string;
  /** Everything, for the message of a test that fails. */
  readonly log: string;
}

interface LogLine {
  readonly jobID?: string;
  readonly job?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly msg: string;
  readonly level?: string;
  readonly raw_output?: boolean;
  readonly stage?: string;
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stepResult?: StepResult;
}

export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const { repository, workflow, event, scratch, job, variables = {} } = options;
  const artifacts = join(scratch, 'artifacts');
  await rm(artifacts, { recursive: true, force: true });
  const programs = await writePrograms(join(scratch, 'bin'), { bash, ...options.programs });
  const eventFile = join(scratch, 'event.json');
  await mkdir(artifacts, { recursive: true });
  await writeFile(eventFile, JSON.stringify(await payload(repository, event)));
  const none = ['--secret-file', '--var-file', '--env-file', '--input-file'].flatMap((flag) => [flag, '/dev/null']);
  const environment = [
    `TEST_REPOSITORY=${repository}`,
    `TEST_ARTIFACTS=${artifacts}`,
    // What a cache of GitHub's would spare.
    'npm_config_prefer_offline=true',
    `PATH=${programs}:${process.env['PATH']}`,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ].flatMap((variable) => ['--env', variable]);
  const args = [
    [event.name, '--directory', repository, '--workflows', join(repository, workflow), '--no-recurse'],
    ['--eventpath', eventFile, '--json', '--no-skip-checkout', '--no-cache-server', '--concurrent-jobs', '2'],
    ['--platform', 'ubuntu-24.04=-self-hosted', '--action-cache-path', join(scratch, 'act')],
    job === undefined ? [] : ['--job', job],
    none,
    environment,
    await standIns(),
  ].flat();
  const outcome = await act(args);
  return { succeeded: outcome.succeeded, jobs: readJobs(outcome.log), artifacts, log: readable(outcome.log) };
}

/** For every action that we pin: the one that stands in for it, if there is any. */
async function standIns(): Promise<readonly string[]> {
  const present = new Set(await readdir(actions));
  return Object.entries(actionPins).flatMap(([name, { commit }]) => {
    const own = name.slice(name.indexOf('/') + 1);
    return present.has(own) ? ['--local-repository', `${name}@${commit}=${join(actions, own)}`] : [];
  });
}

async function payload(repository: string, { name, base }: WorkflowEvent): Promise<object> {
  const { stdout } = await execute('git', ['-C', repository, 'rev-parse', 'HEAD']);
  const shared = { repository: { default_branch: 'main', full_name: 'acme/shop', visibility: 'private' } };
  if (name === 'push') return { ...shared, ref: 'refs/heads/main', before: base, after: stdout.trim() };
  const pullRequest = { number: 7, base: { sha: base, ref: 'main' }, head: { sha: stdout.trim(), ref: 'change' } };
  return { ...shared, number: 7, pull_request: pullRequest };
}

/** act gives each step a terminal, which GitHub's machines do not. */
const bash = `#!/bin/bash
/bin/bash "$@" </dev/null 2>&1 | cat
exit "\${PIPESTATUS[0]}"
`;

async function act(
  args: readonly string[],
): Promise<{ readonly succeeded: boolean; readonly log: readonly LogLine[] }> {
  const options = { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, NO_COLOR: '1' } };
  const { succeeded, stdout, stderr } = await runToEnd(judge('act'), args, options);
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return {
    succeeded,
    log: lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as LogLine) : { msg: `${line}\n` })),
  };
}

function readJobs(log: readonly LogLine[]): ReadonlyMap<string, JobRun> {
  const jobs = new Map<string, { name: string; succeeded: boolean; steps: Map<string, StepResult>; output: string }>();
  for (const line of log) {
    const name = nameOf(line);
    if (name === undefined) continue;
    const job = jobs.get(name) ?? { name, succeeded: true, steps: new Map(), output: '' };
    jobs.set(name, job);
    if (line.raw_output === true) job.output += line.msg;
    if (line.stepResult === 'failure' || line.level === 'error') job.succeeded = false;
    // Steps inside of an action have the action's identity before their own.
    if (line.stage === 'Main' && line.stepResult !== undefined && line.stepID?.length === 1)
      job.steps.set(line.step ?? '', line.stepResult);
  }
  return jobs;
}

/** The values of our matrices that are no lists: a leg is named by the service it is of. */
function nameOf({ jobID, matrix = {} }: LogLine): string | undefined {
  if (jobID === undefined) return undefined;
  const { service } = matrix;
  return typeof service === 'string' ? `${jobID} ${service}` : jobID;
}

function readable(log: readonly LogLine[]): string {
  return log.map((line) => `[${nameOf(line) ?? ''}] ${line.msg.trimEnd()}\n`).join('');
}
