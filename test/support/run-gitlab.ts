import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { git } from './git-repository.ts';
import { judge } from './judge.ts';
import { runToEnd } from './run-to-end.ts';
import { writePrograms } from './write-programs.ts';

// Runs jobs of a pipeline for GitLab on this machine, with gitlab-ci-local: its own rules, includes, inheritance, variables and
// artifacts. Each job has a clone of its own and runs in the shell of this machine, since the images of jobs cannot be pulled here:
// the names of images are taken out of the clone. What the runner does not do, a parent pipeline that starts another, the test does.

/** Whether rsync is installed, with which gitlab-ci-local copies. Where judges are required, so is this. */
export const hasRsync = ((): boolean => {
  try {
    execFileSync('rsync', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['MSA_REQUIRE_JUDGES'] === '1')
      throw new Error('MSA_REQUIRE_JUDGES is set and there is no rsync: apt-get install rsync');
    process.stderr.write('Runs of pipelines for GitLab are skipped: there is no rsync.\n');
    return false;
  }
})();

export interface JobRequest {
  /** A git repository; its checked out commit is run. */
  readonly repository: string;
  /** The pipeline: a file of this repository, or the text of one. */
  readonly pipeline: { readonly file: string } | { readonly text: string };
  readonly job: string;
  /** Those that GitLab would set, beside those that follow from the repository. */
  readonly variables: Readonly<Record<string, string>>;
  /** A folder for everything that runs leave. */
  readonly scratch: string;
  /** Artifacts of other jobs that this one gets, by path. */
  readonly given?: ReadonlyMap<string, string>;
  /** Scripts that stand in for programs, by name. */
  readonly programs?: Readonly<Record<string, string>>;
}

export interface JobRun {
  readonly succeeded: boolean;
  readonly output: string;
  /** The texts of the artifacts that have it, by path. */
  readonly artifacts: ReadonlyMap<string, string>;
  /** Where it ran, with all that it left. */
  readonly folder: string;
}

export async function runGitlabJob(request: JobRequest): Promise<JobRun> {
  const { job, variables, scratch } = request;
  const clone = await cloneFor(request);
  const programs = await writePrograms(join(scratch, 'bin'), request.programs ?? {});
  for (const [path, text] of request.given ?? []) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), text);
  }
  const file = 'file' in request.pipeline ? request.pipeline.file : 'child.yml';
  if ('text' in request.pipeline) await writeFile(join(clone, file), request.pipeline.text);
  const args = [job, '--file', file, '--home', join(scratch, 'home'), '--state-dir', '.gitlab-ci-local'];
  const set = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  const env = { ...process.env, NO_COLOR: '1', PATH: `${programs}:${process.env['PATH']}` };
  const options = { cwd: clone, env, maxBuffer: 64 * 1024 * 1024 };
  const { succeeded, stdout, stderr } = await runToEnd(judge('gitlab-ci-local'), [...args, ...set], options);
  return {
    succeeded,
    output: `${stdout}${stderr}`,
    folder: clone,
    artifacts: await readArtifacts(join(clone, '.gitlab-ci-local/artifacts')),
  };
}

/** What stands for the checkout of a job: a clone, with the address of a GitLab as its origin. */
async function cloneFor({ repository, job, scratch }: JobRequest): Promise<string> {
  const clone = join(scratch, 'jobs', job.replaceAll(' ', '-'));
  await mkdir(join(scratch, 'jobs'), { recursive: true });
  await git(repository, 'clone', '--quiet', repository, clone);
  await git(clone, 'remote', 'set-url', 'origin', 'https://gitlab.example.com/acme/shop.git');
  for (const file of ['.gitlab-ci.yml', '.gitlab/jobs.yml']) {
    const text = await readFile(join(clone, file), 'utf8');
    await writeFile(join(clone, file), text.replaceAll(/^ +image: .*\n/gm, ''));
  }
  return clone;
}

/** They lie in a folder for each job. */
async function readArtifacts(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(async (file) => {
    const path = file.slice(folder.length + 1);
    return [path.slice(path.indexOf('/') + 1), await readFile(file, 'utf8')] as const;
  });
  return new Map(await Promise.all(texts));
}
