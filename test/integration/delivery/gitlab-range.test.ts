import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { deliveryWorkspace, deliveryYaml } from '../../support/delivery-workspace.ts';
import { httpService } from '../../support/http-service.ts';

// Runs what the job `changes` of .gitlab-ci.yml does to find the range, with git, curl and the built msa, beside an API that knows of
// one green pipeline.

const bin = join(import.meta.dirname, '../../../bin/msa.js');
const golden = join(import.meta.dirname, 'golden/gitlab/gitlab-ci.yml');
const path = '/api/v4/projects/7/jobs/artifacts/main/raw/delivered.txt?job=changes';
const zero = '0'.repeat(40);

interface Api {
  readonly header: string;
  readonly token: string;
  readonly green: string | undefined;
}

/** Answers to one token with the commit of the last green pipeline. */
const startApi = ({ header, token, green }: Api) =>
  httpService(({ path: asked, headers }, response) => {
    const knows = green !== undefined && asked === path && headers[header] === token;
    response.writeHead(knows ? 200 : 404).end(knows ? `${green}\n` : '{"message":"404 Not found"}');
  });

/** Three commits: all there is, a change of reports, a change of users. */
async function history() {
  const workspace = await deliveryWorkspace();
  const delivery = 'delivery:\n  registry: registry.example.com/acme/shop\n';
  const first = await workspace.commit({ 'msa.yaml': `${deliveryYaml}${delivery}` });
  const second = await workspace.commit({ 'services/reports/a.js': '' });
  const third = await workspace.commit({ 'services/users/a.js': '' });
  await workspace.write('node_modules/.bin/msa', `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  await chmod(join(workspace.root, 'node_modules/.bin/msa'), 0o755);
  return { ...workspace, first, second, third };
}

/** Runs the last item of the script, with the variables of a pipeline for the checked out commit. */
async function findRange(root: string, api: Api, variables: Readonly<Record<string, string>>) {
  await using server = await startApi(api);
  const { changes } = parse(await readFile(golden, 'utf8')) as {
    readonly changes: { readonly script: readonly string[] };
  };
  const { stdout: head } = await execa('git', ['rev-parse', 'HEAD'], { cwd: root });
  const env = {
    CI_API_V4_URL: `http://127.0.0.1:${server.port}/api/v4`,
    CI_PROJECT_ID: '7',
    CI_JOB_TOKEN: 'of-the-job',
    CI_COMMIT_SHA: head,
    CI_COMMIT_BRANCH: 'main',
    CI_COMMIT_BEFORE_SHA: zero,
    CI_PIPELINE_SOURCE: 'push',
    ...variables,
  };
  const { stdout } = await execa('sh', ['-ec', changes.script.at(-1) ?? ''], { cwd: root, env });
  const child = await readFile(join(root, 'affected.yml'), 'utf8');
  return {
    services: Array.from(child.matchAll(/^image (.+):$/gm), ([, name = '']) => name).toSorted(),
    publishes: child.includes('\npublish '),
    delivered: await readFile(join(root, 'delivered.txt'), 'utf8').catch(() => undefined),
    stdout,
  };
}

const nobody: Api = { header: 'job-token', token: 'of-the-job', green: undefined };
const everything = ['ledger', 'orders', 'payments', 'reports', 'users'];

describe('the range of a pipeline of GitLab', () => {
  test('of a merge request goes from where it left its target', async () => {
    await using shop = await history();
    const variables = {
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_COMMIT_BRANCH: '',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: shop.second,
    };
    const found = await findRange(shop.root, { ...nobody, green: shop.first }, variables);
    expect(found).toMatchObject({ services: ['users'], publishes: false, delivered: undefined });
  });

  test('of a push begins at the last green pipeline, so that what a red one has left is delivered too', async () => {
    await using shop = await history();
    const found = await findRange(shop.root, { ...nobody, green: shop.first }, { CI_COMMIT_BEFORE_SHA: shop.second });
    expect(found).toMatchObject({ services: ['reports', 'users'], publishes: true, delivered: `${shop.third}\n` });
  });

  test('asks with a token of the project where the one of the job may not ask', async () => {
    await using shop = await history();
    const api = { header: 'private-token', token: 'of-the-project', green: shop.first };
    const before = { CI_COMMIT_BEFORE_SHA: shop.second };
    expect((await findRange(shop.root, api, before)).services).toEqual(['users']);
    const withToken = { ...before, READ_API_TOKEN: 'of-the-project' };
    expect((await findRange(shop.root, api, withToken)).services).toEqual(['reports', 'users']);
  });

  test('of a push is the push where no green pipeline is known', async () => {
    await using shop = await history();
    const found = await findRange(shop.root, nobody, { CI_COMMIT_BEFORE_SHA: shop.second });
    expect(found).toMatchObject({ services: ['users'], publishes: true });
    expect(found.stdout).toContain('GitLab knows of no green pipeline');
  });

  test.each([
    ['the first push', zero],
    ['a push that replaced commits', '1234567890123456789012345678901234567890'],
  ])('of %s is everything', async (_what, before) => {
    await using shop = await history();
    const found = await findRange(shop.root, { ...nobody, green: 'f'.repeat(40) }, { CI_COMMIT_BEFORE_SHA: before });
    expect(found).toMatchObject({ services: everything, publishes: true });
  });

  test('of a run by the clock is everything, and nothing counts as delivered by it', async () => {
    await using shop = await history();
    const found = await findRange(
      shop.root,
      { ...nobody, green: shop.first },
      { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BEFORE_SHA: shop.second },
    );
    expect(found).toMatchObject({ services: everything, publishes: false, delivered: `${shop.first}\n` });
  });

  test('of a run by hand is everything, and it is delivered on its branch alone', async () => {
    await using shop = await history();
    const byHand = { CI_PIPELINE_SOURCE: 'web' };
    expect(await findRange(shop.root, nobody, { ...byHand, CI_COMMIT_BRANCH: 'other' })).toMatchObject({
      services: everything,
      publishes: false,
      delivered: undefined,
    });
    expect(await findRange(shop.root, nobody, byHand)).toMatchObject({
      services: everything,
      publishes: true,
      delivered: `${shop.third}\n`,
    });
  });
});
