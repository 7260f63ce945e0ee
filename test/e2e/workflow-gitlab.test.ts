import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { git } from '../support/git-repository.ts';
import { createKeeper } from '../support/keeper.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { dockerWithoutScanner, pipelineShop, withoutEmail, type PipelineShop } from '../support/pipeline-shop.ts';
import { hasRsync, runGitlabJob, type JobRun } from '../support/run-gitlab.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The shop in a repository, with the pipeline that msa writes for it, run for merge requests as GitLab would run it. */
describe.skipIf(!hasDocker || !hasRsync)('the pipeline for GitLab', () => {
  const { keep, disposeAll } = createKeeper();
  let shop: PipelineShop;
  let base = '';

  beforeAll(async () => {
    shop = keep(await pipelineShop(['gitlab', '--chaos', 'users']));
    base = await shop.commit();
  });
  afterAll(disposeAll);

  /** Runs jobs of the merge request whose commit stands in the repository, in clones that are gone when its scope ends. */
  async function mergeRequest() {
    const scratch = await tempDir();
    const variables = {
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_COMMIT_BRANCH: '',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
    };
    const common = {
      repository: shop.root,
      scratch: scratch.path,
      variables,
      programs: { docker: dockerWithoutScanner, npm: npmThatInstallsOnce },
    };
    const changes = await runGitlabJob({ ...common, pipeline: { file: '.gitlab-ci.yml' }, job: 'changes' });
    expect(changes.succeeded, changes.output).toBe(true);
    const child = changes.artifacts.get('affected.yml') ?? '';
    return {
      changes,
      jobs: Array.from(child.matchAll(/^([a-z].*):$/gm), ([, name = '']) => name).filter((name) => name !== 'include'),
      run: (job: string): Promise<JobRun> => runGitlabJob({ ...common, pipeline: { text: child }, job }),
      [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
    };
  }

  test('checks, builds and tries what a change touches, and nothing else', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'change', base);
    await appendFile(join(shop.root, 'services/users/src/main.ts'), '\n// a change\n');
    await shop.commit();
    await using request = await mergeRequest();
    expect(request.changes.output).toContain('1 of 3 services affected');
    expect(request.jobs).toEqual(['check users', 'image users', 'contract', 'system']);
    const [[check, image], [contract, system]] = await Promise.all([
      inTurn(request.run, ['check users', 'image users']),
      inTurn(request.run, ['contract', 'system']),
    ]);
    for (const run of [check, image, contract, system]) expect(run?.succeeded, run?.output).toBe(true);
    expect(check?.output).toMatch(/(?:#|ℹ) pass [1-9]\d*\n/);
    expect(check?.output).toMatch(/(?:#|ℹ) fail 0\n/);
    expect(await readFile(join(check?.folder ?? '', 'junit.xml'), 'utf8')).toContain('<testcase');
    expect(image?.output).toMatch(/there is something to scan: sha256:[0-9a-f]{64}/);
    expect(contract?.artifacts.get('reports/contract.xml')).toContain('<testcase');
    expect(system?.output).toMatch(/passed +GET \/users +200/);
    expect(system?.output).toMatch(/held +users-\d was killed under load/);
    for (const name of ['smoke', 'chaos-users']) {
      const report = system?.artifacts.get(`reports/${name}.xml`);
      expect(report, name).toContain('<testcase');
      expect(report, name).not.toMatch(/<(?:failure|error)/);
    }
    expect(await shop.leftRunning()).toEqual([]);
  });

  test('falls when a contract breaks, and names the caller', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'breaking', base);
    await shop.edit('services/users/openapi.json', withoutEmail);
    await shop.commit();
    await using request = await mergeRequest();
    expect(request.jobs).toEqual(['check users', 'check orders', 'image users', 'image orders', 'contract', 'system']);
    const contract = await request.run('contract');
    expect(contract.succeeded, contract.output).toBe(false);
    expect(contract.output).toContain('the contract of users breaks callers');
    expect(contract.output).toMatch(/callers: orders/);
    expect(contract.artifacts.get('reports/contract.xml')).toMatch(/<failure/);
  });
});

async function inTurn(run: (job: string) => Promise<JobRun>, jobs: readonly string[]): Promise<readonly JobRun[]> {
  const runs: JobRun[] = [];
  for (const job of jobs) runs.push(await run(job));
  return runs;
}
