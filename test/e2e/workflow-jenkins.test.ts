import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { git } from '../support/git-repository.ts';
import { judge } from '../support/judge.ts';
import { createKeeper } from '../support/keeper.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { dockerWithoutScanner, pipelineShop, withoutEmail, type PipelineShop } from '../support/pipeline-shop.ts';
import { jenkinsRunner, type JenkinsRun, type JenkinsRunner } from '../support/run-jenkinsfile.ts';

/** The shop in a repository, with the pipeline that msa writes for it, run for change requests as Jenkins would run it. */
describe.skipIf(!hasDocker)('the pipeline for Jenkins', () => {
  const { keep, disposeAll } = createKeeper();
  let shop: PipelineShop;
  let started: Promise<JenkinsRunner> | undefined;
  let base = '';

  beforeAll(async () => {
    shop = keep(await pipelineShop(['jenkins', '--chaos', 'orders']));
    base = await shop.commit();
  });
  afterAll(async () => {
    await (await started)?.[Symbol.asyncDispose]();
    await disposeAll();
  });

  const run = async (branch: string, leaveOut: readonly string[] = []): Promise<JenkinsRun> => {
    judge('npm-groovy-lint');
    started ??= jenkinsRunner();
    return (await started).run({
      repository: shop.root,
      branch,
      target: 'main',
      leaveOut,
      scratch: join(shop.scratch, branch),
      programs: { docker: dockerWithoutScanner, npm: npmThatInstallsOnce },
    });
  };

  test('checks, builds and tries what a change touches, and nothing else', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'change', base);
    await appendFile(join(shop.root, 'services/orders/src/main.ts'), '\n// a change\n');
    const commit = await shop.commit();
    const { result, results, description, events, artifacts, agent, log } = await run('change');
    expect(result, log).toBe('SUCCESS');
    expect(description).toBe('orders');
    expect(results).toEqual({
      newest: 'SUCCESS',
      changes: 'SUCCESS',
      'verify / check / orders': 'SUCCESS',
      'verify / check': 'SUCCESS',
      'verify / image / orders': 'SUCCESS',
      'verify / image': 'SUCCESS',
      'verify / contract': 'SUCCESS',
      'verify / system': 'SUCCESS',
      verify: 'SUCCESS',
    });
    expect(log).toMatch(/\[verify \/ check \/ orders\] # fail 0/);
    expect(log).toContain('there is something to scan: sha256:');
    for (const service of ['users', 'payments', 'orders']) expect(log).toContain(`${service} is up`);
    expect(log).toMatch(/passed +GET \/orders +200/);
    expect(log).toMatch(/held +orders-\d was killed under load/);
    const reports = events.filter(({ kind }) => kind === 'junit');
    expect(Object.fromEntries(reports.map(({ report, failures }) => [report, failures]))).toEqual({
      'chaos-orders.xml': 0,
      'contract.xml': 0,
      'smoke.xml': 0,
    });
    expect(reports.every(({ tests = 0 }) => tests > 0)).toBe(true);
    expect(await readFile(join(artifacts, 'reports/logs.txt'), 'utf8')).toContain('orders');
    expect((await readdir(agent)).filter((name) => !name.endsWith('@tmp'))).toEqual([]);
    expect(await shop.leftRunning()).toEqual([]);
    expect(await docker('image', 'ls', '--format', '{{.Tag}}', 'orders')).not.toContain(commit);
  });

  test('falls when a contract breaks, and names the caller', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'breaking', base);
    await shop.edit('services/users/openapi.json', withoutEmail);
    await shop.commit();
    const { result, results, events, log } = await run('breaking', ['check', 'image', 'system']);
    expect(result, log).toBe('FAILURE');
    expect(results).toMatchObject({ 'verify / contract': 'FAILURE', verify: 'FAILURE' });
    expect(log).toMatch(/\[verify \/ contract\] users +.*\n(?:.*\n)*?\[verify \/ contract\] .*orders/);
    expect(log).toContain('the contract of users breaks callers');
    expect(events.find(({ report }) => report === 'contract.xml')?.failures).toBeGreaterThan(0);
  });
});
