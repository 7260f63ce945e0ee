import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { git } from './git-repository.ts';
import { judge } from './judge.ts';
import { tempDir } from './temp-dir.ts';
import { writePrograms } from './write-programs.ts';

// Runs a Jenkinsfile on this machine. test/support/jenkins/RunJenkinsfile.groovy says what of that is as in Jenkins.

const folder = join(import.meta.dirname, 'jenkins');

export interface JenkinsRunOptions {
  /** A git repository with a Jenkinsfile; the tip of `branch` is run. */
  readonly repository: string;
  /** The branch that is built. */
  readonly branch: string;
  /** A change request for this branch, and not a run of a branch. */
  readonly target?: string;
  readonly number?: number;
  /** Started by the clock. */
  readonly byClock?: boolean;
  readonly parameters?: Readonly<Record<string, boolean>>;
  /** The run before, and those before it. */
  readonly previous?: FormerRun;
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What a person says who is asked; nobody agrees when left out. */
  readonly answer?: 'approve';
  /** A person ends the run when the command of this label prints this. */
  readonly abortAt?: { readonly label: string; readonly output: string };
  /** A newer run has passed this milestone. */
  readonly overtakenAt?: string;
  /** Stages that are not looked at, to save their time. */
  readonly leaveOut?: readonly string[];
  /** A folder for everything that the run leaves. */
  readonly scratch: string;
  /** What an agent has set for everything it runs. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Scripts that stand in for programs of an agent, by name. */
  readonly programs?: Readonly<Record<string, string>>;
}

interface FormerRun {
  readonly result: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly byClock?: boolean;
  readonly previous?: FormerRun;
}

interface JenkinsEvent {
  readonly kind: 'branch' | 'input' | 'junit' | 'lock' | 'milestone' | 'run' | 'sh' | 'stage' | 'trigger';
  /** `verify / check / orders`: stages and branches, the outermost first. */
  readonly place: string;
  readonly result?: string;
  /** Of commands: the status they ended with, the folder in the workspace, and the image they would have run in. */
  readonly label?: string;
  readonly status?: number;
  readonly folder?: string;
  readonly image?: string | null;
  readonly message?: string;
  readonly submitter?: string;
  readonly resource?: string;
  readonly cron?: string;
  readonly report?: string;
  readonly tests?: number;
  readonly failures?: number;
  readonly description?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface JenkinsRun {
  readonly result: string;
  readonly description: string;
  readonly events: readonly JenkinsEvent[];
  /** How stages and branches ended, by their places. */
  readonly results: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** The folder with what was archived, and the one with all workspaces. */
  readonly artifacts: string;
  readonly agent: string;
  /** Everything, for the message of a test that fails. */
  readonly log: string;
}

export interface JenkinsRunner extends AsyncDisposable {
  readonly run: (options: JenkinsRunOptions) => Promise<JenkinsRun>;
}

/** What runs Jenkinsfiles, compiled once for many runs; gone at the end of its `await using` scope. */
export async function jenkinsRunner(): Promise<JenkinsRunner> {
  const jars = join(dirname(judge('npm-groovy-lint')), '../npm-groovy-lint/lib/java/groovy/lib');
  const groovy = (await readdir(jars)).map((jar) => join(jars, jar)).join(':');
  const classes = await tempDir();
  const sources = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.groovy'));
  const compiler = ['org.codehaus.groovy.tools.FileSystemCompiler', '-d', classes.path];
  await java(groovy, [...compiler, ...sources.map((path) => join(folder, path))]);
  return {
    run: (options) => runJenkinsfile(options, (given) => java(`${classes.path}:${groovy}`, ['RunJenkinsfile', given])),
    [Symbol.asyncDispose]: () => classes[Symbol.asyncDispose](),
  };
}

async function runJenkinsfile(
  options: JenkinsRunOptions,
  start: (given: string) => Promise<string>,
): Promise<JenkinsRun> {
  const { repository, branch, target, scratch } = options;
  await mkdir(scratch, { recursive: true });
  const jenkinsfile = join(scratch, 'Jenkinsfile');
  await writeFile(jenkinsfile, `${await git(repository, 'show', `${branch}:Jenkinsfile`)}\n`);
  const given = {
    parameters: {},
    credentials: {},
    number: 1,
    executors: 2,
    leaveOut: [],
    ...options,
    jenkinsfile,
    ref: `refs/heads/${branch}`,
    commit: await git(repository, 'rev-parse', branch),
    branch: target === undefined ? branch : 'PR-7',
    environment: {
      ...options.variables,
      PATH: `${await writePrograms(join(scratch, 'bin'), options.programs ?? {})}:${process.env['PATH']}`,
      ...(target === undefined ? {} : { CHANGE_ID: '7', CHANGE_TARGET: target }),
    },
  };
  const file = join(scratch, 'given.json');
  await writeFile(file, JSON.stringify(given));
  const log = await start(file);
  const written = await readFile(join(scratch, 'events.jsonl'), 'utf8').catch(() => '');
  const lines = written.split('\n').filter((line) => line !== '');
  return summary({ events: lines.map((line): JenkinsEvent => JSON.parse(line)), log, scratch });
}

function summary({
  events,
  log,
  scratch,
}: Pick<JenkinsRun, 'events' | 'log'> & { readonly scratch: string }): JenkinsRun {
  const last = events.at(-1);
  if (last?.kind !== 'run' || last.result === 'INVALID') throw new Error(`the Jenkinsfile could not be run:\n${log}`);
  const ended = events.filter(({ kind }) => kind === 'stage' || kind === 'branch');
  return {
    result: last.result ?? '',
    description: last.description ?? '',
    events,
    results: Object.fromEntries(ended.map(({ place, result = '' }) => [place, result])),
    variables: last.variables ?? {},
    artifacts: join(scratch, 'artifacts'),
    agent: join(scratch, 'agent'),
    log,
  };
}

/** Java that is not given the time to become fast, which takes longer than what runs here. Groovy comes with npm-groovy-lint. */
async function java(classPath: string, args: readonly string[]): Promise<string> {
  const options = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classPath];
  return new Promise((resolve) => {
    execFile('java', [...options, ...args], { maxBuffer: 256 * 1024 * 1024 }, (_failure, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
