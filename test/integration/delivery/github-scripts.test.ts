import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { gitRepository, type GitRepository } from '../../support/git-repository.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { writePrograms } from '../../support/write-programs.ts';

// What the shell of delivery.yml decides: gh and msa are replaced by programs that answer as the test says. That the jobs do their work
// is shown by test/e2e/workflow-github.test.ts and release-github.test.ts.

interface Step {
  readonly name: string;
  readonly run?: string;
}

const golden = join(import.meta.dirname, 'golden/github/delivery.yml');

async function stepOf(job: string, name: string): Promise<string> {
  const { jobs } = parse(await readFile(golden, 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  return jobs[job]?.steps.find((step) => step.name === name)?.run ?? '';
}

/** Runs a step as GitHub does; gives what it leaves for other steps. */
async function runStep(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const file = { script: join(cwd, 'step.sh'), output: join(cwd, 'output'), summary: join(cwd, 'summary') };
  await writeFile(file.script, script);
  await writeFile(file.output, '');
  const { exitCode, stdout } = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file.script], {
    cwd,
    env: { ...env, GITHUB_OUTPUT: file.output, GITHUB_STEP_SUMMARY: file.summary },
    reject: false,
  });
  return { exitCode, stdout, outputs: await readFile(file.output, 'utf8') };
}

/** Two commits, and an msa that says which range it was asked for. */
async function history() {
  const repository = await gitRepository();
  const first = await repository.commit({ 'a.txt': 'a' });
  const second = await repository.commit({ 'b.txt': 'b' });
  await writePrograms(join(repository.root, 'node_modules/.bin'), { msa: '#!/bin/sh\necho "asked=$2"\n' });
  return { ...repository, first, second };
}

async function findRange(
  { root, beside }: GitRepository,
  { green = '', ...env }: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const programs = await writePrograms(beside('bin'), { gh: '#!/bin/sh\n[ -z "$GREEN" ] || echo "$GREEN"\n' });
  const step = await stepOf('changes', 'find what has changed');
  const PATH = `${programs}:${process.env['PATH']}`;
  const { exitCode, outputs } = await runStep(step, root, { PATH, GREEN: green, GITHUB_REF_NAME: 'main', ...env });
  expect(exitCode).toBe(0);
  const [, asked, range] = /^asked=(.*)\n(?:range=(.*)\n)?$/.exec(outputs) ?? [];
  // What is compared with nothing has no contract to keep.
  expect(range).toBe(asked === '--all' ? undefined : asked);
  return asked;
}

describe('the range of a workflow of GitHub', () => {
  test('of a pull request and of a merge queue goes from where they left their target', async () => {
    await using repository = await history();
    const { first: BASE, second: GITHUB_SHA } = repository;
    for (const EVENT of ['pull_request', 'merge_group'])
      expect(await findRange(repository, { EVENT, BASE, GITHUB_SHA })).toBe(`${BASE}...${GITHUB_SHA}`);
  });

  test('of a push begins at the last green run', async () => {
    await using repository = await history();
    const { first: green, second: GITHUB_SHA } = repository;
    expect(await findRange(repository, { EVENT: 'push', GITHUB_SHA, green })).toBe(`${green}..${GITHUB_SHA}`);
  });

  test.each([
    ['a first push, before which nothing was green', 'push', ''],
    ['a push that replaced the last green commit', 'push', '1234567890123456789012345678901234567890'],
    ['a run by the clock', 'schedule', ''],
    ['a run by hand', 'workflow_dispatch', ''],
  ])('of %s is everything', async (_what, EVENT, green) => {
    await using repository = await history();
    expect(await findRange(repository, { EVENT, BASE: '', GITHUB_SHA: repository.second, green })).toBe('--all');
  });
});

/** Looks where two runs are newer; the job of that name has succeeded in the latest. */
async function look(DEPLOYED: string) {
  await using dir = await tempDir();
  const programs = await writePrograms(join(dir.path, 'bin'), {
    gh: `#!/bin/sh
case "$2 $3" in
  'list --repo') echo 900 && echo 800 ;;
  'view 900') [ "$JOB" != "$DEPLOYED" ] || echo "$JOB" ;;
  'view 800') ;;
  *) exit 1 ;;
esac
`,
  });
  const env = { PATH: `${programs}:${process.env['PATH']}`, GITHUB_REPOSITORY: 'acme/shop', DEPLOYED };
  const step = await stepOf('deploy-staging', 'look for a newer release');
  return await runStep(step, dir.path, { GITHUB_REF_NAME: 'main', JOB: 'deploy to staging', ...env });
}

describe('a release', () => {
  test('that a newer one has overtaken is told so', async () => {
    const { exitCode, stdout, outputs } = await look('deploy to staging');
    expect({ exitCode, outputs }).toEqual({ exitCode: 0, outputs: 'run=900\n' });
    expect(stdout).toContain('Run 900 is newer and has deployed to staging');
  });

  test('goes on where newer ones have not got there', async () => {
    expect(await look('deploy to production')).toMatchObject({ exitCode: 0, outputs: '', stdout: '' });
  });

  test('ends older runs that wait for somebody, and none that has gone on meanwhile', async () => {
    await using dir = await tempDir();
    const programs = await writePrograms(join(dir.path, 'bin'), {
      gh: `#!/bin/sh
case "$2 $3" in
  'list --repo') case "$*" in *' --status waiting '*) echo 500 && echo 600 ;; esac ;;
  'cancel 500') echo 'it has gone on' >&2 && exit 1 ;;
  'cancel 600') echo 'ended 600' ;;
  *) exit 2 ;;
esac
`,
    });
    const env = { PATH: `${programs}:${process.env['PATH']}`, GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF_NAME: 'main' };
    const step = await stepOf('overtake-production', 'end older runs that wait');
    const { exitCode, stdout } = await runStep(step, dir.path, env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Run 500 waits no more.\nended 600' });
    expect(await stepOf('overtake-staging', 'end older runs that wait')).toBe('');
  });
});
